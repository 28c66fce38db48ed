// The largest legal answer of every RPC is one that a client with gRPC's own limit of 4 MiB
// reads: that is what these clients have.

#include "services/transaction/api/answer_size.h"

#include "services/transaction/posting/limits.h"
#include "services/transaction/posting/uuid.h"
#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;
using ::testing::Le;

constexpr int64_t kReadableBytes = int64_t{4} << 20;

// As long as the name of an account can be.
std::string LongName(char first) { return std::string(1, first) + std::string(62, 'x'); }

class AnswerSizeTest : public ServiceTest {
 protected:
  static void Fill(v1::CreateTransactionRequest* request) {
    request->set_description(std::string(1'000, 'd'));
    for (int i = 0; i < 32; ++i) {
      const std::string number = std::to_string(10 + i);
      (*request->mutable_metadata())[number + std::string(62, 'k')] = std::string(512, 'v');
    }
  }

  // As large as one transfer can be.
  v1::CreateTransactionRequest LargestRequest() {
    auto request = Request("user1", "user2", kMaxAmount);
    Fill(&request);
    return request;
  }

  // `count` transfers, each with a description of so many bytes.
  template <typename Many>
  Many RequestsOf(int count, size_t description_bytes) {
    Many many;
    auto request = Request(LongName('a'), LongName('b'), 1);
    request.set_description(std::string(description_bytes, 'd'));
    for (int i = 0; i < count; ++i) {
      request.set_id(MakeUuidV7(absl::Now()));
      *many.add_requests() = request;
    }
    return many;
  }

  void OpenLongNames(std::optional<int64_t> minimum = std::nullopt) {
    for (const char first : {'a', 'b'}) {
      v1::Account account = AccountOf(LongName(first), minimum);
      account.set_currency("ABCDEFGHIJKL");
      ASSERT_TRUE(store_.CreateAccount(account, "").ok());
    }
  }

  // The most transfers whose answer fits, as the refusal of `too_many` says.
  static int FitsOf(const absl::Status& refusal) {
    ExpectInvalid(refusal, "requests");
    return std::stoi(GetErrorInfo(refusal).metadata().at("fits"));
  }

  absl::StatusOr<v1::BatchCreateTransactionsResponse> Batch(
      const v1::BatchCreateTransactionsRequest& request) {
    v1::BatchCreateTransactionsResponse response;
    Call call(AdminToken());
    const absl::Status status =
        FromGrpcStatus(transactions_->BatchCreateTransactions(&call, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  absl::StatusOr<v1::SubmitTransactionsResponse> Submit(
      const v1::SubmitTransactionsRequest& request) {
    v1::SubmitTransactionsResponse response;
    Call call(AdminToken());
    const absl::Status status =
        FromGrpcStatus(transactions_->SubmitTransactions(&call, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  template <typename Message>
  static int64_t BytesOf(const Message& message) {
    return static_cast<int64_t>(message.ByteSizeLong());
  }

  // 250 of the largest transactions, 4.9 MB of them.
  void PostLargest() {
    for (int i = 0; i < 5; ++i) {
      v1::BatchCreateTransactionsRequest request;
      for (int k = 0; k < 50; ++k) {
        *request.add_requests() = LargestRequest();
        request.mutable_requests(k)->set_amount(1);
      }
      ASSERT_TRUE(Batch(request).ok());
    }
  }
};

TEST_F(AnswerSizeTest, WhatATransactionTakesIsNeverMoreThanWasReckoned) {
  OpenLongNames();
  auto request = Request(LongName('a'), LongName('b'), kMaxAmount);
  Fill(&request);
  for (int i = 0; i < 3; ++i) {
    const auto posted = Create(request, AdminToken());
    ASSERT_TRUE(posted.ok()) << posted.status();
    v1::BatchCreateTransactionsResponse answer;
    *answer.add_transactions() = *posted;
    EXPECT_THAT(BytesOf(answer), Le(MaxTransactionBytes(request)));
    v1::SubmitTransactionsResponse results;
    *results.add_results()->mutable_transaction() = *posted;
    results.mutable_results(0)->set_replayed(true);
    EXPECT_THAT(BytesOf(results), Le(MaxResultBytes(request)));
  }
  v1::ReverseTransactionRequest reverse;
  reverse.set_id(store_.GetTransactionBySequence(1)->id());
  reverse.set_description(request.description());
  *reverse.mutable_metadata() = request.metadata();
  v1::Transaction reversal;
  Call call(AdminToken());
  ASSERT_TRUE(transactions_->ReverseTransaction(&call, reverse, &reversal).ok());
  EXPECT_THAT(BytesOf(reversal), Le(MaxTransactionBytes(request)));
}

TEST_F(AnswerSizeTest, ABatchIsRefusedBeforeItsAnswerCannotBeRead) {
  v1::BatchCreateTransactionsRequest request;
  for (int i = 0; i < 300; ++i) *request.add_requests() = LargestRequest();
  for (auto& one : *request.mutable_requests()) one.set_amount(1);
  const absl::Status refusal = Batch(request).status();
  const int fits = FitsOf(refusal);
  EXPECT_EQ(store_.GetHead()->sequence, 0) << "nothing of it is posted";
  request.mutable_requests()->DeleteSubrange(fits, request.requests_size() - fits);
  const auto posted = Batch(request);
  ASSERT_TRUE(posted.ok()) << posted.status();
  EXPECT_EQ(posted->transactions_size(), fits);
  EXPECT_THAT(BytesOf(*posted), Le(kReadableBytes));
  EXPECT_GT(BytesOf(*posted), kMaxAnswerBytes * 9 / 10) << "not for nothing";
}

TEST_F(AnswerSizeTest, ABatchOfAThousandUsualTransfersFits) {
  OpenLongNames();
  const auto posted = Batch(RequestsOf<v1::BatchCreateTransactionsRequest>(1'000, 1'000));
  ASSERT_TRUE(posted.ok()) << posted.status();
  EXPECT_THAT(BytesOf(*posted), Le(kReadableBytes));
}

TEST_F(AnswerSizeTest, SubmittedTransfersAreRefusedBeforeTheirAnswerCannotBeRead) {
  OpenLongNames();
  auto request = RequestsOf<v1::SubmitTransactionsRequest>(8'000, 300);
  const int fits = FitsOf(Submit(request).status());
  EXPECT_EQ(store_.GetHead()->sequence, 0) << "nothing of it is posted";
  request.mutable_requests()->DeleteSubrange(fits, request.requests_size() - fits);
  const auto posted = Submit(request);
  ASSERT_TRUE(posted.ok()) << posted.status();
  EXPECT_TRUE(posted->results(fits - 1).has_transaction());
  EXPECT_THAT(BytesOf(*posted), Le(kReadableBytes));
}

TEST_F(AnswerSizeTest, EightThousandErrorsOfPostingFit) {
  OpenLongNames(/*minimum=*/0);
  const auto answer = Submit(RequestsOf<v1::SubmitTransactionsRequest>(8'000, 0));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->results_size(), 8'000);
  EXPECT_TRUE(answer->results(7'999).has_error());
  EXPECT_THAT(BytesOf(*answer), Le(kReadableBytes));
}

TEST_F(AnswerSizeTest, ErrorsOfFieldsCountAsWell) {
  v1::SubmitTransactionsRequest request;
  for (int i = 0; i < 8'000; ++i) request.add_requests()->set_id("x");
  const int fits = FitsOf(Submit(request).status());
  EXPECT_GT(fits, 1'000);
  request.mutable_requests()->DeleteSubrange(fits, request.requests_size() - fits);
  const auto answer = Submit(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(BytesOf(*answer), Le(kReadableBytes));
}

TEST_F(AnswerSizeTest, AnErrorIsReadableHoweverMuchIsWrong) {
  auto request = Request("user1", "user2", 1);
  for (int i = 0; i < 32; ++i) {
    // Texts that gRPC sends as three letters a byte.
    std::string key = std::to_string(10 + i);
    while (key.size() < 62) key += "\xc3\xa9";
    (*request.mutable_metadata())[key] = std::string(513, 'v');
  }
  ExpectError(Create(request, AdminToken()).status(), Code::kInvalidArgument,
              reason::kInvalidField);
  request.clear_metadata();
  (*request.mutable_metadata())[std::string(1'000'000, 'k')] = std::string(513, 'v');
  ExpectInvalid(Create(request, AdminToken()).status(), "metadata");
}

TEST_F(AnswerSizeTest, ALongErrorAmongManyIsCut) {
  const google::rpc::Status error = ItemError(
      MakeError(Code::kUnavailable, reason::kDatabaseUnavailable, std::string(5'000, 'e')));
  EXPECT_THAT(BytesOf(error), Le(kMaxItemErrorBytes));
  EXPECT_THAT(error.message(), ::testing::StartsWith("eee"));
  EXPECT_EQ(error.details_size(), 1);
  const absl::Status usual = MakeError(Code::kNotFound, reason::kAccountNotFound, "there is none");
  EXPECT_EQ(ItemError(usual).message(), "there is none");
}

TEST_F(AnswerSizeTest, PagesOfTheLargestAccountsFit) {
  database_.Run(
      "INSERT INTO accounts (name, display_name, department, currency, minimum_balance) "
      "SELECT rpad(n::text, 63, 'x'), repeat('d', 200), repeat('e', 200), 'ABCDEFGHIJKL', "
      "-4611686018427387904 FROM generate_series(1000, 2000) AS n");
  v1::ListAccountsRequest request;
  request.set_page_size(1'000);
  v1::ListAccountsResponse response;
  Call call(AdminToken());
  const grpc::Status status = accounts_->ListAccounts(&call, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.accounts_size(), 1'000);
  EXPECT_THAT(BytesOf(response), Le(kReadableBytes));
}

TEST_F(AnswerSizeTest, PagesAndWatchesOfTheLargestTransactionsFit) {
  PostLargest();
  v1::ListTransactionsRequest request;
  request.set_page_size(1'000);
  v1::ListTransactionsResponse response;
  Call call(AdminToken());
  ASSERT_TRUE(transactions_->ListTransactions(&call, request, &response).ok());
  EXPECT_NE(response.next_page_token(), "");
  EXPECT_THAT(BytesOf(response), Le(kReadableBytes));
  // From memory, and from the store: a server that has just started holds little.
  for (const bool from_store : {false, true}) {
    if (from_store) {
      Stop();
      options_.warm_log_transactions = 0;
      Start();
    }
    const auto watch = Watch(RelayToken(), "");
    watch->AwaitTransactions(250);
    EXPECT_EQ(watch->seen().size(), 250u);
  }
}

TEST_F(AnswerSizeTest, TheListOfRevokedTokensFits) {
  database_.Run(
      "INSERT INTO accounts (name, currency, token_generation, tokens_revoked_time) "
      "SELECT rpad(n::text, 63, 'x'), 'PTS', 9223372036854775807, now() "
      "FROM generate_series(10000, 30000) AS n");
  Stop();
  Start();
  v1::ListRevokedTokensResponse response;
  Call call(RelayToken());
  const grpc::Status status = auth_->ListRevokedTokens(&call, {}, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_GT(response.lowest_good_generations_size(), 1'000);
  EXPECT_THAT(BytesOf(response), Le(kReadableBytes));
}

}  // namespace
}  // namespace ledgercast::testing
