// Replaces otlp.cc in a build without opentelemetry-cpp. No spans are made.
#include "services/trace/span.h"
#include "services/trace/tracing.h"

namespace ledgercast {

struct Span::Impl {};

Span Span::Begin(std::string_view /*name*/, SpanKind /*kind*/, std::string_view /*traceparent*/,
                 const std::vector<std::string>& /*links*/) {
  return Span();
}

bool Span::enabled() { return false; }

std::string Span::Traceparent(std::string_view otherwise) const { return std::string(otherwise); }

void Span::Set(std::string_view /*key*/, std::string_view /*value*/) const {}
void Span::Set(std::string_view /*key*/, int64_t /*value*/) const {}
void Span::End(const absl::Status& /*status*/) const {}

struct Tracing::Impl {};

bool Tracing::built_in() { return false; }

Tracing::Tracing(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Tracing::~Tracing() = default;

std::unique_ptr<Tracing> Tracing::Start(const std::string& /*program*/,
                                        const TracingOptions& /*options*/) {
  return nullptr;
}

}  // namespace ledgercast
