#ifndef SERVICES_TRANSACTION_API_CALL_CODES_H_
#define SERVICES_TRANSACTION_API_CALL_CODES_H_

// Defines how the log and the metrics show the status codes of calls.

#include <grpcpp/grpcpp.h>
#include <spdlog/common.h>

#include <array>

namespace ledgercast {

// The names of the codes, in the order of their numbers.
inline constexpr std::array<const char*, 17> kCodeNames = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

// Returns the index of `code` in kCodeNames; that of UNKNOWN if `code` is not valid.
inline size_t IndexOf(grpc::StatusCode code) {
  const auto index = static_cast<size_t>(code);
  return index < kCodeNames.size() ? index : static_cast<size_t>(grpc::StatusCode::UNKNOWN);
}

// Returns the level at which a call that ended with `code` is logged.
inline spdlog::level::level_enum LevelOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::DATA_LOSS:
      return spdlog::level::err;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return spdlog::level::warn;
    default:
      return spdlog::level::debug;
  }
}

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_CALL_CODES_H_
