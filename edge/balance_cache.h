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

// Spares the service the question for a balance that it has answered: that of one position holds
// at another as long as the account has no transaction in between. Only the ring can prove that,
// as far as it reaches back; what it cannot prove is asked for again. Questions for one account
// at once are one.
//
// Thread-safe: shared by all shards.
class BalanceCache : public History {
 public:
  struct Options {
    // Those that were asked for last; half of them are forgotten at a time.
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

  // Null if there is none.
  const Known* KnownOf(const std::string& account) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::optional<int64_t> Find(const std::string& account, const Cursor& at)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // What is known is of a later position than `at` and can still be proven for others.
  bool KnowsLater(const std::string& account, const Cursor& at) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Remember(const std::string& account, const Known& known) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnAnswer(const std::string& account, const Question& asked,
                const absl::StatusOr<std::optional<int64_t>>& balance) ABSL_LOCKS_EXCLUDED(mu_);

  const Options options_;
  History* const history_;
  const FeedSource* const feeds_;

  absl::Mutex mu_;
  // What was remembered or found since the last time that half was forgotten, and before that.
  Accounts newer_ ABSL_GUARDED_BY(mu_);
  Accounts older_ ABSL_GUARDED_BY(mu_);
  // Further questions that wait for a call under way, by account. Every reader that is behind has
  // at most one.
  absl::flat_hash_map<std::string, std::vector<Question>> asked_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast

#endif  // EDGE_BALANCE_CACHE_H_
