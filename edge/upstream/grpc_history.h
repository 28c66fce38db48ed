#ifndef EDGE_UPSTREAM_GRPC_HISTORY_H_
#define EDGE_UPSTREAM_GRPC_HISTORY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "edge/delivery/history.h"
#include "edge/upstream/call_lane.h"
#include "edge/upstream/call_tracker.h"
#include "edge/upstream/grpc_channel.h"
#include "ledgercast/v1/account.grpc.pb.h"
#include "ledgercast/v1/transaction.grpc.pb.h"
#include "services/common/base/clock.h"

namespace ledgercast {

// Reads history by the service's own API: a page is the first response of a watch, which is then
// cancelled. Pages and balances wait in lanes of their own, because a balance is needed before the
// first page and costs little. The destructor ends the calls under way; no call may be made from
// then on.
class GrpcHistory : public History {
 public:
  struct Options {
    // These limits bound what many readers that come back at once can ask of the service.
    CallLane::Options pages = {.max_running = 16, .max_waiting = 1'000};
    CallLane::Options balances = {.max_running = 16, .max_waiting = 20'000};
    absl::Duration call_timeout = absl::Seconds(10);
  };

  // `tokens` must outlive this. `clock` never steps.
  GrpcHistory(const Options& options, const ServiceTarget& target, RelayTokens* tokens,
              const Clock& clock);
  ~GrpcHistory() override;

  void Read(Cursor after, std::vector<std::string> accounts,
            const std::shared_ptr<CallOff>& call_off, PageDone done) override;
  void Balance(std::string account, Cursor at, const std::shared_ptr<CallOff>& call_off,
               BalanceDone done) override;

  CallLane::Waiting waiting_pages() const { return page_lane_.waiting(); }
  CallLane::Waiting waiting_balances() const { return balance_lane_.waiting(); }

 private:
  class PageCall;
  class BalanceCall;

  // Gives a call its token and its deadline, and begins to track it.
  void Prepare(TrackedCall* call);

  const Options options_;
  RelayTokens* const tokens_;
  const std::unique_ptr<v1::TransactionService::Stub> transactions_;
  const std::unique_ptr<v1::AccountService::Stub> accounts_;
  CallLane page_lane_;
  CallLane balance_lane_;
  CallTracker tracker_;
};

}  // namespace ledgercast

#endif  // EDGE_UPSTREAM_GRPC_HISTORY_H_
