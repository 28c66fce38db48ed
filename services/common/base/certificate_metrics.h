#ifndef SERVICES_COMMON_BASE_CERTIFICATE_METRICS_H_
#define SERVICES_COMMON_BASE_CERTIFICATE_METRICS_H_

#include <prometheus/metric_family.h>

#include <vector>

#include "services/common/base/tls_files.h"

namespace ledgercast {

// Returns when the certificates in `files` end. Reads the files, since they are replaced while the
// program runs. Of what this side shows, the first certificate to end counts, since a chain is as
// good as each of them; of the CAs the last, since an old one stays beside its successor for a
// while. A file that cannot be read, for it is being replaced, is left out.
std::vector<prometheus::MetricFamily> CertificateFamilies(const TlsFiles& files);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_CERTIFICATE_METRICS_H_
