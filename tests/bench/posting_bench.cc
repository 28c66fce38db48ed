// Measures how many transfers per second the ledger takes: by the poster alone (poster), by single
// calls (grpc) and by SubmitTransactions (bulk). posting_bench.sh and growth_bench.sh run it.

#include <grpcpp/grpcpp.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/common/base/clock.h"
#include "services/transaction/postgres/posting_session_factory.h"
#include "services/transaction/posting/poster.h"
#include "services/transaction/posting/uuid.h"
#include "tests/bench/bench_service.h"

namespace ledgercast {
namespace {

struct Settings {
  std::string mode = "poster";
  std::string database;
  std::string signing_key_file;
  int accounts = 100'000;
  std::string shape = "even";
  int seconds = 10;
  // Seconds of load that are not measured.
  int warm_up_seconds = 0;
  // Number of transfers after which the load ends; 0 means that only the time ends it.
  int64_t transfers = 0;
  int in_flight = 2'000;
  int batch = 2'000;
  // Number of transfers in one SubmitTransactions call; 1 means CreateTransaction.
  int per_call = 2'000;
  // If true, the caller chooses the ids, as a caller must who may try again.
  bool chosen_ids = false;
};

// Keeps a number of calls running for a while, each with `per_call` transfers, and notes how long
// each took.
class Load {
 public:
  using Requests = std::vector<v1::CreateTransactionRequest>;
  // Receives how many transfers were posted.
  using Done = std::function<void(int)>;

  Load(const Settings& settings, int per_call, std::function<void(Requests, Done)> post)
      : settings_(settings), per_call_(per_call), post_(std::move(post)) {}

  void Run() {
    start_ = absl::Now() + absl::Seconds(settings_.warm_up_seconds);
    until_ = start_ + absl::Seconds(settings_.seconds);
    for (int i = 0; i < settings_.in_flight; ++i) Next();
    absl::MutexLock lock(&mu_);
    const auto idle = [this] { return under_way_ == 0; };
    mu_.Await(absl::Condition(&idle));
    const double seconds = absl::ToDoubleSeconds(absl::Now() - start_);
    std::sort(millis_.begin(), millis_.end());
    std::printf(
        "%s in_flight=%d per_call=%d batch=%d transfers_per_second=%.0f p50_ms=%.2f p99_ms=%.2f "
        "failed=%lld\n",
        settings_.mode.c_str(), settings_.in_flight, per_call_, settings_.batch,
        static_cast<double>(posted_) / seconds, bench::Quantile(millis_, 0.5),
        bench::Quantile(millis_, 0.99), static_cast<long long>(failed_));
  }

 private:
  void Next() {
    Requests requests(static_cast<size_t>(per_call_));
    {
      absl::MutexLock lock(&mu_);
      if (settings_.transfers > 0 && asked_ >= settings_.transfers) return;
      asked_ += per_call_;
      for (v1::CreateTransactionRequest& request : requests) {
        request = bench::DrawTransfer(settings_.shape, settings_.accounts, &random_);
        if (settings_.chosen_ids) request.set_id(MakeUuidV7(absl::Now()));
      }
      ++under_way_;
    }
    const absl::Time asked = absl::Now();
    post_(std::move(requests), [this, asked](int posted) {
      const absl::Time now = absl::Now();
      if (now < until_) Next();
      absl::MutexLock lock(&mu_);
      --under_way_;
      if (now < start_) return;
      if (posted > 0) millis_.push_back(absl::ToDoubleMilliseconds(now - asked));
      posted_ += posted;
      failed_ += per_call_ - posted;
    });
  }

  const Settings settings_;
  const int per_call_;
  const std::function<void(Requests, Done)> post_;
  absl::Time start_;
  absl::Time until_;
  absl::Mutex mu_;
  std::mt19937 random_ ABSL_GUARDED_BY(mu_){1};
  int under_way_ ABSL_GUARDED_BY(mu_) = 0;
  int64_t asked_ ABSL_GUARDED_BY(mu_) = 0;
  int64_t posted_ ABSL_GUARDED_BY(mu_) = 0;
  int64_t failed_ ABSL_GUARDED_BY(mu_) = 0;
  std::vector<double> millis_ ABSL_GUARDED_BY(mu_);
};

std::unique_ptr<Poster> MakePoster(const Settings& settings, const Poster::Options& options) {
  postgres::PgOptions database;
  database.conninfo = settings.database;
  return std::make_unique<Poster>(
      postgres::MakePostingSessionFactory(database),
      [](const Position&, const std::vector<v1::Transaction>&) {}, Clocks{&absl::Now, &SteadyNow},
      options);
}

void PostThrough(const Settings& settings, Poster* poster) {
  Load(settings, 1, [&](Load::Requests requests, Load::Done done) {
    Posting posting;
    posting.request = std::move(requests.front());
    if (!settings.chosen_ids) posting.request.set_id(MakeUuidV7(absl::Now()));
    posting.caller = "bench";
    PostingItem item;
    item.unit.push_back(std::move(posting));
    item.chosen_ids = settings.chosen_ids;
    item.done = [done = std::move(done)](const absl::StatusOr<std::vector<Posted>>& posted) {
      done(posted.ok() ? 1 : 0);
    };
    std::vector<PostingItem> items;
    items.push_back(std::move(item));
    poster->Submit(std::move(items));
  }).Run();
}

// Shows how the poster's time is spent, by means over its batches.
class Stages {
 public:
  // Adds a batch. Called on the poster's thread.
  void Add(const Poster::BatchTiming& batch) {
    ++batches_;
    sum_.transactions += batch.transactions;
    sum_.fence += batch.fence;
    sum_.look_up += batch.look_up;
    sum_.decide += batch.decide;
    sum_.write += batch.write;
  }
  // Prints the means. Must be called after the poster has ended.
  void Print() const {
    if (batches_ == 0) return;
    const auto mean = [this](absl::Duration sum) {
      return absl::ToDoubleMilliseconds(sum / batches_);
    };
    std::printf(
        "  a batch: transactions=%lld fence_ms=%.2f look_up_ms=%.2f decide_ms=%.2f write_ms=%.2f\n",
        static_cast<long long>(sum_.transactions / batches_), mean(sum_.fence), mean(sum_.look_up),
        mean(sum_.decide), mean(sum_.write));
  }

