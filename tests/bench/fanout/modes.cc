#include "tests/bench/fanout/modes.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

#include "tests/bench/bench_service.h"

namespace ledgercast::bench {
namespace {

constexpr double kNsASecond = 1e9;
constexpr double kArriveSecondsMax = 60;
// Pause of `idle` before it measures: more than the edge's progress interval.
constexpr double kSettleSeconds = 7;

// Until all sockets have all that was published.
absl::Status AwaitAll(const Bench& bench, int64_t batches) {
  const int64_t deadline = NowNs() + static_cast<int64_t>(kArriveSecondsMax * kNsASecond);
  while (bench.crowd->whole_batches() < batches) {
    if (const absl::Status status = bench.crowd->Poll(/*wait_ms=*/10); !status.ok()) return status;
    if (NowNs() > deadline) return absl::DataLossError("not everything arrived");
  }
  return absl::OkStatus();
}

void PrintHead(const Settings& settings) {
  std::printf("%s system=%s sockets=%zu ", settings.mode.c_str(), settings.system.c_str(),
              settings.sockets);
}

}  // namespace

absl::Status PublishNext(const Bench& bench, int64_t count) {
  std::vector<v1::Transaction> transactions;
  if (!bench.publisher->ready()) return absl::UnavailableError("nobody to publish to any more");
  for (int64_t i = 0; i < count; ++i) transactions.push_back(bench.journal->Add(NowNs()));
  return bench.publisher->Publish(*bench.journal, std::move(transactions));
}

absl::Status PollFor(const Bench& bench, double seconds) {
  const int64_t until = NowNs() + static_cast<int64_t>(seconds * kNsASecond);
  while (NowNs() < until) {
    if (const absl::Status status = bench.crowd->Poll(/*wait_ms=*/10); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status RunSaturation(const Bench& bench) {
  const Settings& settings = bench.settings;
  bench.crowd->StartBatches(settings.batch);
  const int64_t start = NowNs();
  const int64_t from = start + static_cast<int64_t>(settings.warm_up_seconds * kNsASecond);
  const int64_t until = from + static_cast<int64_t>(settings.seconds * kNsASecond);
  int64_t published = 0;
  int64_t began = 0;
  int64_t deliveries_before = 0;
  Usage before;
  while (NowNs() < until) {
    if (began == 0 && NowNs() >= from) {
      began = NowNs();
      deliveries_before = bench.crowd->deliveries();
      before = bench.system->Measure();
    }
    while (published - bench.crowd->whole_batches() < settings.batches_in_flight) {
      if (const absl::Status status = PublishNext(bench, settings.batch); !status.ok()) {
        return status;
      }
      ++published;
    }
    if (const absl::Status status = bench.crowd->Poll(/*wait_ms=*/1); !status.ok()) return status;
  }
  const int64_t deliveries = bench.crowd->deliveries() - deliveries_before;
  const double took_ns = static_cast<double>(NowNs() - began);
  const double cpu_ns = static_cast<double>(bench.system->Measure().cpu_ns - before.cpu_ns);
  if (const absl::Status status = AwaitAll(bench, published); !status.ok()) return status;
  PrintHead(settings);
  std::printf("deliveries_per_second=%.0f cpu_share=%.2f cpu_us_per_delivery=%.3f\n",
              static_cast<double>(deliveries) / took_ns * kNsASecond, cpu_ns / took_ns,
              cpu_ns / 1e3 / static_cast<double>(deliveries));
  return absl::OkStatus();
}

absl::Status RunSteady(const Bench& bench) {
  const Settings& settings = bench.settings;
  bench.crowd->StartBatches(1);
  const double interval_ns = kNsASecond * static_cast<double>(settings.sockets) /
                             static_cast<double>(settings.deliveries_per_second);
  const int64_t start = NowNs();
  const auto warm_up =
      static_cast<int64_t>(std::ceil(settings.warm_up_seconds * 1e9 / interval_ns));
  const auto total =
      warm_up + static_cast<int64_t>(std::ceil(settings.seconds * 1e9 / interval_ns));
  Usage before;
  for (int64_t one = 0; one < total; ++one) {
    const int64_t due = start + static_cast<int64_t>(static_cast<double>(one) * interval_ns);
    // Looked at once: a wait that has become negative meanwhile would be one without end.
    for (int64_t left_ns = 0; (left_ns = due - NowNs()) > 0;) {
      const auto left_ms = static_cast<int>(left_ns / 1'000'000);
      if (const absl::Status status = bench.crowd->Poll(left_ms); !status.ok()) return status;
    }
    if (one == warm_up) {
      if (const absl::Status status = AwaitAll(bench, warm_up); !status.ok()) return status;
      before = bench.system->Measure();
      bench.crowd->NoteLatency(true);
    }
    if (const absl::Status status = PublishNext(bench, 1); !status.ok()) return status;
  }
  if (const absl::Status status = AwaitAll(bench, total); !status.ok()) return status;
  const double cpu_ns = static_cast<double>(bench.system->Measure().cpu_ns - before.cpu_ns);
  std::vector<double> latency_ms = bench.crowd->latency_ms();
  std::sort(latency_ms.begin(), latency_ms.end());
  PrintHead(settings);
  std::printf("cpu_us_per_delivery=%.3f p50_ms=%.2f p99_ms=%.2f deliveries=%zu\n",
              cpu_ns / 1e3 / static_cast<double>(latency_ms.size()), Quantile(latency_ms, 0.5),
              Quantile(latency_ms, 0.99), latency_ms.size());
  return absl::OkStatus();
}

absl::Status RunIdle(const Bench& bench) {
  // The first is there already: what a system makes when it is first used is no socket's.
  const Usage before = bench.system->Measure();
  if (const absl::Status status = bench.crowd->Open(bench.settings.sockets); !status.ok()) {
    return status;
  }
  // What opening left to do is done, and the first word that nothing happens was said.
  if (const absl::Status status = PollFor(bench, kSettleSeconds); !status.ok()) return status;
  const Usage settled = bench.system->Measure();
  if (const absl::Status status = PollFor(bench, bench.settings.seconds); !status.ok()) {
    return status;
  }
  const Usage after = bench.system->Measure();
  const auto sockets = static_cast<double>(bench.settings.sockets);
  PrintHead(bench.settings);
  std::printf(
      "bytes_per_socket=%.0f cpu_us_per_socket_second=%.2f\n",
      static_cast<double>(after.memory_bytes - before.memory_bytes) / (sockets - 1),
      static_cast<double>(after.cpu_ns - settled.cpu_ns) / 1e3 / sockets / bench.settings.seconds);
  return absl::OkStatus();
}

absl::Status RunReconnect(const Bench& bench) {
  const Settings& settings = bench.settings;
  const int64_t calls_before = bench.service->database_calls();
  bench.crowd->StartBatches(1);
  if (const absl::Status status = PublishNext(bench, 1); !status.ok()) return status;
  if (const absl::Status status = AwaitAll(bench, 1); !status.ok()) return status;
  bench.crowd->CloseAll();
  if (const absl::Status status = PublishNext(bench, settings.missed); !status.ok()) return status;
  // The edge notices and takes in what was missed.
  if (const absl::Status status = PollFor(bench, /*seconds=*/2); !status.ok()) return status;
  const Usage before = bench.system->Measure();
  const int64_t start = NowNs();
  if (const absl::Status status = bench.crowd->Open(settings.sockets); !status.ok()) return status;
  const double seconds = static_cast<double>(NowNs() - start) / kNsASecond;
  const double cpu_ns = static_cast<double>(bench.system->Measure().cpu_ns - before.cpu_ns);
  PrintHead(settings);
  std::printf("seconds=%.2f cpu_seconds=%.2f missed=%lld database_calls=%lld\n", seconds,
              cpu_ns / kNsASecond, static_cast<long long>(settings.missed),
              static_cast<long long>(bench.service->database_calls() - calls_before));
  return absl::OkStatus();
}

}  // namespace ledgercast::bench
