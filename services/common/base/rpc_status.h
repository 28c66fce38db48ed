#ifndef SERVICES_COMMON_BASE_RPC_STATUS_H_
#define SERVICES_COMMON_BASE_RPC_STATUS_H_

// The one place where our errors become gRPC's and come back: the codes are the same
// numbers, and ErrorInfo and BadRequest travel as google.rpc.Status details.

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace ledgercast {

grpc::Status ToGrpcStatus(const absl::Status& status);

// Does the same for an error within an answer.
google::rpc::Status ToStatusProto(const absl::Status& status);

// A gRPC error without an ErrorInfo of ours (the library's own: connection refused,
// deadline) becomes one with SERVICE_UNAVAILABLE or INTERNAL, so that callers can rely
// on a reason.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_RPC_STATUS_H_
