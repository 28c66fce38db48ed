#include "services/transaction/api/too_busy.h"

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

constexpr char kRetryInfoUrl[] = "type.googleapis.com/google.rpc.RetryInfo";

}  // namespace

absl::Status TooBusyFor(absl::Duration wait, const std::string& why) {
  const std::string seconds =
      std::to_string(absl::ToInt64Seconds(absl::Ceil(wait, absl::Seconds(1))));
  absl::Status status =
      MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy,
                why + "; try again in " + seconds + " s", {{"retryAfterSeconds", seconds}});
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(wait));
  info.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(wait % absl::Seconds(1))));
  status.SetPayload(kRetryInfoUrl, absl::Cord(info.SerializeAsString()));
  return status;
}

}  // namespace ledgercast
