#ifndef SERVICES_TRACE_SPAN_H_
#define SERVICES_TRACE_SPAN_H_

// Records spans (https://opentelemetry.io/docs/specs/otel/trace/api/): they show where a request
// spent its time, over all programs that it passed. A span costs only a null pointer until
// Tracing::Start(). That is always so in a build without opentelemetry-cpp, which Debian 12 does
// not have.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace ledgercast {

enum class SpanKind {
  kInternal,
  // The work on a request that came from another program.
  kServer,
  // The wait for another program's work.
  kClient,
};

// Refers to one span, or to none. Copies refer to the same span. Thread-safe. Names, keys and
// values must hold no secrets and no text of callers, except ids.
class Span {
 public:
  Span() = default;

  // Begins a span. `traceparent` names the span that it is a part of
  // (https://www.w3.org/TR/trace-context/). If it is "" or malformed, a new trace begins. `links`
  // are the traceparents of other spans for which this one also works.
  static Span Begin(std::string_view name, SpanKind kind, std::string_view traceparent,
                    const std::vector<std::string>& links = {});
  // Returns whether Begin() makes spans at all.
  static bool enabled();

  explicit operator bool() const { return impl_ != nullptr; }

  // Returns the traceparent that makes another span a part of this one; `otherwise` if there is no
  // span.
  std::string Traceparent(std::string_view otherwise = {}) const;

  void Set(std::string_view key, std::string_view value) const;
  void Set(std::string_view key, int64_t value) const;
  // Ends the span; a second call does nothing. The span also ends when its last copy is destroyed.
  void End(const absl::Status& status = absl::OkStatus()) const;

 private:
  struct Impl;
  explicit Span(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

  std::shared_ptr<const Impl> impl_;
};

// Makes a span the current one of this thread until this object is destroyed. Statements to the
// database become parts of the current span. Objects must be destroyed in the reverse order of
// their construction, on the same thread.
class CurrentSpan {
 public:
  explicit CurrentSpan(Span span);
  ~CurrentSpan();
  CurrentSpan(const CurrentSpan&) = delete;
  CurrentSpan& operator=(const CurrentSpan&) = delete;

  // Returns the current span of this thread; an empty one if there is none.
  static const Span& Get();

 private:
  const Span span_;
  const Span* const before_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRACE_SPAN_H_
