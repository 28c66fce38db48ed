// What the service tells of itself on its admin port.

#include <httplib.h>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "services/common/base/call_ids.h"
#include "services/common/base/program.h"
#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

using ::testing::HasSubstr;

class MetricsTest : public ServiceTest {
 protected:
  // The sample of that name and those labels; -1 if there is none.
  double Metric(const std::string& sample) {
    const auto answer = httplib::Client("127.0.0.1", server_->admin_port()).Get("/metrics");
    EXPECT_TRUE(answer && answer->status == 200);
    for (const auto line : absl::StrSplit(answer->body, '\n')) {
      double value = 0;
      if (absl::StartsWith(line, sample + " ") &&
          absl::SimpleAtod(line.substr(sample.size() + 1), &value)) {
        return value;
      }
    }
    return -1;
  }

  void AwaitMetric(const std::string& sample, double value) {
    const absl::Time until = absl::Now() + absl::Seconds(60);
    while (Metric(sample) != value) ASSERT_LT(absl::Now(), until) << sample;
  }
};

TEST_F(MetricsTest, TellsOfPosting) {
  for (int i = 0; i < 3; ++i) Pay("user1", "user2");
  EXPECT_FALSE(Create(Request("poor", "user1", 1), AdminToken()).ok());
  EXPECT_EQ(Metric("ledgercast_posted_transactions_total"), 3);
  EXPECT_EQ(Metric("ledgercast_posting_batch_transactions_count"), 3);
  EXPECT_EQ(Metric("ledgercast_posting_batch_transactions_sum"), 3);
  EXPECT_EQ(Metric("ledgercast_posting_batch_transactions_bucket{le=\"1\"}"), 3);
  for (const char* stage : {"fence", "look_up", "decide", "write"}) {
    const std::string labels = std::string("{stage=\"") + stage + "\"}";
    EXPECT_EQ(Metric("ledgercast_posting_stage_seconds_count" + labels), 4) << stage;
    EXPECT_GT(Metric("ledgercast_posting_stage_seconds_sum" + labels), 0) << stage;
  }
  EXPECT_EQ(Metric("ledgercast_posting_queue_transactions"), 0);
  const std::string method = "method=\"ledgercast.v1.TransactionService/CreateTransaction\"}";
  EXPECT_EQ(Metric("ledgercast_rpc_duration_seconds_count{code=\"OK\"," + method), 3);
  EXPECT_EQ(Metric("ledgercast_rpc_duration_seconds_count{code=\"FAILED_PRECONDITION\"," + method),
            1);
}

TEST_F(MetricsTest, TellsOfWatchesThatWereRefused) {
  Stop();
  options_.watches.max_watches_per_caller = 1;
  Start();
  EXPECT_EQ(Metric("ledgercast_refused_watches_total"), 0);
  const auto first = Watch(Token("user1"), "");
  ASSERT_TRUE(first->Next());
  EXPECT_FALSE(Watch(Token("user1"), "")->Next());
  EXPECT_EQ(Metric("ledgercast_refused_watches_total"), 1);
}

TEST_F(MetricsTest, TellsOfTheLogAndTheTail) {
  Pay("user1", "user2");
  PostElsewhere({Transfer("user1", "user2", 1)});
  AwaitMetric("ledgercast_log_head_sequence", 2);
  AwaitMetric("ledgercast_tail_behind_transactions", 0);
  EXPECT_EQ(Metric("ledgercast_log_base_sequence"), 0);
  EXPECT_GT(Metric("ledgercast_log_bytes"), 0);
  EXPECT_GE(Metric("ledgercast_tail_lag_seconds"), 0);
  EXPECT_LT(Metric("ledgercast_tail_lag_seconds"), 60);
}

