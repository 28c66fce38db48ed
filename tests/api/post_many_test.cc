// BatchCreateTransactions and SubmitTransactions.

#include "absl/strings/ascii.h"
#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kIdStart[] = "0190163d-8694-739b-aea5-966c26f8ad9";

class PostManyTest : public ServiceTest {
 protected:
  absl::StatusOr<v1::BatchCreateTransactionsResponse> Batch(
      const std::vector<v1::CreateTransactionRequest>& requests, const std::string& token,
      bool* replayed = nullptr) {
    v1::BatchCreateTransactionsRequest request;
    for (const auto& one : requests) *request.add_requests() = one;
    v1::BatchCreateTransactionsResponse response;
    Call call(token);
    const absl::Status status =
        FromGrpcStatus(transactions_->BatchCreateTransactions(&call, request, &response));
    if (replayed != nullptr) {
      *replayed = call->GetServerInitialMetadata().count("idempotency-replayed") > 0;
    }
    if (!status.ok()) return status;
    return response;
  }

  absl::StatusOr<v1::SubmitTransactionsResponse> Submit(
      const std::vector<v1::CreateTransactionRequest>& requests, const std::string& token) {
    v1::SubmitTransactionsRequest request;
    for (const auto& one : requests) *request.add_requests() = one;
    v1::SubmitTransactionsResponse response;
    Call call(token);
    const absl::Status status =
        FromGrpcStatus(transactions_->SubmitTransactions(&call, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  static std::string NameOf(const v1::SubmitResult& result) {
    if (result.has_transaction()) return result.replayed() ? "REPLAYED" : "OK";
    const grpc::Status status(static_cast<grpc::StatusCode>(result.error().code()),
                              result.error().message(), result.error().SerializeAsString());
    return GetErrorInfo(FromGrpcStatus(status)).reason();
  }

  static std::vector<std::string> Names(const v1::SubmitTransactionsResponse& response) {
    std::vector<std::string> names;
    for (const auto& result : response.results()) names.push_back(NameOf(result));
    return names;
  }
};

TEST_F(PostManyTest, ABatchIsPostedInItsOrderAndAnswered) {
  const auto posted =
      Batch({Request("user1", "poor", 5), Request("poor", "user2", 5)}, AdminToken());
  ASSERT_TRUE(posted.ok()) << posted.status();
  ASSERT_EQ(posted->transactions_size(), 2);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(posted->transactions(i).DebugString(),
              store_.GetTransactionBySequence(i + 1)->DebugString());
  }
}

TEST_F(PostManyTest, ABatchThatCannotBePostedWholeIsNotPostedAtAll) {
  const auto info = ExpectError(
      Batch({Request("user1", "user2", 5), Request("poor", "user2", 5)}, AdminToken()).status(),
      Code::kFailedPrecondition, reason::kInsufficientFunds);
  EXPECT_EQ(info.metadata().at("index"), "1");
  EXPECT_EQ(store_.GetHead()->sequence, 0);
}

TEST_F(PostManyTest, ABatchThatIsRepeatedIsReplayed) {
  const std::vector<v1::CreateTransactionRequest> requests = {
      Request("user1", "user2", 5, std::string(kIdStart) + "1"),
      Request("user2", "user3", 5, std::string(kIdStart) + "2")};
  bool replayed = true;
  const auto first = Batch(requests, AdminToken(), &replayed);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_FALSE(replayed);
  const auto second = Batch(requests, AdminToken(), &replayed);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(replayed);
  EXPECT_EQ(second->DebugString(), first->DebugString());
  EXPECT_EQ(store_.GetHead()->sequence, 2);
}

TEST_F(PostManyTest, AFieldOfABatchIsNamedWithItsPlace) {
  const absl::Status status =
      Batch({Request("user1", "user2", 5), Request("user1", "user2", 0)}, AdminToken()).status();
  ExpectInvalid(status, "requests[1].amount");
}

TEST_F(PostManyTest, ABatchHoldsOneToAThousand) {
  ExpectInvalid(Batch({}, AdminToken()).status(), "requests");
  std::vector<v1::CreateTransactionRequest> requests(1'000, Request("user1", "user2", 1));
  const auto posted = Batch(requests, AdminToken());
  ASSERT_TRUE(posted.ok()) << posted.status();
  EXPECT_EQ(posted->transactions(999).sequence(), 1'000);
  requests.push_back(Request("user1", "user2", 1));
  ExpectInvalid(Batch(requests, AdminToken()).status(), "requests");
}

TEST_F(PostManyTest, AnIdStandsOnceInABatch) {
  const std::string id = std::string(kIdStart) + "a";
  // One UUID twice, the second time in upper case.
  const absl::Status status =
      Batch({Request("user1", "user2", 1), Request("user1", "user2", 5, id),
             Request("user1", "user2", 2), Request("user1", "user2", 5, absl::AsciiStrToUpper(id))},
            AdminToken())
          .status();
  ExpectInvalid(status, "requests[3].id");
  EXPECT_THAT(std::string(status.message()), HasSubstr("requests[1]"));
  EXPECT_EQ(GetErrorInfo(status).metadata().at("index"), "3");
  EXPECT_EQ(store_.GetHead()->sequence, 0);
}

TEST_F(PostManyTest, AMemberPutsOnlyItsOwnTransfersIntoABatch) {
  ExpectError(
      Batch({Request("user1", "user2", 1), Request("user2", "user1", 1)}, Token("user1")).status(),
      Code::kPermissionDenied, reason::kNotAllowed);
  const auto posted = Batch({Request("user1", "user2", 1)}, Token("user1"));
  ASSERT_TRUE(posted.ok()) << posted.status();
  EXPECT_FALSE(posted->transactions(0).has_to_balance());
  EXPECT_FALSE(posted->transactions(0).has_hash());
}

TEST_F(PostManyTest, ADryBatchIsCheckedWholeAndNotPosted) {
  auto first = Request("user1", "poor", 5);
  auto second = Request("poor", "user2", 5);
  first.set_validate_only(true);
  ExpectInvalid(Batch({first, second}, AdminToken()).status(), "requests[1].validate_only");
  second.set_validate_only(true);
  const auto checked = Batch({first, second}, AdminToken());
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->transactions(1).sequence(), 0);
  EXPECT_EQ(store_.GetHead()->sequence, 0);
}

TEST_F(PostManyTest, SubmittedTransfersSucceedOrFailAlone) {
  const std::string id = std::string(kIdStart) + "1";
  const auto results = Submit(
      {Request("user1", "user2", 5, id), Request("poor", "user2", 5), Request("user1", "user2", 0),
       Request("user1", "nobody", 5), Request("user1", "user2", 5, id),
       Request("user1", "user2", 6, id), Request("user1", "euro", 1)},
      AdminToken());
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_THAT(Names(*results), ElementsAre("OK", reason::kInsufficientFunds, reason::kInvalidField,
                                           reason::kAccountNotFound, "REPLAYED",
                                           reason::kTransactionExists, reason::kCurrencyMismatch));
  EXPECT_EQ(store_.GetHead()->sequence, 1);
  EXPECT_EQ(results->results(0).transaction().DebugString(),
            store_.GetTransactionBySequence(1)->DebugString());
}

TEST_F(PostManyTest, WhatAMemberMayNotPostFailsAloneAsWell) {
  const auto results =
      Submit({Request("user2", "user1", 1), Request("user1", "user2", 1)}, Token("user1"));
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_THAT(Names(*results), ElementsAre(reason::kNotAllowed, "OK"));
  EXPECT_FALSE(results->results(1).transaction().has_hash());
}

TEST_F(PostManyTest, EightThousandAreSubmittedAtOnceInOrder) {
  std::vector<v1::CreateTransactionRequest> requests(8'000, Request("user1", "user2", 1));
  const auto results = Submit(requests, AdminToken());
  ASSERT_TRUE(results.ok()) << results.status();
  ASSERT_EQ(results->results_size(), 8'000);
  for (int i = 0; i < 8'000; ++i) {
    ASSERT_EQ(results->results(i).transaction().sequence(), i + 1);
  }
  requests.push_back(Request("user1", "user2", 1));
  ExpectInvalid(Submit(requests, AdminToken()).status(), "requests");
  ExpectInvalid(Submit({}, AdminToken()).status(), "requests");
}

TEST_F(PostManyTest, ADryTransferAmongSubmittedOnesPostsNothing) {
  auto dry = Request("user1", "user2", 1);
  dry.set_validate_only(true);
  const auto results = Submit({dry, Request("user1", "user2", 1)}, AdminToken());
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ(results->results(0).transaction().sequence(), 0);
  EXPECT_EQ(results->results(1).transaction().sequence(), 1);
}

TEST_F(PostManyTest, WithoutATokenNothingIsTaken) {
  ExpectError(Batch({Request("user1", "user2", 1)}, "").status(), Code::kUnauthenticated,
              reason::kTokenMissing);
  ExpectError(Submit({Request("user1", "user2", 1)}, "").status(), Code::kUnauthenticated,
              reason::kTokenMissing);
}

}  // namespace
}  // namespace ledgercast::testing
