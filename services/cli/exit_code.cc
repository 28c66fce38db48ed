#include "services/cli/exit_code.h"

#include <cstdio>
#include <string>

#include "services/common/base/errors.h"

namespace ledgercast::cli {
namespace {

void Print(const absl::Status& status) {
  const std::string reason = GetErrorInfo(status).reason();
  std::fprintf(stderr, "ledgercast: %s%s%s%s\n", std::string(MessageOf(status)).c_str(),
               reason.empty() ? "" : " (", reason.c_str(), reason.empty() ? "" : ")");
}

}  // namespace

int Report(const absl::Status& status) {
  if (status.ok()) return kDone;
  Print(status);
  if (IsRetryable(status) || absl::IsDeadlineExceeded(status)) return kUnavailable;
  return GetErrorInfo(status).reason().empty() ? kUsage : kRefused;
}

int ReportUsage(const absl::Status& status) {
  Print(status);
  return kUsage;
}

}  // namespace ledgercast::cli
