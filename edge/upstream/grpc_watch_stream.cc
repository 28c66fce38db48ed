#include "edge/upstream/grpc_watch_stream.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "ledgercast/v1/transaction.grpc.pb.h"
#include "services/common/base/doorbell.h"
#include "services/common/base/rpc_status.h"

namespace ledgercast {
namespace {

using Stub = v1::TransactionService::Stub;

// A stream that is also gRPC's reactor. Its reader waits on `news_` for what gRPC's threads report.
class GrpcWatchStream final : public WatchStream,
                              private grpc::ClientReadReactor<v1::WatchTransactionsResponse> {
 public:
  GrpcWatchStream(std::shared_ptr<Stub> stub, v1::WatchTransactionsRequest request,
                  const std::string& token)
      : stub_(std::move(stub)), request_(std::move(request)) {
    AddToken(token, &context_);
    stub_->async()->WatchTransactions(&context_, &request_, this);
    StartRead(&incoming_);
    StartCall();
  }

  ~GrpcWatchStream() override {
    context_.TryCancel();
    AwaitEnd();
  }

  ReadResult Read(v1::WatchTransactionsResponse* response, absl::Duration longest) override {
    if (!news_.WaitUntil([this] { return HasNews(); }, longest)) return ReadResult::kSilence;
    absl::MutexLock lock(&mu_);
    if (!arrived_) return ReadResult::kEnded;
    response->Swap(&incoming_);
    incoming_.Clear();
    arrived_ = false;
    StartRead(&incoming_);
    return ReadResult::kResponse;
  }

  void Cancel() override { context_.TryCancel(); }

  absl::Status Finish() override {
    AwaitEnd();
    absl::MutexLock lock(&mu_);
    return status_;
  }

 private:
  void AwaitEnd() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(&done_));
  }

  bool HasNews() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return arrived_ || done_;
  }

  void OnReadDone(bool ok) override {
    {
      absl::MutexLock lock(&mu_);
      arrived_ = ok;
    }
    news_.Ring();
  }

  void OnDone(const grpc::Status& status) override {
    // This comes last, because the stream may be destroyed as soon as `done_` is seen.
    absl::MutexLock lock(&mu_);
    status_ = status.ok() ? absl::UnavailableError("the service ended the stream")
                          : FromGrpcStatus(status);
    done_ = true;
    news_.Ring();
  }

  const std::shared_ptr<Stub> stub_;
  const v1::WatchTransactionsRequest request_;
  grpc::ClientContext context_;
  // It is gRPC's while a read is under way, and the reader's once `arrived_` is set.
  v1::WatchTransactionsResponse incoming_;
  Doorbell news_;
  mutable absl::Mutex mu_;
  bool arrived_ ABSL_GUARDED_BY(mu_) = false;
  bool done_ ABSL_GUARDED_BY(mu_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mu_);
};

}  // namespace

WatchStreamFactory MakeGrpcWatchStreams(const ServiceTarget& target, RelayTokens* tokens) {
  std::shared_ptr<Stub> stub = v1::TransactionService::NewStub(MakeServiceChannel(target));
  return [stub, tokens](const v1::WatchTransactionsRequest& request) {
    return std::make_unique<GrpcWatchStream>(stub, request, tokens->Current());
  };
}

}  // namespace ledgercast
