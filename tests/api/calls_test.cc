// What Calls does about every call, with a real server whose answers the test chooses.

#include "services/transaction/api/calls.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "ledgercast/v1/auth.grpc.pb.h"
#include "services/common/base/call_ids.h"
#include "services/common/base/errors.h"
#include "services/common/base/program.h"
#include "services/common/base/rpc_status.h"

namespace ledgercast {
namespace {

using Json = nlohmann::json;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTraceparent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr char kIssueToken[] = "ledgercast.v1.AuthService/IssueToken";

// Fails IssueToken as the username says; RefreshToken waits to be released.
class ScriptedService final : public v1::AuthService::CallbackService {
 public:
  grpc::ServerUnaryReactor* IssueToken(grpc::CallbackServerContext* context,
                                       const v1::IssueTokenRequest* request,
                                       v1::IssueTokenResponse* /*response*/) override {
    CallContext::Of(*context)->subject = "ann";
    drained = CallContext::Of(*context)->draining();
    auto* reactor = context->DefaultReactor();
    reactor->Finish(ToGrpcStatus(StatusOf(request->username())));
    return reactor;
  }

  grpc::ServerUnaryReactor* RefreshToken(grpc::CallbackServerContext* context,
                                         const v1::RefreshTokenRequest* /*request*/,
                                         v1::RefreshTokenResponse* /*response*/) override {
    held = context->DefaultReactor();
    arrived.Notify();
    return held;
  }

  static absl::Status StatusOf(const std::string& username) {
    if (username == "internal") {
      return MakeError(absl::StatusCode::kInternal, reason::kInternal, "a \"bad\"\nday");
    }
    if (username == "busy") {
      return MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy, "later");
    }
    if (username == "wrong") return InvalidField("username", "is wrong");
    return absl::OkStatus();
  }

  std::atomic<bool> drained = false;
  grpc::ServerUnaryReactor* held = nullptr;
  absl::Notification arrived;
};

class CallsTest : public ::testing::Test {
 protected:
  void Start(const Calls::Options& options) {
    calls_ = std::make_unique<Calls>(options, &registry_);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    calls_->Install(&builder);
    server_ = builder.BuildAndStart();
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                   grpc::InsecureChannelCredentials());
    stub_ = v1::AuthService::NewStub(channel_);
  }

  // Answers the request id that came back.
  std::string Issue(const std::string& username, const std::string& request_id = "",
                    const std::string& traceparent = "") {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer secret-token");
    if (!request_id.empty()) context.AddMetadata(kRequestIdKey, request_id);
    if (!traceparent.empty()) context.AddMetadata(kTraceparentKey, traceparent);
    v1::IssueTokenRequest request;
    request.set_username(username);
    request.set_password("secret-password");
    v1::IssueTokenResponse response;
    const absl::Status status = FromGrpcStatus(stub_->IssueToken(&context, request, &response));
    EXPECT_EQ(status.code(), ScriptedService::StatusOf(username).code()) << status;
    const auto& metadata = context.GetServerInitialMetadata();
    EXPECT_EQ(metadata.count(kRequestIdKey), 1u);
    const auto it = metadata.find(kRequestIdKey);
    return it == metadata.end() ? "" : std::string(it->second.data(), it->second.size());
  }

  // The lines that `work` logs at `level`.
  template <typename Work>
  std::vector<Json> Logged(const std::string& level, Work work) {
    ::testing::internal::CaptureStderr();
    EXPECT_TRUE(SetUpLogging("calls_test", level).ok());
    work();
    // A call's line is written before its answer is sent.
    log_ = ::testing::internal::GetCapturedStderr();
    EXPECT_THAT(log_, Not(HasSubstr("secret")));
    std::vector<Json> lines;
    for (size_t start = 0; start < log_.size();) {
      const size_t end = log_.find('\n', start);
      lines.push_back(Json::parse(log_.substr(start, end - start)));
      start = end + 1;
    }
    return lines;
  }

  std::string Metrics() { return prometheus::TextSerializer().Serialize(registry_.Collect()); }

  prometheus::Registry registry_;
  ScriptedService service_;
  std::unique_ptr<Calls> calls_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::AuthService::Stub> stub_;
  std::string log_;
};

TEST_F(CallsTest, EveryAnswerCarriesARequestId) {
  Start({});
  EXPECT_EQ(Issue("ok", "mine-1"), "mine-1");
  EXPECT_EQ(Issue("wrong", "mine-2"), "mine-2");
  const std::string made = Issue("ok");
  EXPECT_TRUE(IsRequestId(made)) << made;
  EXPECT_NE(made, Issue("ok"));
  for (const std::string& bad : {std::string("two words"), std::string(129, 'x')}) {
    const std::string replaced = Issue("ok", bad);
    EXPECT_NE(replaced, bad);
    EXPECT_TRUE(IsRequestId(replaced)) << replaced;
  }
}

