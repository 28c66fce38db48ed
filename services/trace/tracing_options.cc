#include "absl/strings/match.h"
#include "services/trace/tracing.h"

namespace ledgercast {

absl::Status TracingOptions::Validate() const {
  if (trace_permille < 0 || trace_permille > 1'000) {
    return absl::InvalidArgumentError("--trace-permille must be from 0 to 1000");
  }
  if (otlp_endpoint.empty()) return absl::OkStatus();
  if (!absl::StartsWith(otlp_endpoint, "http://") && !absl::StartsWith(otlp_endpoint, "https://")) {
    return absl::InvalidArgumentError(
        "--otlp-endpoint must be http://HOST:PORT or https://HOST:PORT, and is " + otlp_endpoint);
  }
  if (!Tracing::built_in()) {
    return absl::FailedPreconditionError(
        "--otlp-endpoint: this build cannot export spans, since opentelemetry-cpp was missing when "
        "it was built. Debian 13 has it (opentelemetry-cpp-dev); leave the flag out otherwise.");
  }
  return absl::OkStatus();
}

}  // namespace ledgercast
