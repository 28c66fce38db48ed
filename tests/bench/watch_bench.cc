// Measures what WatchTransactions delivers: history, and transactions as fast as they are posted.
// At a steady rate it measures the time from a commit to its watchers. Other watchers may not read,
// or may catch up meanwhile. Every watcher checks that it gets each sequence once, in order.
// watch_bench.sh runs it.

#include <grpcpp/grpcpp.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "tests/bench/bench_service.h"

namespace ledgercast {
namespace {

constexpr int kAccounts = 10'000;

struct Settings {
  std::string mode = "steady";
  std::string database;
  std::string signing_key_file;
  int watches = 10;
  // Numbers of additional watchers that stop reading, and that read all of history meanwhile.
  int lagging = 0;
  int catching_up = 0;
  int seconds = 5;
  // Transfers per second in `steady`.
  int rate = 1'000;
  // Number of transactions that `history` reads; 0 means all.
  int64_t history = 0;
};

int64_t SequenceOf(const std::string& cursor) {
  return std::stoll(cursor.substr(cursor.rfind('.') + 1));
}

// One stream on its own connection. It must not be deleted before AwaitEnd().
class Watcher : public grpc::ClientReadReactor<v1::WatchTransactionsResponse> {
 public:
  // Makes a watcher. If `reads` is false, it reads only its first response.
  Watcher(const bench::BenchService& service, const std::string& after, bool reads)
      : reads_(reads), stub_(service.Connect()) {
    service.SignIn(&context_);
    request_.set_after(after);
    stub_->async()->WatchTransactions(&context_, &request_, this);
    StartRead(&response_);
    AddHold();
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    const absl::Time now = absl::Now();
    Check();
    for (const v1::Transaction& transaction : response_.transactions()) {
      millis_.push_back(absl::ToDoubleMilliseconds(
          now - absl::FromUnixSeconds(transaction.create_time().seconds()) -
          absl::Nanoseconds(transaction.create_time().nanos())));
    }
    {
      absl::MutexLock lock(&mu_);
      position_ = SequenceOf(response_.cursor());
    }
    live_ = response_.live();
    if (reads_) StartRead(&response_);
  }

  void OnDone(const grpc::Status& /*status*/) override { done_.Notify(); }

  void AwaitEnd() {
    context_.TryCancel();
    RemoveHold();
    done_.WaitForNotification();
  }

  void AwaitAt(int64_t sequence) {
    absl::MutexLock lock(&mu_);
    const auto there = [&]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return position_ >= sequence; };
    mu_.Await(absl::Condition(&there));
  }

  // Must be called after AwaitEnd().
  bool in_order() const { return in_order_; }
  const std::vector<double>& millis() const { return millis_; }

 private:
  void Check() {
    int64_t expected = SequenceOf(response_.after());
    if (live_ && expected != at_) in_order_ = false;
    for (const v1::Transaction& transaction : response_.transactions()) {
      if (transaction.sequence() != ++expected) in_order_ = false;
    }
    at_ = SequenceOf(response_.cursor());
    if (expected != at_) in_order_ = false;
  }

