#ifndef SERVICES_COMMON_BASE_RPC_STATUS_H_
#define SERVICES_COMMON_BASE_RPC_STATUS_H_

// Converts our errors to gRPC's and back; this is done nowhere else. The codes have the same
// numbers, and ErrorInfo and BadRequest travel as details of google.rpc.Status.

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace ledgercast {

grpc::Status ToGrpcStatus(const absl::Status& status);

// Converts an error that travels inside a response.
google::rpc::Status ToStatusProto(const absl::Status& status);

// Converts a gRPC error back. Errors of the gRPC library itself, such as a refused connection or a
// missed deadline, carry no ErrorInfo of ours. They get the reason SERVICE_UNAVAILABLE or INTERNAL,
// so that callers can rely on a reason.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_RPC_STATUS_H_