 private:
  int64_t batches_ = 0;
  Poster::BatchTiming sum_;
};

void RunPoster(const Settings& settings) {
  Stages stages;
  Poster::Options options;
  options.max_batch_transactions = settings.batch;
  options.on_batch = [&stages](const Poster::BatchTiming& batch) { stages.Add(batch); };
  auto poster = MakePoster(settings, options);
  PostThrough(settings, poster.get());
  poster.reset();
  stages.Print();
}
template <typename Request, typename Response>
struct Call {
  explicit Call(const bench::BenchService& service) { service.SignIn(&context); }
  grpc::ClientContext context;
  Request request;
  Response response;
};

void RunSingle(const Settings& settings, const bench::BenchService& service) {
  using Single = Call<v1::CreateTransactionRequest, v1::Transaction>;
  Load(settings, 1, [&](Load::Requests requests, Load::Done done) {
    auto call = std::make_shared<Single>(service);
    call->request = std::move(requests.front());
    service.stub()->async()->CreateTransaction(
        &call->context, &call->request, &call->response,
        [call, done = std::move(done)](const grpc::Status& status) { done(status.ok() ? 1 : 0); });
  }).Run();
}

void RunBulk(const Settings& settings, const bench::BenchService& service) {
  using Bulk = Call<v1::SubmitTransactionsRequest, v1::SubmitTransactionsResponse>;
  Load(settings, settings.per_call, [&](Load::Requests requests, Load::Done done) {
    auto call = std::make_shared<Bulk>(service);
    for (auto& request : requests) *call->request.add_requests() = std::move(request);
    service.stub()->async()->SubmitTransactions(
        &call->context, &call->request, &call->response,
        [call, done = std::move(done)](const grpc::Status& /*status*/) {
          int posted = 0;
          for (const auto& result : call->response.results()) posted += result.has_transaction();
          done(posted);
        });
  }).Run();
}

absl::Status RunGrpc(const Settings& settings) {
  TransactionOptions options;
  options.postgres.conninfo = settings.database;
  options.signing_key_file = settings.signing_key_file;
  options.poster.max_batch_transactions = settings.batch;
  const auto service = bench::BenchService::Start(std::move(options));
  if (!service.ok()) return service.status();
  settings.mode == "bulk" ? RunBulk(settings, **service) : RunSingle(settings, **service);
  return absl::OkStatus();
}

}  // namespace
}  // namespace ledgercast

int main(int argc, char** argv) {
  ledgercast::Settings settings;
  CLI::App app("Posts transfers between many accounts for a while and prints the rate.");
  app.add_option("--mode", settings.mode, "poster, grpc or bulk")->capture_default_str();
  app.add_option("--database", settings.database, "PostgreSQL connection string")->required();
  app.add_option("--signing-key-file", settings.signing_key_file, "for grpc and bulk");
  app.add_option("--accounts", settings.accounts)->capture_default_str();
  app.add_option("--shape", settings.shape, ledgercast::bench::kShapesHelp)
      ->check(CLI::IsMember(ledgercast::bench::Shapes()))
      ->capture_default_str();
  app.add_option("--seconds", settings.seconds)->capture_default_str();
  app.add_option("--warm-up-seconds", settings.warm_up_seconds, "before them, not counted")
      ->capture_default_str();
  app.add_option("--transfers", settings.transfers, "end when it asked for so many; 0 = not")
      ->capture_default_str();
  app.add_option("--in-flight", settings.in_flight)->capture_default_str();
  app.add_option("--batch", settings.batch)->capture_default_str();
  app.add_option("--per-call", settings.per_call, "for --mode bulk")->capture_default_str();
  app.add_flag("--chosen-ids", settings.chosen_ids, "transfers have ids of the caller's");
  CLI11_PARSE(app, argc, argv);
  spdlog::set_level(spdlog::level::warn);
  absl::Status status = ledgercast::bench::PrepareLedger(settings.database, settings.accounts);
  if (status.ok() && settings.mode == "poster") ledgercast::RunPoster(settings);
  if (status.ok() && settings.mode != "poster") status = ledgercast::RunGrpc(settings);
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
