#ifndef EDGE_BALANCE_CACHE_H_
#define EDGE_BALANCE_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "edge/feed.h"
#include "edge/history.h"

namespace ledgercast {

// Caches the balances that the service has answered. A cached balance holds at another position as
// long as the account has no transaction in between. Only the ring can prove that, as far as it
// reaches back; a balance that it cannot prove is requested again. Concurrent questions for one
// account wait for one call.
//
// Thread-safe: shared by all shards.
class BalanceCache : public History {
 public:
  struct Options {
    // Most accounts remembered; the half that was not used lately is forgotten at once.
    size_t max_accounts = 100'000;
  };

  // `history` and `feeds` outlive the use of this, and this outlives the calls under way.
  BalanceCache(const Options& options, History* history, const FeedSource* feeds)
      : options_(options), history_(history), feeds_(feeds) {}

  void Read(std::string after, std::vector<std::string> accounts, PageDone done) override {
    history_->Read(std::move(after), std::move(accounts), std::move(done));
  }
  void Balance(std::string account, std::string at, BalanceDone done) override
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Known {
    Cursor at;
    int64_t balance = 0;
  };
  struct Question {
    std::string at;
    BalanceDone done;
  };
  using Accounts = absl::flat_hash_map<std::string, Known>;

  // Returns what is known of `account`, or null.
  const Known* KnownOf(const std::string& account) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::optional<int64_t> Find(const std::string& account, const Cursor& at)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Whether a balance is known that is of a later position than `at` and can still be proven.
  bool KnowsLater(const std::string& account, const Cursor& at) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Remember(const std::string& account, const Known& known) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnAnswer(const std::string& account, const Question& asked,
                const absl::StatusOr<std::optional<int64_t>>& balance) ABSL_LOCKS_EXCLUDED(mu_);

  const Options options_;
  History* const history_;
  const FeedSource* const feeds_;

  absl::Mutex mu_;
  // Balances remembered or found since half of them were last forgotten, and before that.
  Accounts newer_ ABSL_GUARDED_BY(mu_);
  Accounts older_ ABSL_GUARDED_BY(mu_);
  // Further questions that wait for a call under way, by account. Every reader that is behind has
  // at most one.
  absl::flat_hash_map<std::string, std::vector<Question>> asked_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast

#endif  // EDGE_BALANCE_CACHE_H_
