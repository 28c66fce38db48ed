#ifndef TESTS_SUPPORT_FAKE_REFRESH_H_
#define TESTS_SUPPORT_FAKE_REFRESH_H_

#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/transaction/refresh_store.h"

namespace ledgercast::testing {

// Holds families of refresh tokens in memory, with the interface of RefreshStore. It knows no
// accounts; its owner checks those. Thread-safe.
class FakeRefreshStore : public RefreshStore {
 public:
  absl::Status BeginFamily(const std::string& family, const std::string& account,
                           absl::Duration lifetime, int64_t max_families) override;
  absl::StatusOr<RefreshResult> UseRefreshToken(const RefreshUse& use) override;
  absl::StatusOr<std::vector<EndedFamily>> ListEndedFamilies(absl::Duration max_age,
                                                             int64_t max_families) override;

 private:
  struct Family {
    std::string account;
    int64_t number = 0;
    bool is_legacy = false;
    absl::Time rotate_time;
    absl::Time expire_time;
    absl::Time end_time = absl::InfiniteFuture();
  };

  void Displace(const std::string& account, int64_t max_families)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  absl::Mutex mu_;
  std::map<std::string, Family> families_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_FAKE_REFRESH_H_
