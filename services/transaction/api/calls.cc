#include "services/transaction/api/calls.h"

#include <google/protobuf/descriptor.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/time/clock.h"
#include "services/common/base/call_ids.h"
#include "services/common/base/clock.h"
#include "services/common/base/errors.h"
#include "services/common/base/log.h"
#include "services/common/base/rpc_status.h"
#include "services/transaction/api/call_codes.h"

namespace ledgercast {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::InterceptorBatchMethods;
using ClientMetadata = std::multimap<grpc::string_ref, grpc::string_ref>;

// How often a server that stops looks whether calls are still open.
constexpr absl::Duration kAwaitInterval = absl::Milliseconds(10);

const prometheus::Histogram::BucketBoundaries& DurationBuckets() {
  static const auto& buckets = *new prometheus::Histogram::BucketBoundaries{
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return buckets;
}

// Callers may ask for any path; only those that stand for a method get metrics of their own.
const google::protobuf::MethodDescriptor* FindServed(std::string_view path) {
  std::string name(path.substr(path.empty() ? 0 : 1));
  std::replace(name.begin(), name.end(), '/', '.');
  return google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
}

std::string_view Find(const ClientMetadata& metadata, const char* key) {
  const auto it = metadata.find(key);
  if (it == metadata.end()) return {};
  return {it->second.data(), it->second.size()};
}

// Gives every call a CallContext.
class ContextAllocator final : public grpc::ContextAllocator {
 public:
  explicit ContextAllocator(const Calls* calls) : calls_(calls) {}

  grpc::CallbackServerContext* NewCallbackServerContext() override {
    return new CallContext(calls_);
  }
  // gRPC also hands over contexts of its own making, which it deletes itself.
  void Release(grpc::CallbackServerContext* context) override { delete CallContext::Of(*context); }

 private:
  const Calls* const calls_;
};

}  // namespace

struct Calls::Method {
  std::string name;
  // Whether it belongs to a service of our own, in ledgercast.v1.
  bool is_ours = false;
  // The name of its request's message.
  std::string request_type;
  prometheus::Gauge* open = nullptr;
  // By code, made when first needed.
  std::array<std::atomic<prometheus::Histogram*>, kCodeNames.size()> durations{};
};

// Follows one call.
class Calls::Hooks final : public grpc::experimental::Interceptor {
 public:
  Hooks(Calls* calls, grpc::experimental::ServerRpcInfo* info)
      : calls_(calls),
        context_(info->server_context()),
        method_(calls->MethodOf(info->method())),
        start_(SteadyNow()),
        is_awaited_(calls->Opened(*method_)) {}

  ~Hooks() override {
    // One that broke off before its status was sent.
    if (!ended_) {
      context_ = nullptr;
      End(grpc::Status::CANCELLED);
    }
    calls_->Closed(*method_, is_awaited_);
  }

  void Intercept(InterceptorBatchMethods* batch) override {
    if (batch->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_INITIAL_METADATA)) {
      Begin(*batch->GetRecvInitialMetadata());
    }
    if (batch->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_MESSAGE)) {
      is_unreadable_ = method_->is_ours && batch->GetRecvMessage() == nullptr;
    }
    if (batch->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      batch->GetSendInitialMetadata()->emplace(kRequestIdKey, request_id_);
    }
    if (batch->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      // gRPC answers a request that it cannot parse with UNIMPLEMENTED, and asks nobody.
      if (is_unreadable_) batch->ModifySendStatus(ToGrpcStatus(UnreadableRequest(*method_)));
      End(batch->GetSendStatus());
    }
    batch->Proceed();
  }

 private:
  static absl::Status UnreadableRequest(const Method& method) {
    return InvalidField("request", "cannot be read as " + method.request_type +
                                       ": its bytes are damaged, or a text in it is not UTF-8");
  }

  void Begin(const ClientMetadata& metadata) {
    const std::string_view request_id = Find(metadata, kRequestIdKey);
    request_id_ = IsRequestId(request_id) ? std::string(request_id) : MakeCallId();
    const std::string_view traceparent = Find(metadata, kTraceparentKey);
    trace_id_ = TraceIdOf(traceparent);
    // Watchers of health and of reflection are no work of ours.
    if (!method_->is_ours) return;
    span_ = Span::Begin(method_->name, SpanKind::kServer, traceparent);
    if (!span_) return;
    trace_id_ = TraceIdOf(span_.Traceparent());
    if (const CallContext* const call = CallContext::Of(*context_)) call->span = span_;
  }

  void End(const grpc::Status& status) {
    ended_ = true;
    const absl::Duration duration = SteadyNow() - start_;
    calls_->Count(method_, status.error_code(), duration);
    span_.Set("rpc.grpc.status_code", static_cast<int64_t>(status.error_code()));
    span_.End(absl::Status(static_cast<absl::StatusCode>(IndexOf(status.error_code())), ""));
    // gRPC's own services call it a failure when a watcher of health leaves.
    spdlog::level::level_enum level =
        method_->is_ours ? LevelOf(status.error_code()) : spdlog::level::debug;
    std::optional<int64_t> withheld = 0;
    if (calls_->options_.access_log) {
      level = std::max(level, spdlog::level::info);
    } else if (level >= spdlog::level::warn) {
      LogLimiter& lines =
          level == spdlog::level::err ? calls_->fault_lines_ : calls_->refusal_lines_;
      withheld = lines.Take(SteadyNow());
    }
    if (withheld && spdlog::should_log(level)) Write(level, status, duration, *withheld);
  }

  void Write(spdlog::level::level_enum level, const grpc::Status& status, absl::Duration duration,
             int64_t withheld) const {
    std::string reason;
    if (!status.ok()) reason = GetErrorInfo(FromGrpcStatus(status)).reason();
    // What a caller did wrong may quote what it sent.
    const bool is_ours = LevelOf(status.error_code()) >= spdlog::level::warn;
    const std::string error = is_ours ? status.error_message() : "";
    const CallContext* const call = context_ == nullptr ? nullptr : CallContext::Of(*context_);
    LogEvent(level, "call",
             {{"method", method_->name},
              {"code", std::string_view(kCodeNames[IndexOf(status.error_code())])},
              {"reason", reason},
              {"error", error},
              {"duration_ms", absl::ToDoubleMilliseconds(duration)},
              {"peer", context_ == nullptr ? std::string() : context_->peer()},
              {"subject", call == nullptr ? std::string_view() : call->subject},
              {"request_id", request_id_},
              {"trace_id", trace_id_.empty() ? MakeCallId() : trace_id_},
              {"withheld_lines", withheld}});
  }

  Calls* const calls_;
  // None while it is being destroyed.
  grpc::ServerContextBase* context_;
  Method* const method_;
  const absl::Time start_;
  const bool is_awaited_;
  std::string request_id_;
  std::string trace_id_;
  Span span_;
  bool is_unreadable_ = false;
  bool ended_ = false;
};

