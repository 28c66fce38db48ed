#include "services/transaction/server.h"

#include <grpcpp/grpcpp.h>
#include <sodium.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <optional>
#include <utility>

#include "services/common/base/admin_server.h"
#include "services/common/base/clock.h"
#include "services/common/base/errors.h"
#include "services/common/base/tls_credentials.h"
#include "services/transaction/api/account_service.h"
#include "services/transaction/api/audit_service.h"
#include "services/transaction/api/auth_service.h"
#include "services/transaction/api/calls.h"
#include "services/transaction/api/health_port.h"
#include "services/transaction/api/transaction_service.h"
#include "services/transaction/grpc_server_setup.h"
#include "services/transaction/metrics.h"
#include "services/transaction/postgres/posting_session_factory.h"
#include "services/transaction/prepare_database.h"
#include "services/transaction/readiness.h"
#include "services/transaction/token_keys.h"
#include "services/transaction/warm_up.h"

namespace ledgercast {
namespace {

// An operator is warned if a batch has waited for the ledger's lock for longer than this.
constexpr absl::Duration kLongBlock = absl::Seconds(5);
// Time at the very end for calls to other services than ours and for answers on their way.
constexpr absl::Duration kLastAnswers = absl::Seconds(1);

}  // namespace

// Holds the service's parts in the order in which they are made.
struct TransactionServer::Parts {
  explicit Parts(const TransactionOptions& opts)
      : options(opts),
        store(opts.postgres),
        history_store(postgres::WaitingForStandby(opts.postgres)) {}

  const TransactionOptions options;
  postgres::PgStore store;
  // Reads for watchers. It shows them a transaction only after the standby has it.
  postgres::PgStore history_store;
  WaitingFor waiting_for;
  // These do not change any more once the phase is kServing.
  std::vector<std::string> warnings;
  std::string ledger;
  std::shared_ptr<grpc::ServerCredentials> credentials;
  std::unique_ptr<TokenSigner> signer;
  std::unique_ptr<Keys> keys;
  std::unique_ptr<Revocations> revocations;
  std::unique_ptr<TransactionLog> log;
  std::unique_ptr<WorkerPool> store_pool;
  std::unique_ptr<WorkerPool> history_pool;
  std::unique_ptr<WorkerPool> turn_pool;
  std::unique_ptr<PasswordQueue> password_queue;
  std::unique_ptr<WorkerPool> digest_pool;
  std::unique_ptr<Poster> poster;
  std::unique_ptr<postgres::Tail> tail;
  std::unique_ptr<Watches> watches;
  SubmitRefusals submit_refusals;
  std::unique_ptr<TransactionServiceImpl> transactions;
  std::unique_ptr<AccountServiceImpl> accounts;
  std::optional<AuditServiceImpl> audit;
  std::unique_ptr<AuthServiceImpl> auth;
  std::shared_ptr<TransactionMetrics> metrics;
  std::unique_ptr<Calls> calls;
  std::unique_ptr<grpc::Server> grpc;
  int grpc_port = 0;
  std::atomic<Phase> phase = Phase::kStarting;
  std::unique_ptr<AdminServer> admin;
  std::unique_ptr<HealthPort> health;

