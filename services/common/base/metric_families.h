#ifndef SERVICES_COMMON_BASE_METRIC_FAMILIES_H_
#define SERVICES_COMMON_BASE_METRIC_FAMILIES_H_

// Makes metrics whose values are read only when they are scraped, so that metrics cost the hot
// paths nothing.

#include <prometheus/metric_family.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ledgercast {

prometheus::MetricFamily GaugeFamily(std::string name, std::string help, double value);
prometheus::MetricFamily CounterFamily(std::string name, std::string help, double value);

// Holds one sample for each value of a label.
using LabelledValues = std::vector<std::pair<std::string, double>>;
prometheus::MetricFamily GaugeFamily(std::string name, std::string help, const std::string& label,
                                     const LabelledValues& values);
prometheus::MetricFamily CounterFamily(std::string name, std::string help, const std::string& label,
                                       const LabelledValues& values);

// Makes a histogram. `counts` has one count for each of the ascending `bounds`, and a last one for
// the values above all bounds.
prometheus::MetricFamily HistogramFamily(std::string name, std::string help,
                                         const std::vector<double>& bounds,
                                         const std::vector<int64_t>& counts, double sum);

// One histogram of a family that has several. They differ by their labels.
struct LabelledHistogram {
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<int64_t> counts;
  double sum = 0;
};
prometheus::MetricFamily HistogramFamily(std::string name, std::string help,
                                         const std::vector<double>& bounds,
                                         const std::vector<LabelledHistogram>& histograms);

// Returns the metrics that every program has: Prometheus' usual `process_...` metrics and the
// version of the build.
std::vector<prometheus::MetricFamily> ProcessFamilies();

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_METRIC_FAMILIES_H_
