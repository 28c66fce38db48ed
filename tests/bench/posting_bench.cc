// How many transfers a second the ledger takes, by itself and through gRPC. Driven by
// posting_bench.sh, which runs it beside pgbench on the same cluster.

#include <grpcpp/grpcpp.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "ledgercast/v1/auth.grpc.pb.h"
#include "ledgercast/v1/transaction.grpc.pb.h"
#include "services/common/program.h"
#include "services/transaction/postgres/migrate.h"
#include "services/transaction/postgres/posting_session.h"
#include "services/transaction/posting/poster.h"
#include "services/transaction/posting/uuid.h"
#include "services/transaction/server.h"

namespace ledgercast {
namespace {

struct Settings {
  std::string mode = "poster";
  std::string database;
  std::string signing_key_file;
  int accounts = 100'000;
  int seconds = 10;
  int in_flight = 2'000;
  int batch = 1'000;
};

// Keeps a number of transfers under way for a while, and counts how long each took.
class Load {
 public:
  Load(const Settings& settings,
       std::function<void(v1::CreateTransactionRequest, std::function<void(bool)>)> post)
      : settings_(settings), post_(std::move(post)) {}

  void Run() {
    start_ = absl::Now();
    until_ = start_ + absl::Seconds(settings_.seconds);
    for (int i = 0; i < settings_.in_flight; ++i) Next();
    absl::MutexLock lock(&mu_);
    const auto idle = [this] { return under_way_ == 0; };
    mu_.Await(absl::Condition(&idle));
    const double seconds = absl::ToDoubleSeconds(absl::Now() - start_);
    std::sort(millis_.begin(), millis_.end());
    std::printf(
        "%s in_flight=%d batch=%d transfers_per_second=%.0f p50_ms=%.2f p99_ms=%.2f "
        "failed=%d\n",
        settings_.mode.c_str(), settings_.in_flight, settings_.batch,
        static_cast<double>(millis_.size()) / seconds, At(0.5), At(0.99), failed_);
  }

 private:
  double At(double share) const {
    if (millis_.empty()) return 0;
    return millis_[static_cast<size_t>(share * static_cast<double>(millis_.size() - 1))];
  }

  void Next() {
    v1::CreateTransactionRequest request;
    {
      absl::MutexLock lock(&mu_);
      const auto accounts = static_cast<unsigned>(settings_.accounts);
      const unsigned from = random_() % accounts;
      const unsigned to = (from + 1 + random_() % (accounts - 1)) % accounts;
      request.set_from_account("bench-" + std::to_string(from));
      request.set_to_account("bench-" + std::to_string(to));
      ++under_way_;
    }
    request.set_amount(1);
    const absl::Time asked = absl::Now();
    post_(std::move(request), [this, asked](bool ok) {
      const absl::Time now = absl::Now();
      if (now < until_) Next();
      absl::MutexLock lock(&mu_);
      if (ok) {
        millis_.push_back(absl::ToDoubleMilliseconds(now - asked));
      } else {
        ++failed_;
      }
      --under_way_;
    });
  }

