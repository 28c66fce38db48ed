#include "tests/bench/fanout/fake_service.h"

#include <utility>

#include "absl/time/clock.h"
#include "services/common/base/proto_time.h"
#include "services/common/ledger/cursor.h"
#include "tests/bench/fanout/journal.h"

namespace ledgercast::bench {
namespace {

constexpr char kLedger[] = "0123456789abcdef";
constexpr absl::Duration kTokenLife = absl::Hours(2);
// An edge gives up a watch that is silent for 5 s.
constexpr absl::Duration kBeat = absl::Seconds(1);

grpc::ServerUnaryReactor* Done(grpc::CallbackServerContext* context) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

}  // namespace

// The only stream to the edge. It deletes itself at its end.
class FakeService::Watch : public grpc::ServerWriteReactor<v1::WatchTransactionsResponse> {
 public:
  Watch(FakeService* owner, int64_t from) : owner_(owner), at_(from) {
    Send({});
    absl::MutexLock lock(&owner_->mu_);
    owner_->watch_ = this;
  }

  void Send(std::vector<v1::Transaction> transactions) {
    absl::MutexLock lock(&mu_);
    v1::WatchTransactionsResponse& response = waiting_.emplace_back();
    response.set_after(owner_->CursorAt(at_));
    if (!transactions.empty()) at_ = transactions.back().sequence();
    for (v1::Transaction& transaction : transactions) {
      *response.add_transactions() = std::move(transaction);
    }
    response.set_cursor(owner_->CursorAt(at_));
    response.set_live(true);
    if (waiting_.size() == 1) StartWrite(&waiting_.front());
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mu_);
    if (!ok) return;
    waiting_.pop_front();
    if (!waiting_.empty()) StartWrite(&waiting_.front());
  }
  void OnCancel() override {
    {
      absl::MutexLock lock(&owner_->mu_);
      if (owner_->watch_ == this) owner_->watch_ = nullptr;
    }
    Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  FakeService* const owner_;
  absl::Mutex mu_;
  int64_t at_ ABSL_GUARDED_BY(mu_);
  // The front element is being written.
  std::deque<v1::WatchTransactionsResponse> waiting_ ABSL_GUARDED_BY(mu_);
};

// Refuses a call that no benchmark should make.
class Refused : public grpc::ServerWriteReactor<v1::WatchTransactionsResponse> {
 public:
  Refused() { Finish({grpc::StatusCode::UNIMPLEMENTED, "the benchmark has no history"}); }
  void OnDone() override { delete this; }
};

class FakeService::Transactions : public v1::TransactionService::CallbackService {
 public:
  explicit Transactions(FakeService* owner) : owner_(owner) {}

  grpc::ServerWriteReactor<v1::WatchTransactionsResponse>* WatchTransactions(
      grpc::CallbackServerContext* /*context*/,
      const v1::WatchTransactionsRequest* request) override {
    int64_t head = 0;
    {
      absl::MutexLock lock(&owner_->mu_);
      head = owner_->head_;
    }
    if (request->after() == "now") return new Watch(owner_, head);
    // The edge asked for history, or its watch broke. The results would then mean nothing.
    ++owner_->database_calls_;
    return new Refused;
  }

 private:
  FakeService* const owner_;
};

class FakeService::Accounts : public v1::AccountService::CallbackService {
 public:
  explicit Accounts(FakeService* owner) : owner_(owner) {}

  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* context,
                                       const v1::GetAccountRequest* request,
                                       v1::Account* response) override {
    ++owner_->database_calls_;
    response->set_name(request->name());
    response->set_balance(0);
    return Done(context);
  }

 private:
  FakeService* const owner_;
};

class FakeService::Auth : public v1::AuthService::CallbackService {
 public:
  explicit Auth(FakeService* owner) : owner_(owner) {}

  grpc::ServerUnaryReactor* GetJsonWebKeySet(grpc::CallbackServerContext* context,
                                             const v1::GetJsonWebKeySetRequest* /*request*/,
                                             v1::GetJsonWebKeySetResponse* response) override {
    *response->add_keys() = owner_->signer_.public_key();
    return Done(context);
  }

  grpc::ServerUnaryReactor* ListRevokedTokens(grpc::CallbackServerContext* context,
                                              const v1::ListRevokedTokensRequest* /*request*/,
                                              v1::ListRevokedTokensResponse* response) override {
    *response->mutable_known_since() = ToProto(absl::Now() - absl::Hours(24));
    return Done(context);
  }

 private:
  FakeService* const owner_;
};

FakeService::FakeService(TokenSigner signer)
    : signer_(std::move(signer)),
      transactions_(std::make_unique<Transactions>(this)),
      accounts_(std::make_unique<Accounts>(this)),
      auth_(std::make_unique<Auth>(this)) {}

FakeService::~FakeService() {
  stopping_.Notify();
  if (beat_.joinable()) beat_.join();
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
}

absl::StatusOr<std::unique_ptr<FakeService>> FakeService::Start(const std::string& address,
                                                                const std::string& pem) {
  auto signer = TokenSigner::FromPem(pem, "ledgercast", "ledgercast");
  if (!signer.ok()) return signer.status();
  std::unique_ptr<FakeService> service(new FakeService(*std::move(signer)));
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterService(service->transactions_.get());
  builder.RegisterService(service->accounts_.get());
  builder.RegisterService(service->auth_.get());
  service->server_ = builder.BuildAndStart();
  if (service->server_ == nullptr) return absl::UnavailableError("cannot listen on " + address);
  service->beat_ = std::thread([raw = service.get()] { raw->Beat(); });
  return service;
}

void FakeService::Beat() {
  while (!stopping_.WaitForNotificationWithTimeout(kBeat)) Publish({});
}

std::string FakeService::NextToken() {
  const absl::Time now = absl::Now();
  return signer_.Sign(TokenKind::kAccess, kWatcher, Role::kAdmin, now,
                      now + kTokenLife + absl::Seconds(++tokens_));
}

bool FakeService::watched() const {
  absl::MutexLock lock(&mu_);
  return watch_ != nullptr;
}

void FakeService::Publish(std::vector<v1::Transaction> transactions) {
  absl::MutexLock lock(&mu_);
  if (!transactions.empty()) head_ = transactions.back().sequence();
  if (watch_ != nullptr) watch_->Send(std::move(transactions));
}

std::string FakeService::CursorAt(int64_t sequence) const {
  // The transactions have no hashes, so the cursor's check is 0.
  return FormatCursor(kLedger, {sequence, /*check=*/0});
}

}  // namespace ledgercast::bench
