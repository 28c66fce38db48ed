#ifndef SERVICES_TRACE_TRACING_H_
#define SERVICES_TRACE_TRACING_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ledgercast {

struct TracingOptions {
  // Address where a collector accepts OTLP over gRPC: http://HOST:PORT, or https://HOST:PORT with a
  // certificate of a CA that the system trusts. "" means that no spans are made.
  std::string otlp_endpoint;
  // How many of a thousand traces that begin here are kept. For a trace that began elsewhere, the
  // program that began it has decided.
  int trace_permille = 1'000;

  // Returns INVALID_ARGUMENT, naming the flag, if a value cannot be or this build cannot export
  // spans; else OK.
  absl::Status Validate() const;
};

// Exports spans while it lives. It exports in the background, and spans that come faster than the
// collector accepts them are dropped, so tracing never delays a request. A process has at most one,
// which must exist before the first span begins.
class Tracing {
 public:
  // Returns whether this program was built with opentelemetry-cpp.
  static bool built_in();

  // Returns null if no endpoint is given. `options` must be valid.
  static std::unique_ptr<Tracing> Start(const std::string& program, const TracingOptions& options);
  // Exports the spans that still wait, for at most 2 s.
  ~Tracing();

 private:
  struct Impl;
  explicit Tracing(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRACE_TRACING_H_
