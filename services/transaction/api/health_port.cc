#include "services/transaction/api/health_port.h"

#include <grpcpp/ext/health_check_service_server_builder_option.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <utility>

#include "grpc/health/v1/health.grpc.pb.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

namespace health = grpc::health::v1;

constexpr auto kLastAnswers = std::chrono::milliseconds(100);

class HealthService : public health::Health::CallbackService {
 public:
  explicit HealthService(HealthPort::Checks checks) : checks_(std::move(checks)) {}

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const health::HealthCheckRequest* request,
                                  health::HealthCheckResponse* response) override {
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    const std::string& service = request->service();
    if (service == "liveness") {
      Set(true, response);
    } else if (service == "startup") {
      Set(checks_.started(), response);
    } else if (service.empty() || service == "readiness") {
      Set(checks_.ready().ok(), response);
    } else {
      reactor->Finish({grpc::StatusCode::NOT_FOUND,
                       "the services to ask for are startup, readiness and liveness"});
      return reactor;
    }
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  static void Set(bool is_serving, health::HealthCheckResponse* response) {
    response->set_status(is_serving ? health::HealthCheckResponse::SERVING
                                    : health::HealthCheckResponse::NOT_SERVING);
  }

  const HealthPort::Checks checks_;
};

}  // namespace

struct HealthPort::Impl {
  explicit Impl(Checks checks) : service(std::move(checks)) {}

  HealthService service;
  std::unique_ptr<grpc::Server> server;
};

absl::StatusOr<std::unique_ptr<HealthPort>> HealthPort::Start(const std::string& listen,
                                                              Checks checks) {
  auto impl = std::make_unique<Impl>(std::move(checks));
  grpc::ServerBuilder builder;
  // Switches off gRPC's own health service, which the main port has. It would be in the way of this
  // one.
  builder.SetOption(std::make_unique<grpc::HealthCheckServiceServerBuilderOption>(nullptr));
  // Without this, two programs could share the port unnoticed.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  int port = 0;
  builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&impl->service);
  impl->server = builder.BuildAndStart();
  if (impl->server == nullptr || port == 0) {
    return MakeError(
        absl::StatusCode::kUnavailable, reason::kInternal,
        "cannot listen on " + listen + ": is the port taken? --health-listen chooses another");
  }
  return std::unique_ptr<HealthPort>(new HealthPort(std::move(impl)));
}

HealthPort::HealthPort(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HealthPort::~HealthPort() {
  impl_->server->Shutdown(std::chrono::system_clock::now() + kLastAnswers);
  impl_->server->Wait();
}

}  // namespace ledgercast
