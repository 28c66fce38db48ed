#include "services/common/base/errors.h"

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

namespace ledgercast {
namespace {

absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

absl::Status MakeError(absl::StatusCode code, std::string_view error_reason,
                       std::string_view message, ErrorMetadata metadata) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(error_reason));
  info.set_domain(std::string(kErrorDomain));
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[std::string(key)] = value;
  absl::Status status(code, ToAbsl(message));
  status.SetPayload(ToAbsl(kErrorInfoUrl), absl::Cord(info.SerializeAsString()));
  return status;
}

void FieldViolations::Add(std::string_view field, std::string_view description) {
  bytes_ += field.size() + description.size();
  if (bytes_ > kMaxBytes && !bad_request_.field_violations().empty()) {
    ++left_out_;
    return;
  }
  auto* violation = bad_request_.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(std::string(description));
}

absl::Status FieldViolations::ToStatus() const {
  if (bad_request_.field_violations().empty()) return absl::OkStatus();
  std::string message;
  for (const auto& violation : bad_request_.field_violations()) {
    if (!message.empty()) message += "; ";
    message += violation.field() + " " + violation.description();
  }
  if (left_out_ > 0) message += "; and " + std::to_string(left_out_) + " more";
  absl::Status status = MakeError(absl::StatusCode::kInvalidArgument, reason::kInvalidField,
                                  message, {{"field", bad_request_.field_violations(0).field()}});
  status.SetPayload(ToAbsl(kBadRequestUrl), absl::Cord(bad_request_.SerializeAsString()));
  return status;
}

absl::Status InvalidField(std::string_view field, std::string_view description) {
  FieldViolations violations;
  violations.Add(field, description);
  return violations.ToStatus();
}

absl::Status AtIndex(const absl::Status& status, std::string_view field, size_t index) {
  const std::string place = std::string(field) + "[" + std::to_string(index) + "]";
  const std::string message = place + ": " + std::string(MessageOf(status));
  absl::Status placed(status.code(), ToAbsl(message));
  google::rpc::ErrorInfo info = GetErrorInfo(status);
  (*info.mutable_metadata())["index"] = std::to_string(index);
  placed.SetPayload(ToAbsl(kErrorInfoUrl), absl::Cord(info.SerializeAsString()));
  google::rpc::BadRequest bad_request;
  const auto violations = status.GetPayload(ToAbsl(kBadRequestUrl));
  if (violations && bad_request.ParseFromString(std::string(*violations))) {
    for (auto& violation : *bad_request.mutable_field_violations()) {
      violation.set_field(place + "." + violation.field());
    }
    placed.SetPayload(ToAbsl(kBadRequestUrl), absl::Cord(bad_request.SerializeAsString()));
  }
  return placed;
}

absl::Status AccountNotFound(const std::string& name) {
  return MakeError(absl::StatusCode::kNotFound, reason::kAccountNotFound,
                   "there is no account '" + name + "'", {{"account", name}});
}

absl::Status TransactionNotFound(const std::string& key) {
  return MakeError(absl::StatusCode::kNotFound, reason::kTransactionNotFound,
                   "there is no transaction '" + key + "'", {{"transaction", key}});
}

absl::Status CursorUnknown(std::string_view ledger, std::string_view head,
                           std::string_view description) {
  return MakeError(absl::StatusCode::kOutOfRange, reason::kCursorUnknown, description,
                   {{"ledger", std::string(ledger)}, {"head", std::string(head)}});
}

google::rpc::ErrorInfo GetErrorInfo(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  if (const auto payload = status.GetPayload(ToAbsl(kErrorInfoUrl))) {
    info.ParseFromString(std::string(*payload));
  }
  return info;
}

bool IsRetryable(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsResourceExhausted(status);
}

}  // namespace ledgercast
