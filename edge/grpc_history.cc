#include "edge/grpc_history.h"

#include <grpcpp/grpcpp.h>

#include <iterator>
#include <utility>

#include "services/common/rpc_status.h"

namespace ledgercast {
namespace {

absl::StatusOr<HistoryPage> ToPage(v1::WatchTransactionsResponse response) {
  const absl::StatusOr<Cursor> until = ParseCursor(response.cursor(), "cursor");
  if (!until.ok()) return absl::InternalError("the service sent a malformed cursor");
  HistoryPage page;
  page.until = until->position;
  page.transactions.assign(std::make_move_iterator(response.mutable_transactions()->begin()),
                           std::make_move_iterator(response.mutable_transactions()->end()));
  return page;
}

}  // namespace

// Deletes itself at the end of the call.
class GrpcHistory::PageCall : public grpc::ClientReadReactor<v1::WatchTransactionsResponse> {
 public:
  PageCall(GrpcHistory* owner, v1::WatchTransactionsRequest request, PageDone done)
      : owner_(owner), request_(std::move(request)), done_(std::move(done)) {}

  void Start() {
    owner_->Prepare(&context_);
    owner_->transactions_->async()->WatchTransactions(&context_, &request_, this);
    StartRead(&response_);
    StartCall();
  }

 private:
  void OnReadDone(bool ok) override {
    has_page_ = ok;
    context_.TryCancel();
  }

  void OnDone(const grpc::Status& status) override {
    if (has_page_) {
      done_(ToPage(std::move(response_)));
    } else if (status.ok()) {
      done_(absl::UnavailableError("the service ended the stream"));
    } else {
      done_(FromGrpcStatus(status));
    }
    GrpcHistory* const owner = owner_;
    owner->OnCallOver();
    owner->tracker_.Remove(&context_);
    delete this;
  }

  GrpcHistory* const owner_;
  const v1::WatchTransactionsRequest request_;
  const PageDone done_;
  grpc::ClientContext context_;
  v1::WatchTransactionsResponse response_;
  bool has_page_ = false;
};

class GrpcHistory::BalanceCall {
 public:
  BalanceCall(GrpcHistory* owner, v1::GetAccountRequest request, BalanceDone done)
      : owner_(owner), request_(std::move(request)), done_(std::move(done)) {}

  void Start() {
    owner_->Prepare(&context_);
    owner_->accounts_->async()->GetAccount(&context_, &request_, &response_,
                                           [this](const grpc::Status& status) { OnDone(status); });
  }

 private:
  void OnDone(const grpc::Status& status) {
    if (status.ok()) {
      done_(response_.has_balance() ? std::optional<int64_t>(response_.balance()) : std::nullopt);
    } else if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
      done_(std::optional<int64_t>());
    } else {
      done_(FromGrpcStatus(status));
    }
    owner_->OnCallOver();
    owner_->tracker_.Remove(&context_);
    delete this;
  }

  GrpcHistory* const owner_;
  const v1::GetAccountRequest request_;
  const BalanceDone done_;
  grpc::ClientContext context_;
  v1::Account response_;
};

GrpcHistory::GrpcHistory(const Options& options, const ServiceTarget& target, RelayTokens* tokens)
    : options_(options),
      tokens_(tokens),
      transactions_(v1::TransactionService::NewStub(MakeServiceChannel(target))),
      accounts_(v1::AccountService::NewStub(MakeServiceChannel(target))) {}

GrpcHistory::~GrpcHistory() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
    waiting_.clear();
  }
  tracker_.CancelAll();
}

void GrpcHistory::Read(std::string after, std::vector<std::string> accounts, PageDone done) {
  v1::WatchTransactionsRequest request;
  request.set_after(std::move(after));
  for (std::string& account : accounts) request.add_accounts(std::move(account));
  Enqueue([this, request = std::move(request), done = std::move(done)] {
    (new PageCall(this, request, done))->Start();
  });
}

void GrpcHistory::Balance(std::string account, std::string at, BalanceDone done) {
  v1::GetAccountRequest request;
  request.set_name(std::move(account));
  request.set_at(std::move(at));
  Enqueue([this, request = std::move(request), done = std::move(done)] {
    (new BalanceCall(this, request, done))->Start();
  });
}

void GrpcHistory::Prepare(grpc::ClientContext* context) {
  AddToken(tokens_->Current(), context);
  context->set_deadline(absl::ToChronoTime(absl::Now() + options_.call_timeout));
  tracker_.Add(context);
}

void GrpcHistory::Enqueue(std::function<void()> start) {
  {
    absl::MutexLock lock(&mu_);
    if (stopping_) return;
    if (calls_ >= options_.max_calls) {
      waiting_.push_back(std::move(start));
      return;
    }
    ++calls_;
  }
  start();
}

void GrpcHistory::OnCallOver() {
  std::function<void()> next;
  {
    absl::MutexLock lock(&mu_);
    if (waiting_.empty()) {
      --calls_;
      return;
    }
    next = std::move(waiting_.front());
    waiting_.pop_front();
  }
  next();
}

}  // namespace ledgercast