  const bool reads_;
  const std::unique_ptr<v1::TransactionService::Stub> stub_;
  grpc::ClientContext context_;
  v1::WatchTransactionsRequest request_;
  v1::WatchTransactionsResponse response_;
  // Used only by the stream's callbacks, which gRPC calls one after the other.
  int64_t at_ = -1;
  bool live_ = false;
  bool in_order_ = true;
  std::vector<double> millis_;
  absl::Mutex mu_;
  int64_t position_ ABSL_GUARDED_BY(mu_) = -1;
  absl::Notification done_;
};

using Watching = std::vector<std::unique_ptr<Watcher>>;

Watching Open(const bench::BenchService& service, const std::string& after, int count, bool reads) {
  Watching watches;
  for (int i = 0; i < count; ++i) {
    watches.push_back(std::make_unique<Watcher>(service, after, reads));
  }
  return watches;
}

void AwaitAt(const Watching& watches, int64_t sequence) {
  for (const auto& watcher : watches) watcher->AwaitAt(sequence);
}

// Posts `count` transfers. Returns the sequence of the newest one, or 0 if it failed.
int64_t Submit(const bench::BenchService& service, int count, std::mt19937* random) {
  grpc::ClientContext context;
  service.SignIn(&context);
  v1::SubmitTransactionsRequest request;
  v1::SubmitTransactionsResponse response;
  for (int i = 0; i < count; ++i) {
    *request.add_requests() = bench::DrawTransfer("even", kAccounts, random);
  }
  if (!service.stub()->SubmitTransactions(&context, request, &response).ok()) return 0;
  int64_t newest = 0;
  for (const v1::SubmitResult& result : response.results()) {
    newest = std::max(newest, result.transaction().sequence());
  }
  return newest;
}

// Posts for a while, at `rate` per second or as fast as two callers can. Returns the newest
// sequence.
int64_t Post(const bench::BenchService& service, const Settings& settings) {
  std::atomic<int64_t> newest = 0;
  const absl::Time start = absl::Now();
  const absl::Time until = start + absl::Seconds(settings.seconds);
  const auto raise = [&newest](int64_t sequence) {
    int64_t seen = newest;
    while (seen < sequence && !newest.compare_exchange_weak(seen, sequence)) continue;
  };
  if (settings.mode == "steady") {
    constexpr absl::Duration kTick = absl::Milliseconds(10);
    std::mt19937 random(1);
    const int each = std::max(1, settings.rate / 100);
    for (absl::Time next = start; next < until; next += kTick) {
      absl::SleepFor(next - absl::Now());
      raise(Submit(service, each, &random));
    }
    return newest;
  }
  std::vector<std::thread> callers;
  for (unsigned seed = 0; seed < 2; ++seed) {
    callers.emplace_back([&, seed] {
      std::mt19937 random(seed);
      while (absl::Now() < until) raise(Submit(service, 2'000, &random));
    });
  }
  for (std::thread& caller : callers) caller.join();
  return newest;
}

void Report(const Settings& settings, Watching watches, int64_t transactions, absl::Duration took) {
  std::vector<double> millis;
  bool in_order = true;
  for (const auto& watcher : watches) {
    watcher->AwaitEnd();
    in_order = in_order && watcher->in_order();
    millis.insert(millis.end(), watcher->millis().begin(), watcher->millis().end());
  }
  std::sort(millis.begin(), millis.end());
  const double rate = static_cast<double>(transactions) / absl::ToDoubleSeconds(took);
  std::printf(
      "%s watchers=%d lagging=%d catching_up=%d transactions_per_second=%.0f "
      "deliveries_per_second=%.0f "
      "p50_ms=%.2f p99_ms=%.2f in_order=%s\n",
      settings.mode.c_str(), settings.watches, settings.lagging, settings.catching_up, rate,
      rate * settings.watches, bench::Quantile(millis, 0.5), bench::Quantile(millis, 0.99),
      in_order ? "yes" : "NO");
}

absl::Status Run(const Settings& settings) {
  TransactionOptions options;
  options.postgres.conninfo = settings.database;
  options.signing_key_file = settings.signing_key_file;
  const auto started = bench::BenchService::Start(std::move(options));
  if (!started.ok()) return started.status();
  const bench::BenchService& service = **started;
  std::mt19937 random(3);
  const int64_t head = Submit(service, 1, &random);
  if (head == 0) return absl::UnavailableError("could not post");
  const bool history = settings.mode == "history";
  const absl::Time start = absl::Now();
  Watching others = Open(service, "now", settings.lagging, /*reads=*/false);
  Watching watches = Open(service, history ? "" : "now", settings.watches, /*reads=*/true);
  const int64_t first_stop =
      history && settings.history > 0 ? std::min(settings.history, head) : head;
  AwaitAt(watches, first_stop);
  if (history) {
    Report(settings, std::move(watches), first_stop, absl::Now() - start);
  } else {
    for (auto& one : Open(service, "", settings.catching_up, /*reads=*/true)) {
      others.push_back(std::move(one));
    }
    const absl::Time first = absl::Now();
    const int64_t newest = Post(service, settings);
    AwaitAt(watches, newest);
    Report(settings, std::move(watches), newest - head, absl::Now() - first);
  }
  for (const auto& watcher : others) watcher->AwaitEnd();
  return absl::OkStatus();
}

}  // namespace
}  // namespace ledgercast

int main(int argc, char** argv) {
  ledgercast::Settings settings;
  CLI::App app("Watches transfers and prints how many arrive, and how soon.");
  app.add_option("--mode", settings.mode, "history, steady or fast")->capture_default_str();
  app.add_option("--database", settings.database, "PostgreSQL connection string")->required();
  app.add_option("--signing-key-file", settings.signing_key_file)->required();
  app.add_option("--watchers", settings.watches)->capture_default_str();
  app.add_option("--lagging", settings.lagging, "besides: watchers that stopped reading")
      ->capture_default_str();
  app.add_option("--catching-up", settings.catching_up, "besides: ones that read all of history")
      ->capture_default_str();
  app.add_option("--seconds", settings.seconds)->capture_default_str();
  app.add_option("--rate", settings.rate, "transfers a second of --mode steady")
      ->capture_default_str();
  app.add_option("--history", settings.history, "how many --mode history reads; 0 = all")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  spdlog::set_level(spdlog::level::warn);
  absl::Status status = ledgercast::bench::PrepareLedger(settings.database, ledgercast::kAccounts);
  if (status.ok()) status = ledgercast::Run(settings);
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