class Calls::HooksFactory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit HooksFactory(Calls* calls) : calls_(calls) {}
  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override {
    return new Hooks(calls_, info);
  }

 private:
  Calls* const calls_;
};

Calls::Calls(const Options& options, prometheus::Registry* registry)
    : options_(options),
      durations_(prometheus::BuildHistogram()
                     .Name("ledgercast_rpc_duration_seconds")
                     .Help("From a call's metadata to its status; a stream's whole life.")
                     .Register(*registry)),
      open_gauges_(prometheus::BuildGauge()
                       .Name("ledgercast_rpcs_open")
                       .Help("Calls that have begun and not ended.")
                       .Register(*registry)),
      fault_lines_(options.failure_lines_burst, options.failure_lines_per_second),
      refusal_lines_(options.failure_lines_burst, options.failure_lines_per_second) {}

Calls::~Calls() = default;

void Calls::Install(grpc::ServerBuilder* builder) {
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> factories;
  factories.push_back(std::make_unique<HooksFactory>(this));
  builder->experimental().SetInterceptorCreators(std::move(factories));
  builder->SetContextAllocator(std::make_unique<ContextAllocator>(this));
}

bool Calls::AwaitNoneOpen(absl::Duration longest) const {
  // Not by a wait of the mutex, which goes by the clock of the wall.
  const absl::Time until = SteadyNow() + longest;
  while (CountAwaited() > 0) {
    if (SteadyNow() >= until) return false;
    absl::SleepFor(kAwaitInterval);
  }
  return true;
}

int64_t Calls::CountAwaited() const {
  absl::MutexLock lock(&mu_);
  return awaited_;
}

Calls::Method* Calls::MethodOf(const std::string& path) {
  absl::MutexLock lock(&mu_);
  if (const auto it = methods_.find(path); it != methods_.end()) return &it->second;
  const auto* const served = FindServed(path);
  const std::string name = served != nullptr ? path.substr(1) : "other";
  Method& method = methods_["/" + name];
  if (method.open == nullptr) {
    method.name = name;
    method.is_ours = name.starts_with("ledgercast.");
    if (served != nullptr) method.request_type = served->input_type()->full_name();
    method.open = &open_gauges_.Add({{"method", name}});
  }
  return &method;
}

bool Calls::Opened(const Method& method) {
  method.open->Increment();
  const bool is_awaited = method.is_ours && !draining_;
  absl::MutexLock lock(&mu_);
  if (is_awaited) ++awaited_;
  return is_awaited;
}

void Calls::Closed(const Method& method, bool was_awaited) {
  method.open->Decrement();
  absl::MutexLock lock(&mu_);
  if (was_awaited) --awaited_;
}

void Calls::Count(Method* method, grpc::StatusCode code, absl::Duration duration) {
  auto& slot = method->durations[IndexOf(code)];
  prometheus::Histogram* histogram = slot.load(std::memory_order_acquire);
  if (histogram == nullptr) {
    // `Add` answers the same histogram to every thread, whoever asks first.
    histogram = &durations_.Add({{"method", method->name}, {"code", kCodeNames[IndexOf(code)]}},
                                DurationBuckets());
    slot.store(histogram, std::memory_order_release);
  }
  histogram->Observe(absl::ToDoubleSeconds(duration));
}

}  // namespace ledgercast
