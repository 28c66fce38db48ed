#include "services/common/certificate_metrics.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/common/metric_families.h"

namespace ledgercast {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

// When each certificate in the file ends.
std::vector<absl::Time> EndsIn(const std::string& path) {
  std::vector<absl::Time> ends;
  const std::unique_ptr<BIO, decltype(&BIO_free)> file(BIO_new_file(path.c_str(), "r"), &BIO_free);
  while (file != nullptr) {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr), &X509_free);
    if (certificate == nullptr) break;
    std::tm end{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) == 1) {
      ends.push_back(absl::FromTM(end, absl::UTCTimeZone()));
    }
  }
  ERR_clear_error();
  return ends;
}

}  // namespace

std::vector<MetricFamily> CertificateFamilies(const TlsFiles& files) {
  MetricFamily family =
      GaugeFamily("ledgercast_certificate_end_timestamp_seconds",
                  "When a certificate in use ends, since 1970: this side's own, or the last of the "
                  "CAs that the other side's may be of.",
                  0);
  family.metric.clear();
  const auto add = [&family](const char* use, const std::string& path, bool first) {
    const std::vector<absl::Time> ends = path.empty() ? std::vector<absl::Time>() : EndsIn(path);
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
