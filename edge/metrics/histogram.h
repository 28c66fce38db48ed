#ifndef EDGE_METRICS_HISTOGRAM_H_
#define EDGE_METRICS_HISTOGRAM_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace ledgercast {

// A number that one thread changes and any thread may read. On paths that run once for each
// delivery it is cheaper than a counter that several threads change.
class OwnedCount {
 public:
  void Add(int64_t n) { Set(value() + n); }
  void Set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// A histogram of durations that one thread fills and any thread may read.
class OwnedHistogram {
 public:
  // Upper bounds of the buckets in seconds, inclusive. A last bucket counts all longer durations.
  static constexpr std::array kBoundsSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                0.1,   0.25,   0.5,   1.0,  2.5,   10.0};
  static constexpr size_t kBuckets = kBoundsSeconds.size() + 1;

  // Adds `duration` `times` times. A negative duration, which comes from clocks that differ, counts
  // as zero.
  void Add(absl::Duration duration, int64_t times) {
    if (duration < absl::ZeroDuration()) duration = absl::ZeroDuration();
    const double seconds = absl::ToDoubleSeconds(duration);
    size_t bucket = 0;
    while (bucket < kBoundsSeconds.size() && seconds > kBoundsSeconds[bucket]) ++bucket;
    counts_[bucket].Add(times);
    microseconds_.Add(absl::ToInt64Microseconds(duration) * times);
  }

  int64_t count(size_t bucket) const { return counts_[bucket].value(); }
  double sum_seconds() const { return static_cast<double>(microseconds_.value()) * 1e-6; }

 private:
  std::array<OwnedCount, kBuckets> counts_;
  OwnedCount microseconds_;
};

}  // namespace ledgercast

#endif  // EDGE_METRICS_HISTOGRAM_H_
