#include "services/common/base/rpc_status.h"

#include <grpcpp/support/status_code_enum.h>

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

// Returns the reason to give to an error that came without one.
std::string_view DefaultReason(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kResourceExhausted:
      return reason::kServiceUnavailable;
    default:
      return reason::kInternal;
  }
}

bool HasReason(const absl::Status& status) {
  const google::rpc::ErrorInfo info = GetErrorInfo(status);
  return info.domain() == kErrorDomain && !info.reason().empty();
}

// Returns `status` unchanged if it has a reason of ours. Otherwise returns an error with the same
// code and message and a default reason.
absl::Status WithReason(const absl::Status& status) {
  if (HasReason(status)) return status;
  return MakeError(status.code(), DefaultReason(status.code()), MessageOf(status));
}

}  // namespace

google::rpc::Status ToStatusProto(const absl::Status& status) {
  google::rpc::Status proto;
  if (status.ok()) return proto;
  const absl::Status full = WithReason(status);
  proto.set_code(static_cast<int>(full.code()));
  proto.set_message(std::string(MessageOf(full)));
  full.ForEachPayload([&proto](absl::string_view url, const absl::Cord& value) {
    auto* detail = proto.add_details();
    detail->set_type_url(std::string(url));
    detail->set_value(std::string(value));
  });
  return proto;
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status proto = ToStatusProto(status);
  return {static_cast<grpc::StatusCode>(proto.code()), proto.message(), proto.SerializeAsString()};
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  google::rpc::Status proto;
  if (proto.ParseFromString(status.error_details())) {
    for (const auto& detail : proto.details()) {
      if (detail.type_url().empty()) continue;
      result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
    }
  }
  return WithReason(result);
}

}  // namespace ledgercast
