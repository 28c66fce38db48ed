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

// Knows which access tokens were revoked, without asking the database for each call. It reads the
// revocations often, so that tokens that another replica revoked are refused within a second.
// Revocations by this replica are added at once.
//
// Threads: one thread of its own reads the store. Every method may be called from any thread.
// Readers share the newest snapshot and never wait for the database.
class Revocations {
 public:
  struct Options {
    // Lifetime of the service's access tokens. Revocations that are older concern no valid token.
    absl::Duration token_lifetime = absl::Minutes(15);
    absl::Duration poll_interval = absl::Milliseconds(500);
    // Maximum number of revocations in memory, for accounts and for families each. If there are
    // more, all tokens from before the kept ones are refused.
    int64_t max_revocations = 10'000;
  };

  // Reads the revocations for the first time and starts the thread. `store` must outlive this
  // object.
  static absl::StatusOr<std::unique_ptr<Revocations>> Start(Store* store, Options options,
                                                            Clock clock);
  // Stops after the current read and joins.
  ~Revocations();

  std::shared_ptr<const RevokedTokens> snapshot() const ABSL_LOCKS_EXCLUDED(mu_);
  bool Contains(const Identity& identity) const { return snapshot()->Contains(identity); }

  // Revokes the tokens of `account` whose generation is lower than `generation`. Call it after the
  // store was changed.
  void Add(const std::string& account, int64_t generation) ABSL_LOCKS_EXCLUDED(mu_);
  // Revokes the tokens of `family`. Call it after the store was changed.
  void AddFamily(const std::string& family) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  Revocations(Store* store, Options options, Clock clock);
  absl::Status Load() ABSL_LOCKS_EXCLUDED(mu_);
  void Loop() ABSL_LOCKS_EXCLUDED(mu_);

  Store* const store_;
  const Options options_;
  const Clock clock_;

  // Is held only while a pointer is copied, except by Add() and AddFamily(), which copy the
  // snapshot, and at the end of Load().
  mutable absl::Mutex mu_;
  std::shared_ptr<const RevokedTokens> snapshot_ ABSL_GUARDED_BY(mu_);
  // Revocations that were added since the current read began, which may have missed them.
  std::vector<std::pair<std::string, int64_t>> added_ ABSL_GUARDED_BY(mu_);
  std::vector<std::string> added_families_ ABSL_GUARDED_BY(mu_);
  StopFlag stop_;
  std::thread thread_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_REVOCATIONS_H_
