#include "edge/upstream/grpc_service.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "edge/upstream/grpc_history.h"
#include "services/common/base/clock.h"
#include "tests/support/test_key.h"

namespace ledgercast::testing {
namespace {

// A service that implements nothing, so that every call to it ends at once.
class GrpcServiceTest : public ::testing::Test {
 protected:
  GrpcServiceTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&accounts_);
    builder.RegisterService(&transactions_);
    server_ = builder.BuildAndStart();
    target_ = {"127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()};
  }

  v1::AccountService::Service accounts_;
  v1::TransactionService::Service transactions_;
  std::unique_ptr<grpc::Server> server_;
  ServiceTarget target_;
  TestKey key_{1};
  RelayTokens tokens_{*TokenSigner::FromPem(key_.PrivatePem(), "ledgercast", "ledgercast"),
                      absl::Now};
};

// The last call to end used to hold the last channel. Its end on one of gRPC's threads then ended
// that thread from within itself, and freed its queue twice.
TEST_F(GrpcServiceTest, MayBeDestroyedInTheMomentInWhichItsLastCallEnds) {
  constexpr int kRounds = 300;
  constexpr int kCalls = 4;
  for (int round = 0; round < kRounds; ++round) {
    std::atomic<int> answers = 0;
    {
      GrpcService service({}, target_, &tokens_);
      for (int call = 0; call < kCalls; ++call) {
        service.GetAccount(Caller("token"), {},
                           [&answers](const absl::StatusOr<v1::Account>& account) {
                             EXPECT_FALSE(account.ok());
                             ++answers;
                           });
      }
      while (answers < kCalls) std::this_thread::yield();
    }
    EXPECT_EQ(answers, kCalls);
  }
}

TEST_F(GrpcServiceTest, HistoryMayBeDestroyedWhileItsCallsAreUnderWay) {
  constexpr int kRounds = 300;
  for (int round = 0; round < kRounds; ++round) {
    std::atomic<int> answers = 0;
    {
      GrpcHistory history({}, target_, &tokens_, SteadyNow);
      const auto call_off = std::make_shared<CallOff>();
      history.Read({"0123456789abcdef", {}}, {}, call_off, [&answers](const auto&) { ++answers; });
      history.Balance("a", {"0123456789abcdef", {}}, std::make_shared<CallOff>(),
                      [&answers](const auto&) { ++answers; });
      if (round % 2 == 0) call_off->Cancel();
      while (round % 3 == 0 && answers < 2) std::this_thread::yield();
    }
    EXPECT_EQ(answers, 2);
  }
}

TEST_F(GrpcServiceTest, CallsAfterTheEndAreAnsweredAtOnce) {
  GrpcService service({}, target_, &tokens_);
  service.CancelAll();
  std::atomic<bool> answered = false;
  service.GetAccount(Caller("token"), {}, [&answered](const absl::StatusOr<v1::Account>& account) {
    EXPECT_TRUE(absl::IsUnavailable(account.status())) << account.status();
    answered = true;
  });
  while (!answered) std::this_thread::yield();
}

}  // namespace
}  // namespace ledgercast::testing
