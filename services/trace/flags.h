#ifndef SERVICES_TRACE_FLAGS_H_
#define SERVICES_TRACE_FLAGS_H_

#include <string>

#include "services/common/base/flag_set.h"
#include "services/trace/tracing.h"

namespace ledgercast {

inline void AddTracingFlags(FlagSet* flags, TracingOptions* options) {
  const std::string missing =
      Tracing::built_in() ? "" : "; not in this build, which lacks opentelemetry-cpp (Debian 13)";
  flags->Group("Tracing");
  flags->Add(
      "otlp-endpoint", &options->otlp_endpoint,
      "http://HOST:PORT or https://HOST:PORT where an OpenTelemetry collector takes spans by "
      "OTLP over gRPC; empty: none" +
          missing);
  flags->Add(
      "trace-permille", &options->trace_permille,
      "how many of a thousand traces that begin here are kept; the caller decides about traces "
      "that it began");
}

}  // namespace ledgercast

#endif  // SERVICES_TRACE_FLAGS_H_
