#ifndef SERVICES_COMMON_BASE_TLS_CREDENTIALS_H_
#define SERVICES_COMMON_BASE_TLS_CREDENTIALS_H_

// Secures gRPC connections: not at all without files, else by TLS. The files are checked, and then
// watched: new connections follow a change of the files within seconds, and open ones stay. While
// key and certificate do not fit, because one of them is being replaced, new connections are
// refused.

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "absl/status/statusor.h"
#include "services/common/base/tls_files.h"

namespace ledgercast {

// With `ca_file` a client must show a certificate of that CA.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const TlsFiles& files);

// The server must show a certificate of `ca_file`, made for the name that it is reached by.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(
    const TlsFiles& files);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_TLS_CREDENTIALS_H_
