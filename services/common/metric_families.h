#ifndef SERVICES_COMMON_METRIC_FAMILIES_H_
#define SERVICES_COMMON_METRIC_FAMILIES_H_

// Metrics whose values are read when they are scraped, so that counting costs the hot paths
// nothing.

#include <prometheus/metric_family.h>

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

// What every program tells of itself: Prometheus' usual `process_...`, and which build it is.
std::vector<prometheus::MetricFamily> ProcessFamilies();

}  // namespace ledgercast

#endif  // SERVICES_COMMON_METRIC_FAMILIES_H_
