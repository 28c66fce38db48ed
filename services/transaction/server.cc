#include "services/transaction/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <sodium.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "grpc/health/v1/health.pb.h"
#include "services/common/admin_server.h"
#include "services/common/errors.h"
#include "services/common/program.h"
#include "services/transaction/api/account_service.h"
#include "services/transaction/api/auth_service.h"
#include "services/transaction/api/transaction_service.h"
#include "services/transaction/metrics.h"
#include "services/transaction/postgres/migrate.h"
#include "services/transaction/postgres/posting_session.h"

namespace ledgercast {
namespace {

constexpr size_t kMaxKeyFileBytes = 64 << 10;
constexpr absl::Duration kDatabaseRetry = absl::Milliseconds(200);
// 8,000 transfers of a kilobyte.
constexpr int kMaxRequestBytes = 8 << 20;
constexpr int kMaxStreamsPerConnection = 10'000;

absl::StatusOr<TokenSigner> LoadSigner(const TransactionOptions& options) {
  const auto pem = ReadFile(options.signing_key_file, kMaxKeyFileBytes);
  if (!pem.ok()) return pem.status();
  return TokenSigner::FromPem(*pem, options.issuer, options.audience);
}

absl::StatusOr<std::shared_ptr<const TokenVerifier>> MakeVerifier(const TransactionOptions& options,
                                                                  const TokenSigner& signer) {
  std::vector<v1::JsonWebKey> relay_keys;
  for (const std::string& file : options.relay_key_files) {
    const auto pem = ReadFile(file, kMaxKeyFileBytes);
    if (!pem.ok()) return pem.status();
    auto key = PublicKeyFromPem(*pem);
    if (!key.ok()) return key.status();
    relay_keys.push_back(std::move(*key));
  }
  return TokenVerifier::Create({options.issuer, options.audience}, {signer.public_key()},
                               relay_keys, &absl::Now);
}

// Connects and migrates, waiting for a database that is not there yet.
absl::Status PrepareDatabase(const postgres::PgOptions& options,
                             const std::function<bool()>& keep_waiting) {
  bool said = false;
  while (true) {
    auto session = postgres::Session::Connect(options.conninfo, options.statement_timeout);
    absl::Status status = session.status();
    if (status.ok()) status = postgres::Migrate(session->get());
    if (!absl::IsUnavailable(status) && !absl::IsAborted(status)) return status;
    if (!said) spdlog::warn("waiting for the database: {}", MessageOf(status));
    said = true;
    if (!keep_waiting()) return status;
    absl::SleepFor(kDatabaseRetry);
  }
}

// Brings the log to the ledger's head before anybody reads it: for a watcher "now" is its
// head.
absl::Status WarmUp(Store* store, int64_t page_transactions, TransactionLog* log) {
  while (true) {
    auto page = store->ReadAfter(log->head(), AccountFilter::All(), page_transactions);
    if (!page.ok()) return page.status();
    if (!page->transactions.empty()) log->Append(std::move(page->transactions));
    if (page->at_head) return absl::OkStatus();
  }
}

PostingSessionFactory PostingSessions(const postgres::PgOptions& options) {
  return [options]() -> absl::StatusOr<std::unique_ptr<PostingSession>> {
    auto session = postgres::Session::Connect(options.conninfo, options.statement_timeout);
    if (!session.ok()) return session.status();
    return std::make_unique<postgres::PgPostingSession>(std::move(*session), options.notify);
  };
}

void SetUpBuilder(grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(kMaxRequestBytes);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreamsPerConnection);
  // Dead peers are noticed within half a minute, and clients may ping as often.
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // A second process on the same port would take half of the calls unnoticed.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

}  // namespace

// In the order in which things are made; destroyed in reverse by ~TransactionServer().
struct TransactionServer::Parts {
  explicit Parts(const TransactionOptions& opts) : options(opts), store(opts.postgres) {}

  const TransactionOptions options;
  postgres::PgStore store;
  std::string ledger;
  std::unique_ptr<TokenSigner> signer;
  std::shared_ptr<const TokenVerifier> token_verifier;
  std::unique_ptr<Revocations> revocations;
  std::unique_ptr<TransactionLog> log;
  std::unique_ptr<WorkerPool> store_pool;
  std::unique_ptr<WorkerPool> turn_pool;
  std::unique_ptr<WorkerPool> password_pool;
  std::unique_ptr<WorkerPool> digest_pool;
  std::unique_ptr<Poster> poster;
  std::unique_ptr<postgres::Tail> tail;
  std::unique_ptr<Watchers> watchers;
  std::unique_ptr<TransactionServiceImpl> transactions;
  std::unique_ptr<AccountServiceImpl> accounts;
  std::unique_ptr<AuthServiceImpl> auth;
  std::unique_ptr<grpc::Server> grpc;
  int grpc_port = 0;
  std::atomic<bool> serving = false;
  std::unique_ptr<AdminServer> admin;

