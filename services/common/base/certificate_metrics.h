#ifndef SERVICES_COMMON_BASE_CERTIFICATE_METRICS_H_
#define SERVICES_COMMON_BASE_CERTIFICATE_METRICS_H_

#include <prometheus/metric_family.h>

#include <vector>

#include "services/common/base/tls_files.h"

namespace ledgercast {

// Returns metrics of when the certificates in `files` expire. Reads the files each time, because
// they are replaced while the program runs. For this side's own chain it reports the first
// certificate to expire, since a chain needs all of its certificates. For the CAs it reports the
// last one, since an old CA stays beside its successor for a while. A file that cannot be read, for
// example while it is being replaced, is left out.
std::vector<prometheus::MetricFamily> CertificateFamilies(const TlsFiles& files);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_CERTIFICATE_METRICS_H_