TEST_F(CallsTest, AFailureThatIsOursIsOneLineWithAllThatFindsIt) {
  Start({});
  const auto lines = Logged("info", [this] {
    Issue("internal", "req-1", kTraceparent);
    Issue("ok", "req-2");
    Issue("wrong", "req-3");
  });
  ASSERT_EQ(lines.size(), 1u) << log_;
  const Json& line = lines[0];
  EXPECT_EQ(line["level"], "error");
  EXPECT_EQ(line["message"], "call");
  EXPECT_EQ(line["method"], kIssueToken);
  EXPECT_EQ(line["code"], "INTERNAL");
  EXPECT_EQ(line["reason"], "INTERNAL");
  EXPECT_EQ(line["error"], "a \"bad\"\nday");
  EXPECT_GE(line["duration_ms"].get<double>(), 0);
  EXPECT_THAT(line["peer"].get<std::string>(), HasSubstr("127.0.0.1:"));
  EXPECT_EQ(line["subject"], "ann");
  EXPECT_EQ(line["request_id"], "req-1");
  EXPECT_EQ(line["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST_F(CallsTest, CallersMistakesAreForThoseWhoDebug) {
  Start({});
  const auto lines = Logged("debug", [this] { Issue("wrong", "req-1", "00-nonsense"); });
  ASSERT_EQ(lines.size(), 1u) << log_;
  EXPECT_EQ(lines[0]["level"], "debug");
  EXPECT_EQ(lines[0]["reason"], "INVALID_FIELD");
  EXPECT_FALSE(lines[0].contains("error")) << "it may quote what the caller sent";
  EXPECT_TRUE(IsRequestId(lines[0]["trace_id"].get<std::string>()));
}

TEST_F(CallsTest, TheAccessLogHasOneLineACall) {
  Calls::Options options;
  options.access_log = true;
  options.failure_lines_burst = 1;
  Start(options);
  const auto lines = Logged("info", [this] {
    for (const char* username : {"ok", "wrong", "busy", "busy", "internal"}) Issue(username);
  });
  ASSERT_EQ(lines.size(), 5u) << log_;
  EXPECT_EQ(lines[0]["code"], "OK");
  EXPECT_EQ(lines[0]["level"], "info");
  EXPECT_EQ(lines[1]["level"], "info");
  EXPECT_EQ(lines[2]["level"], "warning");
  EXPECT_EQ(lines[4]["level"], "error");
}

TEST_F(CallsTest, AStormOfRefusalsDoesNotFloodTheLog) {
  Calls::Options options;
  options.failure_lines_burst = 5;
  options.failure_lines_per_second = 1;
  Start(options);
  const auto lines = Logged("info", [this] {
    for (int i = 0; i < 300; ++i) Issue("busy");
    Issue("internal");
  });
  EXPECT_EQ(lines.back()["code"], "INTERNAL") << "a fault is not hidden by them";
  EXPECT_GE(lines.size(), 5u);
  EXPECT_LT(lines.size(), 60u);
  EXPECT_EQ(lines[0]["withheld_lines"], 0);
}

TEST_F(CallsTest, CountsAndTimesByMethodAndCode) {
  Start({});
  for (const char* username : {"ok", "ok", "wrong"}) Issue(username);
  server_->Shutdown();
  const std::string metrics = Metrics();
  const std::string method = std::string("method=\"") + kIssueToken + "\"";
  EXPECT_THAT(metrics, HasSubstr("_seconds_count{code=\"OK\"," + method + "} 2"));
  EXPECT_THAT(metrics, HasSubstr("_seconds_count{code=\"INVALID_ARGUMENT\"," + method + "} 1"));
  EXPECT_THAT(metrics, HasSubstr("ledgercast_rpcs_open{" + method + "} 0"));
}

TEST_F(CallsTest, MethodsThatAreNotServedLeaveNothingBehind) {
  Start({});
  grpc::GenericStub generic(channel_);
  for (int i = 0; i < 50; ++i) {
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    const auto call =
        generic.PrepareUnaryCall(&context, "/ledgercast.v1.AuthService/Method" + std::to_string(i),
                                 grpc::ByteBuffer(), &queue);
    call->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    call->Finish(&answer, &status, this);
    void* tag = nullptr;
    bool ok = false;
    ASSERT_TRUE(queue.Next(&tag, &ok));
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << status.error_message();
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) continue;
  }
  const std::string metrics = Metrics();
  EXPECT_TRUE(metrics.find("Method1") == std::string::npos);
  EXPECT_TRUE(metrics.find("_count{code=\"UNIMPLEMENTED\",method=\"other\"} 50") !=
              std::string::npos);
}

TEST_F(CallsTest, DrainingWaitsForWhatCameBeforeAndNotForWhatComesAfter) {
  Start({});
  Issue("ok");
  EXPECT_FALSE(service_.drained);
  EXPECT_TRUE(calls_->AwaitNoneOpen(absl::Seconds(60)));
  std::thread caller([this] {
    grpc::ClientContext context;
    v1::RefreshTokenResponse response;
    EXPECT_TRUE(stub_->RefreshToken(&context, {}, &response).ok());
  });
  service_.arrived.WaitForNotification();
  calls_->Drain();
  EXPECT_FALSE(calls_->AwaitNoneOpen(absl::Milliseconds(10)));
  Issue("ok");
  EXPECT_TRUE(service_.drained);
  service_.held->Finish(grpc::Status::OK);
  EXPECT_TRUE(calls_->AwaitNoneOpen(absl::Seconds(60)));
  caller.join();
}

}  // namespace
}  // namespace ledgercast
