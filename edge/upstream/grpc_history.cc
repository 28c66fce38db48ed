#include "edge/upstream/grpc_history.h"

#include <grpcpp/grpcpp.h>

#include <iterator>
#include <utility>

#include "services/common/base/rpc_status.h"

namespace ledgercast {
namespace {

absl::StatusOr<HistoryPagePtr> ToPage(v1::WatchTransactionsResponse response) {
  const absl::StatusOr<Cursor> until = ParseCursor(response.cursor(), "cursor");
  if (!until.ok()) return absl::InternalError("the service sent a malformed cursor");
  auto page = std::make_shared<HistoryPage>();
  page->until = until->position;
  page->transactions.assign(std::make_move_iterator(response.mutable_transactions()->begin()),
                            std::make_move_iterator(response.mutable_transactions()->end()));
  return page;
}

}  // namespace

// A call for one page. It owns itself from Start() to its end.
class GrpcHistory::PageCall : public CallLane::Call,
                              public grpc::ClientReadReactor<v1::WatchTransactionsResponse>,
                              public std::enable_shared_from_this<PageCall> {
 public:
  PageCall(GrpcHistory* owner, v1::WatchTransactionsRequest request, PageDone done)
      : owner_(owner), request_(std::move(request)), done_(std::move(done)) {}

  void Start() override {
    self_ = shared_from_this();
    owner_->Prepare(&call_);
    owner_->transactions_->async()->WatchTransactions(call_.context(), &request_, this);
    StartRead(&response_);
    StartCall();
  }
  void Cancel() override { call_.Cancel(); }
  void Drop(const absl::Status& why) override { done_(why); }

 private:
  void OnReadDone(bool ok) override {
    has_page_ = ok;
    call_.Cancel();
  }

  void OnDone(const grpc::Status& status) override {
    if (has_page_) {
      done_(ToPage(std::move(response_)));
    } else if (status.ok()) {
      done_(absl::UnavailableError("the service ended the stream"));
    } else {
      done_(FromGrpcStatus(status));
    }
    owner_->page_lane_.OnOver();
    const auto self = std::move(self_);
    call_.End();
  }

  GrpcHistory* const owner_;
  const v1::WatchTransactionsRequest request_;
  const PageDone done_;
  std::shared_ptr<PageCall> self_;
  TrackedCall call_;
  v1::WatchTransactionsResponse response_;
  bool has_page_ = false;
};

// A call for one balance. It owns itself from Start() to its end.
class GrpcHistory::BalanceCall : public CallLane::Call,
                                 public std::enable_shared_from_this<BalanceCall> {
 public:
  BalanceCall(GrpcHistory* owner, v1::GetAccountRequest request, BalanceDone done)
      : owner_(owner), request_(std::move(request)), done_(std::move(done)) {}

  void Start() override {
    owner_->Prepare(&call_);
    owner_->accounts_->async()->GetAccount(
        call_.context(), &request_, &response_,
        [self = shared_from_this()](const grpc::Status& status) { self->OnDone(status); });
  }
  void Cancel() override { call_.Cancel(); }
  void Drop(const absl::Status& why) override { done_(why); }

 private:
  void OnDone(const grpc::Status& status) {
    if (status.ok()) {
      done_(response_.has_balance() ? std::optional<int64_t>(response_.balance()) : std::nullopt);
    } else if (status.error_code() == grpc::StatusCode::NOT_FOUND ||
               status.error_code() == grpc::StatusCode::INVALID_ARGUMENT) {
      // A subject of an OpenID provider need not be an account, and need not even have a name that
      // an account can have.
      done_(std::optional<int64_t>());
    } else {
      done_(FromGrpcStatus(status));
    }
    owner_->balance_lane_.OnOver();
    call_.End();
  }

  GrpcHistory* const owner_;
  const v1::GetAccountRequest request_;
  const BalanceDone done_;
  TrackedCall call_;
  v1::Account response_;
};

GrpcHistory::GrpcHistory(const Options& options, const ServiceTarget& target, RelayTokens* tokens,
                         const Clock& clock)
    : options_(options),
      tokens_(tokens),
      transactions_(v1::TransactionService::NewStub(MakeServiceChannel(target))),
      accounts_(v1::AccountService::NewStub(MakeServiceChannel(target))),
      page_lane_(options.pages, clock),
      balance_lane_(options.balances, clock) {}

GrpcHistory::~GrpcHistory() {
  page_lane_.Close();
  balance_lane_.Close();
  tracker_.CancelAll();
}

void GrpcHistory::Read(Cursor after, std::vector<std::string> accounts,
                       const std::shared_ptr<CallOff>& call_off, PageDone done) {
  v1::WatchTransactionsRequest request;
  request.set_after(FormatCursor(after));
  for (std::string& account : accounts) request.add_accounts(std::move(account));
  page_lane_.Add(std::make_shared<PageCall>(this, std::move(request), std::move(done)), call_off);
}

void GrpcHistory::Balance(std::string account, Cursor at, const std::shared_ptr<CallOff>& call_off,
                          BalanceDone done) {
  v1::GetAccountRequest request;
  request.set_name(std::move(account));
  request.set_at(FormatCursor(at));
  balance_lane_.Add(std::make_shared<BalanceCall>(this, std::move(request), std::move(done)),
                    call_off);
}

void GrpcHistory::Prepare(TrackedCall* call) {
  AddToken(tokens_->Current(), call->context());
  call->context()->set_deadline(absl::ToChronoTime(absl::Now() + options_.call_timeout));
  call->Begin(&tracker_);
}

}  // namespace ledgercast
