#ifndef SERVICES_COMMON_BASE_TLS_CREDENTIALS_H_
#define SERVICES_COMMON_BASE_TLS_CREDENTIALS_H_

// Makes the credentials of gRPC connections: TLS if files are given, otherwise none. The files are
// checked first and then watched. When they change, new connections use them within seconds, and
// open connections stay. While key and certificate do not match, because one of them is being
// replaced, new connections are refused.

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "absl/status/statusor.h"
#include "services/common/base/tls_files.h"

namespace ledgercast {

// Makes a server's credentials. With a `ca_file`, clients must show a certificate of that CA.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const TlsFiles& files);

// Makes a client's credentials. The server must show a certificate of `ca_file` that was made for
// the name by which the server is reached.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(
    const TlsFiles& files);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_TLS_CREDENTIALS_H_
