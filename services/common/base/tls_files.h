#ifndef SERVICES_COMMON_BASE_TLS_FILES_H_
#define SERVICES_COMMON_BASE_TLS_FILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace ledgercast {

// Paths of PEM files; "" means none.
struct TlsFiles {
  // The CA that issues the certificates that the other side may show.
  std::string ca_file;
  // The certificate that this side shows, with the intermediate certificates, and its key.
  std::string cert_file;
  std::string key_file;

  bool empty() const { return ca_file.empty() && cert_file.empty() && key_file.empty(); }
};

// Checks that the files can be read and have the right content, and that key and certificate belong
// together. The error names the file and says what to do.
absl::Status CheckTlsFiles(const TlsFiles& files);

// Returns when each certificate in the file expires; nothing if the file cannot be read.
std::vector<absl::Time> CertificateEnds(const std::string& path);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_TLS_FILES_H_
