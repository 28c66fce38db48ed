#ifndef TESTS_BENCH_FANOUT_FAKE_SERVICE_H_
#define TESTS_BENCH_FANOUT_FAKE_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "ledgercast/v1/account.grpc.pb.h"
#include "ledgercast/v1/auth.grpc.pb.h"
#include "ledgercast/v1/transaction.grpc.pb.h"
#include "services/common/auth/token.h"

namespace ledgercast::bench {

// Does what an edge needs of the transaction service: keys, no revoked tokens, and one watch that
// gets what is published and a sign of life each second. It has no database. All other calls are
// counted as work that PostgreSQL would have had. Thread-safe.
class FakeService {
 public:
  // Starts the service. `pem` is the private key that signs its tokens.
  static absl::StatusOr<std::unique_ptr<FakeService>> Start(const std::string& address,
                                                            const std::string& pem);
  ~FakeService();

  // Returns a token of an admin. No two are the same.
  std::string NextToken();

  bool watched() const;
  // Sends the transactions to the watch.
  void Publish(std::vector<v1::Transaction> transactions);
  // Returns the number of calls that PostgreSQL would have had to answer.
  int64_t database_calls() const { return database_calls_; }

 private:
  class Watch;
  class Transactions;
  class Accounts;
  class Auth;

  explicit FakeService(TokenSigner signer);
  void Beat();
  std::string CursorAt(int64_t sequence) const;

  const TokenSigner signer_;
  std::atomic<int64_t> database_calls_ = 0;
  int64_t tokens_ = 0;
  mutable absl::Mutex mu_;
  int64_t head_ ABSL_GUARDED_BY(mu_) = 0;
  Watch* watch_ ABSL_GUARDED_BY(mu_) = nullptr;
  std::unique_ptr<Transactions> transactions_;
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<Auth> auth_;
  std::unique_ptr<grpc::Server> server_;
  absl::Notification stopping_;
  std::thread beat_;
};

}  // namespace ledgercast::bench

#endif  // TESTS_BENCH_FANOUT_FAKE_SERVICE_H_