TEST_F(MetricsTest, TellsWhatWatchersDo) {
  const auto live = Watch(AdminToken(), "");
  AwaitMetric("ledgercast_watchers{state=\"live\"}", 1);
  const auto stuck = Watch(AdminToken(), "");
  std::vector<Posting> postings;
  for (int i = 0; i < 4'000; ++i) {
    postings.push_back(Transfer("user1", "user2", 1));
    postings.back().request.set_description(std::string(1'000, 'x'));
  }
  PostElsewhere(postings);
  live->AwaitTransactions(4'000);
  AwaitMetric("ledgercast_watchers{state=\"blocked\"}", 1);
  AwaitMetric("ledgercast_watchers{state=\"live\"}", 1);
  EXPECT_EQ(Metric("ledgercast_watchers{state=\"ring\"}"), 0);
  EXPECT_EQ(Metric("ledgercast_watchers{state=\"store\"}"), 0);
}

TEST_F(MetricsTest, TellsOfThePools) {
  Pay("user1", "user2");
  Call call(AdminToken());
  v1::Transaction found;
  v1::GetTransactionRequest get;
  get.set_sequence(1);
  ASSERT_TRUE(transactions_->GetTransaction(&call, get, &found).ok());
  AwaitMetric("ledgercast_database_connections{state=\"in_use\"}", 0);
  EXPECT_GE(Metric("ledgercast_database_connections{state=\"idle\"}"), 1);
  for (const char* pool : {"store", "history", "turn", "digest"}) {
    const std::string labels = std::string("{pool=\"") + pool + "\"}";
    EXPECT_EQ(Metric("ledgercast_queued_jobs" + labels), 0) << pool;
    EXPECT_EQ(Metric("ledgercast_refused_jobs_total" + labels), 0) << pool;
  }
}

TEST_F(MetricsTest, TellsOfSignIns) {
  for (int i = 0; i < 6; ++i) {
    Call call("");
    v1::IssueTokenRequest request;
    request.set_username("user1");
    request.set_password("wrong password");
    v1::IssueTokenResponse response;
    EXPECT_FALSE(auth_->IssueToken(&call, request, &response).ok());
  }
  for (const auto& [reason, count] : {std::pair("client_must_wait", 1),
                                      {"username_must_wait", 0},
                                      {"queue_full", 0},
                                      {"displaced", 0}}) {
    EXPECT_EQ(Metric(std::string("ledgercast_sign_ins_refused_total{reason=\"") + reason + "\"}"),
              count)
        << reason;
  }
  for (const char* standing : {"clean", "doubtful", "suspect"}) {
    EXPECT_EQ(Metric(std::string("ledgercast_password_jobs_queued{standing=\"") + standing + "\"}"),
              0);
  }
  EXPECT_EQ(Metric("ledgercast_password_job_oldest_seconds"), 0);
  EXPECT_GT(Metric("ledgercast_password_hash_expected_seconds"), 0);
  for (const char* reason : {"cancelled", "expired"}) {
    EXPECT_EQ(
        Metric(std::string("ledgercast_password_jobs_dropped_total{reason=\"") + reason + "\"}"),
        0);
  }
  for (const char* outcome : {"rotated", "repeated", "reused", "ended"}) {
    EXPECT_EQ(Metric(std::string("ledgercast_refresh_tokens_total{outcome=\"") + outcome + "\"}"),
              0);
  }
}

TEST_F(MetricsTest, ACallsLineOfTheAccessLogSaysWhoCalledAndFindsTheCall) {
  Stop();
  options_.calls.access_log = true;
  Start();
  ::testing::internal::CaptureStderr();
  ASSERT_TRUE(SetUpLogging("metrics_test", "info").ok());
  Call call(AdminToken());
  call->AddMetadata(kRequestIdKey, "my-request");
  call->AddMetadata(kTraceparentKey, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  v1::Transaction posted;
  ASSERT_TRUE(transactions_->CreateTransaction(&call, Request("user1", "user2", 1), &posted).ok());
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("\"method\":\"ledgercast.v1.TransactionService/CreateTransaction\""));
  EXPECT_THAT(log, HasSubstr("\"code\":\"OK\""));
  EXPECT_THAT(log, HasSubstr("\"subject\":\"admin\""));
  EXPECT_THAT(log, HasSubstr("\"request_id\":\"my-request\""));
  EXPECT_THAT(log, HasSubstr("\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\""));
  const auto& metadata = call->GetServerInitialMetadata();
  ASSERT_EQ(metadata.count(kRequestIdKey), 1u);
  EXPECT_EQ(metadata.find(kRequestIdKey)->second, "my-request");
}

}  // namespace
}  // namespace ledgercast::testing
