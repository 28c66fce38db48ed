#ifndef EDGE_GRPC_HISTORY_H_
#define EDGE_GRPC_HISTORY_H_

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "edge/grpc_channel.h"
#include "edge/history.h"
#include "ledgercast/v1/account.grpc.pb.h"
#include "ledgercast/v1/transaction.grpc.pb.h"

namespace ledgercast {

// Reads history by the service's own API: a page is the first response of a watch, which is then
// cancelled. The destructor ends the calls under way; no call may be made from then on.
class GrpcHistory : public History {
 public:
  struct Options {
    // Maximum number of calls under way; further ones wait. It bounds the load on the service when
    // many readers come back at once.
    int max_calls = 16;
    absl::Duration call_timeout = absl::Seconds(10);
  };

  // `tokens` must outlive this.
  GrpcHistory(const Options& options, const ServiceTarget& target, RelayTokens* tokens);
  ~GrpcHistory() override;

  void Read(std::string after, std::vector<std::string> accounts, PageDone done) override;
  void Balance(std::string account, std::string at, BalanceDone done) override;

 private:
  class PageCall;
  class BalanceCall;

  // Runs `start` when there is room for one more call.
  void Enqueue(std::function<void()> start) ABSL_LOCKS_EXCLUDED(mu_);
  void OnCallOver() ABSL_LOCKS_EXCLUDED(mu_);
  void Prepare(grpc::ClientContext* context);

  const Options options_;
  RelayTokens* const tokens_;
  const std::unique_ptr<v1::TransactionService::Stub> transactions_;
  const std::unique_ptr<v1::AccountService::Stub> accounts_;

  absl::Mutex mu_;
  int calls_ ABSL_GUARDED_BY(mu_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  // Calls that wait for room, at most one for each reader that is behind.
  std::deque<std::function<void()>> waiting_ ABSL_GUARDED_BY(mu_);

  CallTracker tracker_;
};

}  // namespace ledgercast

#endif  // EDGE_GRPC_HISTORY_H_
