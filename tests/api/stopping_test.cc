// How the service stops: who is told what, and in which order.

#include <grpcpp/generic/generic_stub.h>
#include <httplib.h>

#include <thread>

#include "grpc/health/v1/health.pb.h"
#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;
using Health = grpc::health::v1::HealthCheckResponse;
using ::testing::HasSubstr;

class StoppingTest : public ServiceTest {
 protected:
  void SetUp() override {}

  std::shared_ptr<grpc::Channel> Connect() {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(server_->grpc_port()),
                                     grpc::InsecureChannelCredentials(), arguments);
  }

  std::string Readiness() {
    const auto answer = httplib::Client("127.0.0.1", admin_port_).Get("/readyz");
    return answer ? std::to_string(answer->status) + " " + answer->body : "no answer";
  }

  // The stop goes on in a thread, with this to look at it from.
  void BeginStop() {
    admin_port_ = server_->admin_port();
    stopper_ = std::thread([this] { Stop(); });
  }
  void AwaitStop() { stopper_.join(); }

  int admin_port_ = 0;
  std::thread stopper_;
};

// A health check that is kept open, as load balancers do.
class HealthWatch {
 public:
  explicit HealthWatch(const std::shared_ptr<grpc::Channel>& channel) : stub_(channel) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    call_ = stub_.PrepareCall(&context_, "/grpc.health.v1.Health/Watch", &queue_);
    call_->StartCall(this);
    EXPECT_TRUE(Await());
    const grpc::Slice empty("");
    call_->Write(grpc::ByteBuffer(&empty, 1), this);
    EXPECT_TRUE(Await());
  }
  ~HealthWatch() {
    context_.TryCancel();
    grpc::Status status;
    call_->Finish(&status, this);
    Await();
    queue_.Shutdown();
  }

  // The next change.
  Health::ServingStatus Next() {
    grpc::ByteBuffer bytes;
    call_->Read(&bytes, this);
    if (!Await()) return Health::UNKNOWN;
    grpc::Slice slice;
    Health answer;
    EXPECT_TRUE(bytes.DumpToSingleSlice(&slice).ok());
    EXPECT_TRUE(answer.ParseFromArray(slice.begin(), static_cast<int>(slice.size())));
    return answer.status();
  }

 private:
  bool Await() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

TEST_F(StoppingTest, FirstItIsNotReadyThenItRefusesThenItEnds) {
  options_.drain_delay = absl::Seconds(2);
  options_.drain_timeout = absl::Seconds(2);
  Start();
  const std::string token = AdminToken();
  HealthWatch health(Connect());
  ASSERT_EQ(health.Next(), Health::SERVING);
  const auto stuck = StuckWatch();
  BeginStop();
  EXPECT_EQ(health.Next(), Health::NOT_SERVING);
  EXPECT_THAT(Readiness(), ::testing::StartsWith("503 SHUTTING_DOWN: the service is stopping\n"));
  // Callers who have not noticed yet are served.
  EXPECT_TRUE(Create(Request("user1", "user2", 1), token).ok());
  absl::Status refused;
  while (refused.ok()) refused = Create(Request("user1", "user2", 1), token).status();
  ExpectError(refused, Code::kUnavailable, reason::kShuttingDown);
  EXPECT_THAT(httplib::Client("127.0.0.1", admin_port_).Get("/metrics")->body,
              HasSubstr("\nledgercast_log_head_sequence "));
  AwaitStop();
}

TEST_F(StoppingTest, AHealthCheckThatIsKeptOpenDoesNotHoldItUp) {
  options_.drain_timeout = absl::Minutes(10);
  Start();
  HealthWatch health(Connect());
  ASSERT_EQ(health.Next(), Health::SERVING);
  Stop();
  EXPECT_EQ(health.Next(), Health::NOT_SERVING);
}

}  // namespace
}  // namespace ledgercast::testing