  absl::Status StartAdmin();
  absl::Status StartLedger();
  absl::Status StartServing();
};

absl::Status TransactionServer::Parts::StartAdmin() {
  auto metrics = std::make_shared<TransactionMetrics>([this] {
    TransactionMetrics::Sample sample;
    if (!serving) return sample;
    sample.posting = poster->counters();
    sample.watchers = {{"open", static_cast<double>(watchers->count())}};
    sample.log_head = log->head().sequence;
    sample.log_base = log->base().sequence;
    return sample;
  });
  auto started =
      AdminServer::Start({options.admin_listen,
                          [this]() -> absl::Status {
                            if (!serving)
                              return absl::UnavailableError("not serving: starting or stopping");
                            return store.GetHead().status();
                          }},
                         std::move(metrics));
  if (!started.ok()) return started.status();
  admin = std::move(*started);
  return absl::OkStatus();
}

absl::Status TransactionServer::Parts::StartLedger() {
  const auto head = store.GetHead();
  if (!head.ok()) return head.status();
  ledger = head->ledger;
  const auto start =
      store.PositionAt(std::max<int64_t>(0, head->sequence - options.warm_log_transactions));
  if (!start.ok()) return start.status();
  log = std::make_unique<TransactionLog>(*start, options.log);
  const absl::Status warm = WarmUp(&store, options.tail.page_transactions, log.get());
  if (!warm.ok()) return warm;
  auto loaded = Revocations::Start(&store, {options.access_token_lifetime}, &absl::Now);
  if (!loaded.ok()) return loaded.status();
  revocations = std::move(*loaded);
  store_pool = std::make_unique<WorkerPool>(WorkerPool::Options{options.store_threads});
  turn_pool = std::make_unique<WorkerPool>(WorkerPool::Options{options.turn_threads});
  password_pool = std::make_unique<WorkerPool>(WorkerPool::Options{options.password_threads, 256});
  digest_pool = std::make_unique<WorkerPool>(WorkerPool::Options{options.digest_threads, 256});
  tail = std::make_unique<postgres::Tail>(options.postgres, options.tail, log.get());
  poster = std::make_unique<Poster>(
      PostingSessions(options.postgres),
      // Where another replica's batch is missing in between, the tail brings both.
      [this](std::vector<v1::Transaction> batch) { log->Append(std::move(batch)); }, &absl::Now,
      options.poster);
  return absl::OkStatus();
}

absl::Status TransactionServer::Parts::StartServing() {
  const auto verifier = std::make_shared<CallerVerifier>(token_verifier, revocations.get());
  watchers = std::make_unique<Watchers>(
      Watchers::Dependencies{log.get(), &store, store_pool.get(), turn_pool.get(), ledger,
                             &absl::Now, revocations.get()},
      options.watchers);
  transactions = std::make_unique<TransactionServiceImpl>(
      TransactionServiceImpl::Dependencies{verifier, &store, poster.get(), store_pool.get(),
                                           digest_pool.get(), watchers.get(), ledger, &absl::Now});
  accounts = std::make_unique<AccountServiceImpl>(AccountServiceImpl::Dependencies{
      verifier, &store, password_pool.get(), store_pool.get(), ledger});
  auth = std::make_unique<AuthServiceImpl>(
      AuthServiceImpl::Dependencies{verifier, signer.get(), &store, revocations.get(),
                                    password_pool.get(), store_pool.get(), &absl::Now,
                                    options.access_token_lifetime, options.refresh_token_lifetime},
      options.guesses);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  // Keeps the linker from dropping its descriptor: clients of reflection ask for every
  // service that it lists.
  google::protobuf::LinkMessageReflection<grpc::health::v1::HealthCheckResponse>();
  grpc::ServerBuilder builder;
  SetUpBuilder(&builder);
  builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &grpc_port);
  builder.RegisterService(transactions.get());
  builder.RegisterService(accounts.get());
  builder.RegisterService(auth.get());
  grpc = builder.BuildAndStart();
  if (grpc == nullptr || grpc_port == 0) {
    return MakeError(
        absl::StatusCode::kUnavailable, reason::kInternal,
        "cannot listen on " + options.listen + ": is the port taken? --listen chooses another");
  }
  serving = true;
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<TransactionServer>> TransactionServer::Start(
    const TransactionOptions& options, const std::function<bool()>& keep_waiting) {
  if (sodium_init() < 0) return absl::InternalError("libsodium cannot be initialised");
  auto server =
      std::unique_ptr<TransactionServer>(new TransactionServer(std::make_unique<Parts>(options)));
  Parts* parts = server->parts_.get();
  auto signer = LoadSigner(options);
  if (!signer.ok()) return signer.status();
  parts->signer = std::make_unique<TokenSigner>(std::move(*signer));
  auto verifier = MakeVerifier(options, *parts->signer);
  if (!verifier.ok()) return verifier.status();
  parts->token_verifier = std::move(*verifier);
  // The admin port answers while the database is waited for.
  absl::Status status = parts->StartAdmin();
  if (status.ok()) status = PrepareDatabase(options.postgres, keep_waiting);
  if (status.ok()) status = parts->StartLedger();
  if (status.ok()) status = parts->StartServing();
  if (!status.ok()) return status;
  return server;
}

TransactionServer::TransactionServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

TransactionServer::~TransactionServer() {
  parts_->serving = false;
  if (parts_->grpc != nullptr) {
    parts_->grpc->GetHealthCheckService()->SetServingStatus(false);
    parts_->watchers->Drain();
    parts_->grpc->Shutdown(std::chrono::system_clock::now() +
                           absl::ToChronoMilliseconds(parts_->options.drain_timeout));
    parts_->grpc->Wait();
  }
  // The admin port reads the others.
  parts_->admin.reset();
  parts_->poster.reset();
  parts_->tail.reset();
  parts_->store_pool.reset();
  parts_->turn_pool.reset();
  parts_->password_pool.reset();
  parts_->digest_pool.reset();
}

int TransactionServer::grpc_port() const { return parts_->grpc_port; }
int TransactionServer::admin_port() const {
  return parts_->admin == nullptr ? 0 : parts_->admin->port();
}

}  // namespace ledgercast