  absl::Status StartAdmin();
  // Reads what the service must know before it serves anybody. May be called again after an error.
  absl::Status ReadLedger();
  void StartLedger();
  absl::Status StartServing();
  absl::Status Ready() const;
  std::vector<std::string> Warnings() const;
  TailView ViewTail() const;
  std::optional<TransactionMetrics::Sample> TakeSample() const;
  void Drain();
};

absl::Status TransactionServer::Parts::StartAdmin() {
  metrics = std::make_shared<TransactionMetrics>([this] { return TakeSample(); });
  calls = std::make_unique<Calls>(options.calls, metrics->registry());
  auto started =
      AdminServer::Start({options.admin_listen, [this] { return Ready(); },
                          [this] { return Warnings(); }, options.tls, options.notify_socket},
                         metrics);
  if (!started.ok()) return started.status();
  admin = std::move(*started);
  if (options.health_listen.empty()) return absl::OkStatus();
  auto listening =
      HealthPort::Start(options.health_listen,
                        {[this] { return phase != Phase::kStarting; }, [this] { return Ready(); }});
  if (!listening.ok()) return listening.status();
  health = std::move(*listening);
  return absl::OkStatus();
}

absl::Status TransactionServer::Parts::Ready() const {
  const Phase now = phase;
  const TailView view =
      now == Phase::kStarting ? TailView{waiting_for.Get(), std::nullopt, 0} : ViewTail();
  return CheckReady(now, view, options.max_tail_lag);
}

TailView TransactionServer::Parts::ViewTail() const {
  const postgres::Tail::State state = tail->state();
  TailView view{state.status, std::nullopt, state.behind_transactions, state.clocks};
  if (state.current_as_of != absl::InfinitePast()) view.lag = SteadyNow() - state.current_as_of;
  return view;
}

std::vector<std::string> TransactionServer::Parts::Warnings() const {
  if (phase == Phase::kStarting) return {};
  std::vector<std::string> all = warnings;
  const absl::Duration blocked = poster->counters().blocked;
  if (blocked > kLongBlock) all.push_back(BlockedWarning(blocked));
  return all;
}

std::optional<TransactionMetrics::Sample> TransactionServer::Parts::TakeSample() const {
  if (phase == Phase::kStarting) return std::nullopt;
  TransactionMetrics::Sample sample;
  sample.posting = poster->counters();
  sample.watches = CountByState(*watches);
  sample.refused_watches = watches->refused_watches();
  sample.submit_refusals = CountByReason(submit_refusals);
  sample.log_head = log->head().sequence;
  sample.log_base = log->base().sequence;
  sample.log_bytes = log->bytes();
  const TailView view = ViewTail();
  sample.tail_lag = view.lag;
  sample.tail_behind_transactions = view.behind_transactions;
  sample.clock_skew = tail->state().clock_skew;
  const postgres::PgStore::Connections connections = store.connections();
  sample.connections = {{"idle", static_cast<double>(connections.idle)},
                        {"in_use", static_cast<double>(connections.in_use)}};
  for (const auto& [name, pool] : {std::pair("store", store_pool.get()),
                                   {"history", history_pool.get()},
                                   {"turn", turn_pool.get()},
                                   {"digest", digest_pool.get()}}) {
    sample.queued_jobs.emplace_back(name, static_cast<double>(pool->queued_jobs()));
    sample.refused_jobs.emplace_back(name, static_cast<double>(pool->refused_jobs()));
  }
  sample.sign_ins = {password_queue->stats(), auth->refusals(), auth->refreshes()};
  return sample;
}

absl::Status TransactionServer::Parts::ReadLedger() {
  auto warm = WarmUp(&history_store, options.warm_log_transactions, options.tail.page_transactions,
                     options.log);
  if (!warm.ok()) return warm.status();
  ledger = std::move(warm->name);
  log = std::move(warm->log);
  auto loaded = Revocations::Start(&store, {options.tokens.access_lifetime}, &absl::Now);
  if (!loaded.ok()) return loaded.status();
  revocations = std::move(*loaded);
  return absl::OkStatus();
}

void TransactionServer::Parts::StartLedger() {
  store_pool = std::make_unique<WorkerPool>(WorkerPool::Options{options.store_threads});
  history_pool = std::make_unique<WorkerPool>(WorkerPool::Options{options.history_threads});
  turn_pool = std::make_unique<WorkerPool>(WorkerPool::Options{options.turn_threads});
  password_queue = std::make_unique<PasswordQueue>(options.passwords);
  digest_pool = std::make_unique<WorkerPool>(WorkerPool::Options{options.digest_threads, 256});
  postgres::Tail::Options tail_options = options.tail;
  tail_options.ledger = ledger;
  tail_options.max_clock_skew = options.max_clock_skew;
  tail = std::make_unique<postgres::Tail>(options.postgres, tail_options, log.get());
  Poster::Options poster_options = options.poster;
  poster_options.ledger = ledger;
  poster_options.max_clock_skew = options.max_clock_skew;
  poster_options.on_batch = [this](const Poster::BatchTiming& batch) { metrics->OnBatch(batch); };
  poster = std::make_unique<Poster>(
      postgres::MakePostingSessionFactory(options.postgres),
      // If the batch does not fit on the log, the tail reads what is needed from the database. That
      // happens if a batch of another replica is still missing, or if the ledger was rewound.
      [this](const Position& before, std::vector<v1::Transaction> batch) {
        log->AppendAfter(before, std::move(batch));
      },
      Clocks{&absl::Now, &SteadyNow}, poster_options);
}

absl::Status TransactionServer::Parts::StartServing() {
  const auto verifier = std::make_shared<CallerVerifier>(keys.get(), revocations.get());
  watches = std::make_unique<Watches>(
      Watches::Dependencies{log.get(), &history_store, history_pool.get(), turn_pool.get(), ledger,
                            &absl::Now, &SteadyNow, revocations.get()},
      options.watches);
  transactions = std::make_unique<TransactionServiceImpl>(TransactionServiceImpl::Dependencies{
      verifier, &store, poster.get(), store_pool.get(), digest_pool.get(), watches.get(),
      &submit_refusals, ledger, &absl::Now});
  accounts = std::make_unique<AccountServiceImpl>(AccountServiceImpl::Dependencies{
      verifier, &store, password_queue.get(), store_pool.get(), ledger});
  audit.emplace(AuditServiceImpl::Dependencies{verifier, &store, store_pool.get()});
  auth = std::make_unique<AuthServiceImpl>(
      AuthServiceImpl::Dependencies{verifier, signer.get(), &store, revocations.get(),
                                    password_queue.get(), store_pool.get(), &absl::Now},
      options.guesses, options.tokens);
  EnableHealthAndReflection();
  grpc::ServerBuilder builder;
  SetUpConnections(options.connections, &builder);
  calls->Install(&builder);
  builder.AddListeningPort(options.listen, credentials, &grpc_port);
  for (grpc::Service* const service : std::initializer_list<grpc::Service*>{
           transactions.get(), accounts.get(), &*audit, auth.get()}) {
    builder.RegisterService(service);
  }
  grpc = builder.BuildAndStart();
  if (grpc == nullptr || grpc_port == 0) {
    return MakeError(
        absl::StatusCode::kUnavailable, reason::kInternal,
        "cannot listen on " + options.listen + ": is the port taken? --listen chooses another");
  }
  phase = Phase::kServing;
  return absl::OkStatus();
}

void TransactionServer::Parts::Drain() {
  grpc->GetHealthCheckService()->SetServingStatus(false);
  // Still serves everything, until those who send calls here had time to notice.
  absl::SleepFor(options.drain_delay);
  // From here on new calls are refused. Calls that are under way still get their answers.
  calls->Drain();
  watches->Drain();
  if (!calls->AwaitNoneOpen(options.drain_timeout)) {
    spdlog::warn("calls are still open after {}: they are cut off",
                 absl::FormatDuration(options.drain_timeout));
  }
  grpc->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(kLastAnswers));
  grpc->Wait();
}

