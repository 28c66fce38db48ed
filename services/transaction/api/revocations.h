#ifndef SERVICES_TRANSACTION_API_REVOCATIONS_H_
#define SERVICES_TRANSACTION_API_REVOCATIONS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/common/auth/identity.h"
#include "services/common/auth/revoked_tokens.h"
#include "services/common/base/clock.h"
#include "services/common/base/stop_flag.h"
#include "services/transaction/store.h"

namespace ledgercast {

// Knows which access tokens were revoked, without asking the database for each call: it reads them
// often enough that what another replica revoked is refused within a second. What this replica
// revoked is added at once.
//
// Threads: one of its own, which reads the store. Every method may be called from any
// thread; readers share the newest snapshot and never wait for the database.
class Revocations {
 public:
  struct Options {
    // Lifetime of the service's access tokens: an older revocation concerns no token that is still
    // good.
    absl::Duration token_lifetime = absl::Minutes(15);
    absl::Duration poll_interval = absl::Milliseconds(500);
    // Most revocations kept in memory, of accounts and of families each. If there are more, all
    // tokens from before the kept ones are refused.
    int64_t max_revocations = 10'000;
  };

  // Reads the revocations for the first time. `store` must outlive this.
  static absl::StatusOr<std::unique_ptr<Revocations>> Start(Store* store, Options options,
                                                            Clock clock);
  // Stops within the read under way, and joins.
  ~Revocations();

  std::shared_ptr<const RevokedTokens> snapshot() const ABSL_LOCKS_EXCLUDED(mu_);
  bool Contains(const Identity& identity) const { return snapshot()->Contains(identity); }

  // Revokes the tokens of `account` of an earlier generation than `generation`; to be called once
  // the store knows.
  void Add(const std::string& account, int64_t generation) ABSL_LOCKS_EXCLUDED(mu_);
  // Revokes the tokens of `family`; to be called once the store knows.
  void AddFamily(const std::string& family) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  Revocations(Store* store, Options options, Clock clock);
  absl::Status Load() ABSL_LOCKS_EXCLUDED(mu_);
  void Loop() ABSL_LOCKS_EXCLUDED(mu_);

  Store* const store_;
  const Options options_;
  const Clock clock_;

  // Held for no longer than a pointer's copy, except by Add().
  mutable absl::Mutex mu_;
  std::shared_ptr<const RevokedTokens> snapshot_ ABSL_GUARDED_BY(mu_);
  // Revocations added since the read under way began, which may have missed them.
  std::vector<std::pair<std::string, int64_t>> added_ ABSL_GUARDED_BY(mu_);
  std::vector<std::string> added_families_ ABSL_GUARDED_BY(mu_);
  StopFlag stop_;
  std::thread thread_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_REVOCATIONS_H_
