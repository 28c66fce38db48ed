#ifndef SERVICES_COMMON_BASE_METRIC_FAMILIES_H_
#define SERVICES_COMMON_BASE_METRIC_FAMILIES_H_

// Makes metrics whose values are read when they are scraped, so that counting costs the hot paths
// nothing.

#include <prometheus/metric_family.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ledgercast {

prometheus::MetricFamily GaugeFamily(std::string name, std::string help, double value);
prometheus::MetricFamily CounterFamily(std::string name, std::string help, double value);

// One sample for each value of `label`.
using LabelledValues = std::vector<std::pair<std::string, double>>;
prometheus::MetricFamily GaugeFamily(std::string name, std::string help, const std::string& label,
                                     const LabelledValues& values);
prometheus::MetricFamily CounterFamily(std::string name, std::string help, const std::string& label,
                                       const LabelledValues& values);

// `counts` has one more than the ascending `bounds`: what is beyond the last.
prometheus::MetricFamily HistogramFamily(std::string name, std::string help,
                                         const std::vector<double>& bounds,
                                         const std::vector<int64_t>& counts, double sum);

// One of the histograms of a family whose histograms differ by their labels.
struct LabelledHistogram {
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<int64_t> counts;
  double sum = 0;
};
prometheus::MetricFamily HistogramFamily(std::string name, std::string help,
                                         const std::vector<double>& bounds,
                                         const std::vector<LabelledHistogram>& histograms);

// Returns what every program tells of itself: Prometheus' usual `process_...`, and which build it
// is.
std::vector<prometheus::MetricFamily> ProcessFamilies();

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_METRIC_FAMILIES_H_
