// ReverseTransaction.

#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;

constexpr char kReversalId[] = "0190163d-8694-739b-aea5-966c26f8ad91";

class ReverseTest : public ServiceTest {
 protected:
  static v1::ReverseTransactionRequest Of(const v1::Transaction& transaction,
                                          const std::string& reversal_id = "") {
    v1::ReverseTransactionRequest request;
    request.set_id(transaction.id());
    request.set_reversal_id(reversal_id);
    return request;
  }

  absl::StatusOr<v1::Transaction> Reverse(const v1::ReverseTransactionRequest& request,
                                          const std::string& token, bool* replayed = nullptr) {
    v1::Transaction response;
    Call call(token);
    const absl::Status status =
        FromGrpcStatus(transactions_->ReverseTransaction(&call, request, &response));
    if (replayed != nullptr) {
      *replayed = call->GetServerInitialMetadata().count("idempotency-replayed") > 0;
    }
    if (!status.ok()) return status;
    return response;
  }
};

TEST_F(ReverseTest, PostsTheOppositeAndNamesWhatItTakesBack) {
  const v1::Transaction original = Pay("user1", "user2", 7);
  auto request = Of(original);
  request.set_description("sent twice");
  (*request.mutable_metadata())["ticket"] = "12";
  const auto reversal = Reverse(request, AdminToken());
  ASSERT_TRUE(reversal.ok()) << reversal.status();
  EXPECT_EQ(reversal->sequence(), 2);
  EXPECT_EQ(reversal->from_account(), "user2");
  EXPECT_EQ(reversal->to_account(), "user1");
  EXPECT_EQ(reversal->amount(), 7);
  EXPECT_EQ(reversal->reverses(), original.id());
  EXPECT_EQ(reversal->description(), "sent twice");
  EXPECT_EQ(reversal->metadata().at("ticket"), "12");
  EXPECT_EQ(reversal->from_balance(), 0);
  EXPECT_EQ(reversal->DebugString(), store_.GetTransactionBySequence(2)->DebugString());
}

TEST_F(ReverseTest, ASecondTimeIsRefusedAndNamesTheFirst) {
  const v1::Transaction original = Pay("user1", "user2");
  const auto first = Reverse(Of(original), AdminToken());
  ASSERT_TRUE(first.ok()) << first.status();
  const auto info = ExpectError(Reverse(Of(original), AdminToken()).status(), Code::kAlreadyExists,
                                reason::kAlreadyReversed);
  EXPECT_EQ(info.metadata().at("reversal"), first->id());
}

TEST_F(ReverseTest, UnderItsOwnIdItMayBeRepeated) {
  const v1::Transaction original = Pay("user1", "user2");
  bool replayed = true;
  const auto first = Reverse(Of(original, kReversalId), AdminToken(), &replayed);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_FALSE(replayed);
  EXPECT_EQ(first->id(), kReversalId);
  const auto second = Reverse(Of(original, kReversalId), AdminToken(), &replayed);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(replayed);
  EXPECT_EQ(second->DebugString(), first->DebugString());
  EXPECT_EQ(store_.GetHead()->sequence, 2);
}

TEST_F(ReverseTest, AnIdThatIsTakenIsNotUsedAgain) {
  const v1::Transaction original = Pay("user1", "user2");
  const v1::Transaction other = Pay("user2", "user1");
  ExpectError(Reverse(Of(original, other.id()), AdminToken()).status(), Code::kAlreadyExists,
              reason::kTransactionExists);
  EXPECT_EQ(store_.GetHead()->sequence, 2);
}

TEST_F(ReverseTest, AMemberSendsBackWhatItWasSentAndNothingElse) {
  const v1::Transaction original = Pay("user1", "user2");
  for (const std::string& token : {Token("user1"), RelayToken()}) {
    ExpectError(Reverse(Of(original), token).status(), Code::kPermissionDenied,
                reason::kNotAllowed);
  }
  const auto reversal = Reverse(Of(original), Token("user2"));
  ASSERT_TRUE(reversal.ok()) << reversal.status();
  EXPECT_FALSE(reversal->has_hash());
  EXPECT_FALSE(reversal->has_to_balance());
}

TEST_F(ReverseTest, WhoCannotPayItBackKeepsItsLimit) {
  const v1::Transaction original = Pay("user1", "poor", 5);
  Pay("poor", "user2", 1);
  ExpectError(Reverse(Of(original), AdminToken()).status(), Code::kFailedPrecondition,
              reason::kInsufficientFunds);
}

TEST_F(ReverseTest, AnUnknownTransactionIsNotFound) {
  v1::ReverseTransactionRequest request;
  request.set_id(kReversalId);
  ExpectError(Reverse(request, AdminToken()).status(), Code::kNotFound,
              reason::kTransactionNotFound);
}

TEST_F(ReverseTest, MalformedFieldsAreNamed) {
  const v1::Transaction original = Pay("user1", "user2");
  ExpectInvalid(Reverse({}, AdminToken()).status(), "id");
  for (const char* id : {"no-uuid", "00000000-0000-0000-0000-000000000000",
                         "ffffffff-ffff-ffff-ffff-ffffffffffff"}) {
    ExpectInvalid(Reverse(Of(original, id), AdminToken()).status(), "reversal_id");
  }
  ExpectInvalid(Reverse(Of(original, original.id()), AdminToken()).status(), "reversal_id");
  auto request = Of(original);
  request.set_description(std::string(1'001, 'x'));
  ExpectInvalid(Reverse(request, AdminToken()).status(), "description");
}

TEST_F(ReverseTest, ADryRunPostsNothing) {
  const v1::Transaction original = Pay("user1", "user2");
  auto request = Of(original);
  request.set_validate_only(true);
  const auto checked = Reverse(request, AdminToken());
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->sequence(), 0);
  EXPECT_EQ(checked->reverses(), original.id());
  EXPECT_TRUE(Reverse(Of(original), AdminToken()).ok());
}

TEST_F(ReverseTest, AReversalIsStillKnownAfterARestart) {
  const v1::Transaction original = Pay("user1", "user2");
  ASSERT_TRUE(Reverse(Of(original), AdminToken()).ok());
  Stop();
  Start();
  ExpectError(Reverse(Of(original), AdminToken()).status(), Code::kAlreadyExists,
              reason::kAlreadyReversed);
}

}  // namespace
}  // namespace ledgercast::testing
