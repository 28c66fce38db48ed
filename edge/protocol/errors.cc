#include "edge/protocol/errors.h"

#include <array>
#include <map>

#include "edge/protocol/json_text.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

struct Row {
  absl::StatusCode code;
  std::string_view name;
  int http_status;
  CloseCode close_code;
};

constexpr std::array kTable = {
    Row{absl::StatusCode::kOk, "OK", 200, CloseCode::kNormal},
    Row{absl::StatusCode::kCancelled, "CANCELLED", 499, CloseCode::kOverloaded},
    Row{absl::StatusCode::kUnknown, "UNKNOWN", 500, CloseCode::kOverloaded},
    Row{absl::StatusCode::kInvalidArgument, "INVALID_ARGUMENT", 400, CloseCode::kMalformed},
    Row{absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED", 504, CloseCode::kOverloaded},
    Row{absl::StatusCode::kNotFound, "NOT_FOUND", 404, CloseCode::kMalformed},
    Row{absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", 409, CloseCode::kMalformed},
    Row{absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED", 403, CloseCode::kNotAllowed},
    Row{absl::StatusCode::kResourceExhausted, "RESOURCE_EXHAUSTED", 429, CloseCode::kTooMany},
    Row{absl::StatusCode::kFailedPrecondition, "FAILED_PRECONDITION", 400, CloseCode::kMalformed},
    Row{absl::StatusCode::kAborted, "ABORTED", 409, CloseCode::kOverloaded},
    Row{absl::StatusCode::kOutOfRange, "OUT_OF_RANGE", 400, CloseCode::kMalformed},
    Row{absl::StatusCode::kUnimplemented, "UNIMPLEMENTED", 501, CloseCode::kMalformed},
    Row{absl::StatusCode::kInternal, "INTERNAL", 500, CloseCode::kOverloaded},
    Row{absl::StatusCode::kUnavailable, "UNAVAILABLE", 503, CloseCode::kOverloaded},
    Row{absl::StatusCode::kDataLoss, "DATA_LOSS", 500, CloseCode::kOverloaded},
    Row{absl::StatusCode::kUnauthenticated, "UNAUTHENTICATED", 401, CloseCode::kUnauthenticated},
};

const Row& RowOf(absl::StatusCode code) {
  for (const Row& row : kTable) {
    if (row.code == code) return row;
  }
  return kTable[static_cast<size_t>(absl::StatusCode::kUnknown)];
}

}  // namespace

std::string_view CodeName(absl::StatusCode code) { return RowOf(code).name; }
int HttpStatusOf(absl::StatusCode code) { return RowOf(code).http_status; }
CloseCode CloseCodeOf(const absl::Status& error) { return RowOf(error.code()).close_code; }

std::string ErrorBody(const absl::Status& error) {
  const google::rpc::ErrorInfo info = GetErrorInfo(error);
  std::string out = "{\"code\":";
  AppendJsonString(CodeName(error.code()), &out);
  out += ",\"reason\":";
  AppendJsonString(info.reason().empty() ? reason::kInternal : std::string_view(info.reason()),
                   &out);
  out += ",\"message\":";
  AppendJsonString(MessageOf(error), &out);
  out += ",\"metadata\":";
  AppendJsonMap(info.metadata(), &out);
  out += '}';
  return out;
}

}  // namespace ledgercast
