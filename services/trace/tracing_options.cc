#include <string>

#include "absl/strings/match.h"
#include "services/trace/tracing.h"

namespace ledgercast {
namespace {

constexpr int kMaxPermille = 1'000;

}  // namespace

absl::Status TracingOptions::Validate() const {
  if (trace_permille < 0 || trace_permille > kMaxPermille) {
    return absl::InvalidArgumentError("--trace-permille must be from 0 to " +
                                      std::to_string(kMaxPermille));
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