  const Settings settings_;
  const std::function<void(v1::CreateTransactionRequest, std::function<void(bool)>)> post_;
  absl::Time start_;
  absl::Time until_;
  absl::Mutex mu_;
  std::mt19937 random_ ABSL_GUARDED_BY(mu_){1};
  int under_way_ ABSL_GUARDED_BY(mu_) = 0;
  int failed_ ABSL_GUARDED_BY(mu_) = 0;
  std::vector<double> millis_ ABSL_GUARDED_BY(mu_);
};

absl::Status Prepare(const Settings& settings) {
  auto session = postgres::Session::Connect(settings.database, absl::Seconds(60));
  if (!session.ok()) return session.status();
  const absl::Status migrated = postgres::Migrate(session->get());
  if (!migrated.ok()) return migrated;
  return (*session)
      ->Run(
          "INSERT INTO accounts (name, currency) SELECT 'bench-' || n, 'PTS' FROM "
          "generate_series(0, " +
          std::to_string(settings.accounts - 1) + ") AS n ON CONFLICT DO NOTHING")
      .status();
}

void RunPoster(const Settings& settings) {
  Poster::Options options;
  options.max_batch_transactions = settings.batch;
  Poster poster(
      [&settings]() -> absl::StatusOr<std::unique_ptr<PostingSession>> {
        auto session = postgres::Session::Connect(settings.database, absl::Seconds(10));
        if (!session.ok()) return session.status();
        return std::make_unique<postgres::PgPostingSession>(std::move(*session), true);
      },
      [](const std::vector<v1::Transaction>&) {}, &absl::Now, options);
  Load(settings, [&poster](v1::CreateTransactionRequest request, std::function<void(bool)> done) {
    Posting posting;
    posting.request = std::move(request);
    posting.request.set_id(MakeUuidV7(absl::Now()));
    posting.caller = "bench";
    PostingItem item;
    item.unit.push_back(std::move(posting));
    item.done = [done = std::move(done)](const absl::StatusOr<std::vector<Posted>>& posted) {
      done(posted.ok());
    };
    std::vector<PostingItem> items;
    items.push_back(std::move(item));
    poster.Submit(std::move(items));
  }).Run();
}

absl::Status RunGrpc(const Settings& settings) {
  TransactionOptions options;
  options.listen = "127.0.0.1:0";
  options.admin_listen = "";
  options.postgres.conninfo = settings.database;
  options.signing_key_file = settings.signing_key_file;
  options.poster.max_batch_transactions = settings.batch;
  const auto server = TransactionServer::Start(options, [] { return false; });
  if (!server.ok()) return server.status();
  const auto pem = ReadFile(settings.signing_key_file, 64 << 10);
  if (!pem.ok()) return pem.status();
  const auto signer = TokenSigner::FromPem(*pem, options.issuer, options.audience);
  if (!signer.ok()) return signer.status();
  const std::string token = signer->Sign(TokenKind::kAccess, "bench", Role::kAdmin, absl::Now(),
                                         absl::Now() + absl::Hours(1));
  const auto channel = grpc::CreateChannel("127.0.0.1:" + std::to_string((*server)->grpc_port()),
                                           grpc::InsecureChannelCredentials());
  const auto stub = v1::TransactionService::NewStub(channel);
  struct Call {
    grpc::ClientContext context;
    v1::CreateTransactionRequest request;
    v1::Transaction response;
  };
  Load(settings, [&](v1::CreateTransactionRequest request, std::function<void(bool)> done) {
    auto call = std::make_shared<Call>();
    call->context.AddMetadata("authorization", "Bearer " + token);
    call->request = std::move(request);
    stub->async()->CreateTransaction(
        &call->context, &call->request, &call->response,
        [call, done = std::move(done)](const grpc::Status& status) { done(status.ok()); });
  }).Run();
  return absl::OkStatus();
}

}  // namespace
}  // namespace ledgercast

int main(int argc, char** argv) {
  ledgercast::Settings settings;
  CLI::App app("Posts transfers between many accounts for a while and prints the rate.");
  app.add_option("--mode", settings.mode, "poster or grpc")->capture_default_str();
  app.add_option("--database", settings.database, "PostgreSQL connection string")->required();
  app.add_option("--signing-key-file", settings.signing_key_file, "for --mode grpc");
  app.add_option("--accounts", settings.accounts)->capture_default_str();
  app.add_option("--seconds", settings.seconds)->capture_default_str();
  app.add_option("--in-flight", settings.in_flight)->capture_default_str();
  app.add_option("--batch", settings.batch)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  spdlog::set_level(spdlog::level::warn);
  absl::Status status = ledgercast::Prepare(settings);
  if (status.ok() && settings.mode == "poster") ledgercast::RunPoster(settings);
  if (status.ok() && settings.mode == "grpc") status = ledgercast::RunGrpc(settings);
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
