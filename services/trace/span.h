#ifndef SERVICES_TRACE_SPAN_H_
#define SERVICES_TRACE_SPAN_H_

// Spans (https://opentelemetry.io/docs/specs/otel/trace/api/): where a request spent its time, over
// all programs that it passed. They cost a null pointer until Tracing::Start(), and always in a
// build without opentelemetry-cpp, which Debian 12 does not have.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace ledgercast {

enum class SpanKind {
  kInternal,
  // The work of a request that came from elsewhere.
  kServer,
  // The wait for somebody else's work.
  kClient,
};

// One span, or none. Copies are the same span. Thread-safe. Names, keys and values must hold
// nothing secret and nothing that callers wrote, apart from ids.
class Span {
 public:
  Span() = default;

  // Begins a span. `traceparent` names the span that it is a part of
  // (https://www.w3.org/TR/trace-context/); if it is "" or malformed, a trace begins. `links` are
  // traceparents of others that it also works for.
  static Span Begin(std::string_view name, SpanKind kind, std::string_view traceparent,
                    const std::vector<std::string>& links = {});
  // Whether Begin() makes spans at all.
  static bool enabled();

  explicit operator bool() const { return impl_ != nullptr; }

  // What makes another span a part of this one; `otherwise` if this is none.
  std::string Traceparent(std::string_view otherwise = {}) const;

  void Set(std::string_view key, std::string_view value) const;
  void Set(std::string_view key, int64_t value) const;
  // Ends it; a second time does nothing. It ends by itself, too, when its last copy is destroyed.
  void End(const absl::Status& status = absl::OkStatus()) const;

 private:
  struct Impl;
  explicit Span(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

  std::shared_ptr<const Impl> impl_;
};

// Makes a span the one that this thread works for, until it is destroyed: statements to the
// database become parts of it. Destroyed in the reverse order of construction, on the same thread.
class CurrentSpan {
 public:
  explicit CurrentSpan(Span span);
  ~CurrentSpan();
  CurrentSpan(const CurrentSpan&) = delete;
  CurrentSpan& operator=(const CurrentSpan&) = delete;

  // Returns the thread's; no span if it has none.
  static const Span& Get();

 private:
  const Span span_;
  const Span* const before_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRACE_SPAN_H_
