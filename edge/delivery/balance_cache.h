#ifndef EDGE_DELIVERY_BALANCE_CACHE_H_
#define EDGE_DELIVERY_BALANCE_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "edge/delivery/feed.h"
#include "edge/delivery/history.h"
#include "edge/delivery/shared_calls.h"

namespace ledgercast {

// Remembers balances, so that the service is not asked for the same ones again. A balance stays
// valid at another position as long as the ring shows no transaction of the account in between. If
// the ring cannot show that, the service is asked again. Concurrent requests for one account share
// one call.
//
// Thread-safe: shared by all shards.
class BalanceCache : public History {
 public:
  struct Options {
    // Maximum number of accounts that are remembered. When it is reached, the half that was not
    // used lately is forgotten at once.
    size_t max_accounts = 100'000;
  };

  // `history` and `feeds` outlive every use of this, and this outlives the calls under way.
  BalanceCache(const Options& options, History* history, const FeedSource* feeds)
      : options_(options), history_(history), feeds_(feeds) {}

  void Read(Cursor after, std::vector<std::string> accounts,
            const std::shared_ptr<CallOff>& call_off, PageDone done) override {
    history_->Read(std::move(after), std::move(accounts), call_off, std::move(done));
  }
  void Balance(std::string account, Cursor at, const std::shared_ptr<CallOff>& call_off,
               BalanceDone done) override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Known {
    Cursor at;
    int64_t balance = 0;
  };
  // By account; the detail of a question is the cursor.
  using Calls = SharedCalls<std::optional<int64_t>, Cursor>;
  using Accounts = absl::flat_hash_map<std::string, Known>;

  // Returns what is known of `account`, or null.
  const Known* KnownOf(const std::string& account) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::optional<int64_t> Find(const std::string& account, const Cursor& at)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Returns whether a balance is known that is of a later position than `at` and that the ring
  // still proves to be valid.
  bool KnowsLater(const std::string& account, const Cursor& at) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Remember(const std::string& account, const Known& known) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Answers those who wait for `call`, which asked for the balance at `at`.
  void OnAnswer(const std::string& account, const Cursor& at, const Calls::Call& call,
                const absl::StatusOr<std::optional<int64_t>>& balance) ABSL_LOCKS_EXCLUDED(mu_);

  const Options options_;
  History* const history_;
  const FeedSource* const feeds_;
  Calls calls_;

  absl::Mutex mu_;
  // Balances that were remembered since half of them were last forgotten, and balances from before
  // that.
  Accounts newer_ ABSL_GUARDED_BY(mu_);
  Accounts older_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast

#endif  // EDGE_DELIVERY_BALANCE_CACHE_H_
