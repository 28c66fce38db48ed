#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/common/base/setting_rules.h"
#include "services/trace/tracing.h"

namespace ledgercast {

absl::Status TracingOptions::Validate() const {
  const absl::Status permille = RequireRange("--trace-permille", trace_permille, 0, 1'000);
  if (!permille.ok() || otlp_endpoint.empty()) return permille;
  const bool is_url =
      absl::StartsWith(otlp_endpoint, "http://") || absl::StartsWith(otlp_endpoint, "https://");
  return FirstError({
      Require(
          is_url, "--otlp-endpoint",
          absl::StrCat("must be http://HOST:PORT or https://HOST:PORT, and is ", otlp_endpoint)),
      Require(Tracing::built_in(), "--otlp-endpoint",
              "cannot be used: this build cannot export spans, since opentelemetry-cpp was missing "
              "when it was built. Debian 13 has it (opentelemetry-cpp-dev); leave the flag out "
              "otherwise."),
  });
}

}  // namespace ledgercast
