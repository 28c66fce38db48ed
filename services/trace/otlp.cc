// Implements spans by opentelemetry-cpp. No other file uses that library.
#include <opentelemetry/exporters/otlp/otlp_grpc_exporter_factory.h>
#include <opentelemetry/exporters/otlp/otlp_grpc_exporter_options.h>
#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/batch_span_processor_factory.h>
#include <opentelemetry/sdk/trace/batch_span_processor_options.h>
#include <opentelemetry/sdk/trace/samplers/parent.h>
#include <opentelemetry/sdk/trace/samplers/trace_id_ratio.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/sdk/trace/tracer_provider_factory.h>
#include <opentelemetry/trace/span.h>
#include <opentelemetry/trace/span_startoptions.h>
#include <opentelemetry/trace/tracer.h>

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <utility>

#include "services/common/base/call_ids.h"
#include "services/common/base/version.h"
#include "services/trace/span.h"
#include "services/trace/tracing.h"

namespace ledgercast {
namespace {

namespace otel = opentelemetry;
namespace trace = opentelemetry::trace;

constexpr std::chrono::milliseconds kExportInterval(1'000);
constexpr std::chrono::seconds kExportTimeout(5);
constexpr std::chrono::seconds kLongestEnd(2);

// The tracer of this process; null while nothing is exported.
std::atomic<trace::Tracer*> tracer = nullptr;

otel::nostd::string_view ViewOf(std::string_view text) { return {text.data(), text.size()}; }

int HexDigit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

template <size_t kBytes>
std::array<uint8_t, kBytes> BytesOf(std::string_view hex) {
  std::array<uint8_t, kBytes> bytes{};
  for (size_t i = 0; i < kBytes; ++i) {
    bytes[i] = static_cast<uint8_t>(HexDigit(hex[2 * i]) * 16 + HexDigit(hex[2 * i + 1]));
  }
  return bytes;
}

// Returns the context that `traceparent` names; an invalid one if it is malformed.
trace::SpanContext ContextOf(std::string_view traceparent) {
  const auto parts = ParseTraceparent(traceparent);
  if (!parts.has_value()) return trace::SpanContext::GetInvalid();
  const auto trace_id = BytesOf<trace::TraceId::kSize>(parts->trace_id);
  const auto parent_id = BytesOf<trace::SpanId::kSize>(parts->parent_id);
  const auto flags = BytesOf<1>(parts->flags);
  return {trace::TraceId(trace_id), trace::SpanId(parent_id), trace::TraceFlags(flags[0]),
          /*is_remote=*/true};
}

trace::SpanKind KindOf(SpanKind kind) {
  if (kind == SpanKind::kServer) return trace::SpanKind::kServer;
  return kind == SpanKind::kClient ? trace::SpanKind::kClient : trace::SpanKind::kInternal;
}

}  // namespace

struct Span::Impl {
  otel::nostd::shared_ptr<trace::Span> span;
};

Span Span::Begin(std::string_view name, SpanKind kind, std::string_view traceparent,
                 const std::vector<std::string>& links) {
  trace::Tracer* const active = tracer.load(std::memory_order_acquire);
  if (active == nullptr) return Span();
  trace::StartSpanOptions options;
  options.kind = KindOf(kind);
  const trace::SpanContext parent = ContextOf(traceparent);
  if (parent.IsValid()) options.parent = parent;
  using Attributes = std::map<std::string, std::string>;
  std::vector<std::pair<trace::SpanContext, Attributes>> linked;
  for (const std::string& link : links) {
    const trace::SpanContext context = ContextOf(link);
    if (context.IsValid()) linked.emplace_back(context, Attributes());
  }
  return Span(std::make_shared<const Impl>(
      Impl{active->StartSpan(ViewOf(name), Attributes(), linked, options)}));
}

bool Span::enabled() { return tracer.load(std::memory_order_acquire) != nullptr; }

std::string Span::Traceparent(std::string_view otherwise) const {
  if (impl_ == nullptr) return std::string(otherwise);
  const trace::SpanContext context = impl_->span->GetContext();
  std::string text = "00-00000000000000000000000000000000-0000000000000000-00";
  context.trace_id().ToLowerBase16(otel::nostd::span<char, 32>(&text[3], 32));
  context.span_id().ToLowerBase16(otel::nostd::span<char, 16>(&text[36], 16));
  context.trace_flags().ToLowerBase16(otel::nostd::span<char, 2>(&text[53], 2));
  return text;
}

void Span::Set(std::string_view key, std::string_view value) const {
  if (impl_ != nullptr) impl_->span->SetAttribute(ViewOf(key), ViewOf(value));
}

void Span::Set(std::string_view key, int64_t value) const {
  if (impl_ != nullptr) impl_->span->SetAttribute(ViewOf(key), value);
}

void Span::End(const absl::Status& status) const {
  if (impl_ == nullptr) return;
  if (!status.ok()) {
    impl_->span->SetStatus(trace::StatusCode::kError,
                           ViewOf(absl::StatusCodeToString(status.code())));
  }
  impl_->span->End();
}

struct Tracing::Impl {
  std::unique_ptr<otel::sdk::trace::TracerProvider> provider;
  otel::nostd::shared_ptr<trace::Tracer> tracer;
};

bool Tracing::built_in() { return true; }

Tracing::Tracing(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

std::unique_ptr<Tracing> Tracing::Start(const std::string& program, const TracingOptions& options) {
  if (options.otlp_endpoint.empty()) return nullptr;
  otel::exporter::otlp::OtlpGrpcExporterOptions exporter;
  exporter.endpoint = options.otlp_endpoint;
  exporter.use_ssl_credentials = options.otlp_endpoint.starts_with("https://");
  exporter.timeout = kExportTimeout;
  otel::sdk::trace::BatchSpanProcessorOptions batches;
  batches.schedule_delay_millis = kExportInterval;
  auto impl = std::make_unique<Impl>();
  impl->provider = otel::sdk::trace::TracerProviderFactory::Create(
      otel::sdk::trace::BatchSpanProcessorFactory::Create(
          otel::exporter::otlp::OtlpGrpcExporterFactory::Create(exporter), batches),
      otel::sdk::resource::Resource::Create(
          {{"service.name", program}, {"service.version", Version()}}),
      std::make_unique<otel::sdk::trace::ParentBasedSampler>(
          std::make_shared<otel::sdk::trace::TraceIdRatioBasedSampler>(options.trace_permille /
                                                                       1'000.0)));
  impl->tracer = impl->provider->GetTracer("ledgercast", Version());
  tracer.store(impl->tracer.get(), std::memory_order_release);
  return std::unique_ptr<Tracing>(new Tracing(std::move(impl)));
}

Tracing::~Tracing() {
  // From now on no span begins. Spans that end later are not exported.
  tracer.store(nullptr, std::memory_order_release);
  impl_->provider->ForceFlush(kLongestEnd);
}

}  // namespace ledgercast
