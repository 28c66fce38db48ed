#include "services/common/base/metric_families.h"
#include "services/common/base/version.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <system_error>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace ledgercast {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

// Is taken when static variables are initialised, which is close enough to the start of the
// process.
const absl::Time kStart = absl::Now();

ClientMetric Sample(double value) {
  ClientMetric metric;
  metric.gauge.value = value;
  metric.counter.value = value;
  return metric;
}

MetricFamily Family(std::string name, std::string help, MetricType type,
                    std::vector<ClientMetric> samples) {
  MetricFamily family;
  family.name = std::move(name);
  family.help = std::move(help);
  family.type = type;
  family.metric = std::move(samples);
  return family;
}

std::vector<ClientMetric> Samples(const std::string& label, const LabelledValues& values) {
  std::vector<ClientMetric> samples;
  for (const auto& [label_value, value] : values) {
    samples.push_back(Sample(value));
    samples.back().label.push_back({label, label_value});
  }
  return samples;
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return absl::ToDoubleSeconds(absl::DurationFromTimeval(usage.ru_utime) +
                               absl::DurationFromTimeval(usage.ru_stime));
}

double ResidentBytes() {
  int64_t all_pages = 0;
  int64_t resident_pages = 0;
  std::ifstream("/proc/self/statm") >> all_pages >> resident_pages;
  return static_cast<double>(resident_pages * sysconf(_SC_PAGESIZE));
}

double OpenFiles() {
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  return static_cast<double>(std::distance(begin(files), end(files)));
}

double MaxOpenFiles() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

MetricFamily GaugeFamily(std::string name, std::string help, double value) {
  return Family(std::move(name), std::move(help), MetricType::Gauge, {Sample(value)});
}

MetricFamily CounterFamily(std::string name, std::string help, double value) {
  return Family(std::move(name), std::move(help), MetricType::Counter, {Sample(value)});
}

MetricFamily GaugeFamily(std::string name, std::string help, const std::string& label,
                         const LabelledValues& values) {
  return Family(std::move(name), std::move(help), MetricType::Gauge, Samples(label, values));
}

MetricFamily CounterFamily(std::string name, std::string help, const std::string& label,
                           const LabelledValues& values) {
  return Family(std::move(name), std::move(help), MetricType::Counter, Samples(label, values));
}

MetricFamily HistogramFamily(std::string name, std::string help, const std::vector<double>& bounds,
                             const std::vector<int64_t>& counts, double sum) {
  return HistogramFamily(std::move(name), std::move(help), bounds, {{{}, counts, sum}});
}

MetricFamily HistogramFamily(std::string name, std::string help, const std::vector<double>& bounds,
                             const std::vector<LabelledHistogram>& histograms) {
  std::vector<ClientMetric> metrics;
  for (const LabelledHistogram& histogram : histograms) {
    ClientMetric& metric = metrics.emplace_back();
    for (const auto& [label, value] : histogram.labels) metric.label.push_back({label, value});
    uint64_t cumulative = 0;
    for (size_t i = 0; i < histogram.counts.size(); ++i) {
      cumulative += static_cast<uint64_t>(histogram.counts[i]);
      ClientMetric::Bucket bucket;
      bucket.cumulative_count = cumulative;
      bucket.upper_bound = i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
      metric.histogram.bucket.push_back(bucket);
    }
    metric.histogram.sample_count = cumulative;
    metric.histogram.sample_sum = histogram.sum;
  }
  return Family(std::move(name), std::move(help), MetricType::Histogram, std::move(metrics));
}

std::vector<MetricFamily> ProcessFamilies() {
  return {
      GaugeFamily("ledgercast_build_info", "Always 1; the label says which build this is.",
                  "version", {{Version(), 1}}),
      GaugeFamily("process_start_time_seconds", "When the process started, since 1970.",
                  absl::ToDoubleSeconds(kStart - absl::UnixEpoch())),
      CounterFamily("process_cpu_seconds_total", "User and system time.", CpuSeconds()),
      GaugeFamily("process_resident_memory_bytes", "Memory in RAM.", ResidentBytes()),
      GaugeFamily("process_open_fds", "Open files and sockets.", OpenFiles()),
      GaugeFamily("process_max_fds", "The limit on them.", MaxOpenFiles()),
  };
}

}  // namespace ledgercast
