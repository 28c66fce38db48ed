#ifndef SERVICES_TRACE_TRACING_H_
#define SERVICES_TRACE_TRACING_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ledgercast {

struct TracingOptions {
  // Where a collector takes OTLP over gRPC: http://HOST:PORT, or https://HOST:PORT with a
  // certificate of a CA that the system trusts. "" = no spans.
  std::string otlp_endpoint;
  // How many of a thousand traces that begin here are kept. Whether one is that began elsewhere,
  // its beginner has decided.
  int trace_permille = 1'000;

  // Returns INVALID_ARGUMENT, naming the flag, if a value cannot be or this build cannot export
  // spans; else OK.
  absl::Status Validate() const;
};

// Exports spans while it lives: in the background, and those that come faster than the collector
// takes them are dropped, so that tracing holds up nobody. One a process, from before the first
// span begins.
class Tracing {
 public:
  // Whether opentelemetry-cpp was there when this was built.
  static bool built_in();

  // Returns null if no endpoint is given. `options` must be valid.
  static std::unique_ptr<Tracing> Start(const std::string& program, const TracingOptions& options);
  // Exports what waits, for at most 2 s.
  ~Tracing();

 private:
  struct Impl;
  explicit Tracing(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRACE_TRACING_H_