absl::StatusOr<std::unique_ptr<TransactionServer>> TransactionServer::Start(
    const TransactionOptions& options, const std::function<bool()>& keep_waiting) {
  if (sodium_init() < 0) return absl::InternalError("libsodium cannot be initialised");
  auto server =
      std::unique_ptr<TransactionServer>(new TransactionServer(std::make_unique<Parts>(options)));
  Parts* parts = server->parts_.get();
  auto credentials = MakeServerCredentials(options.tls);
  if (!credentials.ok()) return credentials.status();
  parts->credentials = std::move(*credentials);
  auto signer = LoadSigner(options);
  if (!signer.ok()) return signer.status();
  parts->signer = std::make_unique<TokenSigner>(std::move(*signer));
  auto keys = StartKeys(options, *parts->signer);
  if (!keys.ok()) return keys.status();
  parts->keys = std::move(*keys);
  // The admin and health ports start first, so that they answer while the database is waited for.
  absl::Status status = parts->StartAdmin();
  if (status.ok()) {
    status = PrepareDatabase(options, keep_waiting, &parts->waiting_for, &parts->warnings);
  }
  if (status.ok()) {
    status =
        AwaitDatabase([parts] { return parts->ReadLedger(); }, keep_waiting, &parts->waiting_for);
  }
  if (status.ok()) {
    parts->StartLedger();
    status = parts->StartServing();
  }
  if (!status.ok()) return status;
  return server;
}

TransactionServer::TransactionServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

TransactionServer::~TransactionServer() {
  parts_->phase = parts_->grpc == nullptr ? Phase::kStarting : Phase::kStopping;
  if (parts_->grpc != nullptr) parts_->Drain();
  // These two ports read the other parts.
  parts_->health.reset();
  parts_->admin.reset();
  parts_->poster.reset();
  parts_->tail.reset();
  for (auto* pool :
       {&parts_->store_pool, &parts_->history_pool, &parts_->turn_pool, &parts_->digest_pool}) {
    pool->reset();
  }
  parts_->password_queue.reset();
}

int TransactionServer::grpc_port() const { return parts_->grpc_port; }
int TransactionServer::admin_port() const {
  return parts_->admin == nullptr ? 0 : parts_->admin->port();
}

}  // namespace ledgercast
