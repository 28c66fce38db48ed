#include "services/common/base/certificate_metrics.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "services/common/base/metric_families.h"

namespace ledgercast {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

}  // namespace

std::vector<MetricFamily> CertificateFamilies(const TlsFiles& files) {
  MetricFamily family =
      GaugeFamily("ledgercast_certificate_end_timestamp_seconds",
                  "When a certificate in use ends, since 1970: this side's own, or the last of the "
                  "CAs that the other side's may be of.",
                  0);
  family.metric.clear();
  const auto add = [&family](const char* use, const std::string& path, bool first) {
    const std::vector<absl::Time> ends =
        path.empty() ? std::vector<absl::Time>() : CertificateEnds(path);
    if (ends.empty()) return;
    const auto [earliest, latest] = std::minmax_element(ends.begin(), ends.end());
    ClientMetric& metric = family.metric.emplace_back();
    metric.label = {{"file", path}, {"use", use}};
    metric.gauge.value = absl::ToDoubleSeconds((first ? *earliest : *latest) - absl::UnixEpoch());
  };
  add("own", files.cert_file, /*first=*/true);
  add("ca", files.ca_file, /*first=*/false);
  if (family.metric.empty()) return {};
  return {std::move(family)};
}

}  // namespace ledgercast
