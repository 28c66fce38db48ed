// CreateTransaction and GetTransaction.

#include <limits>

#include "absl/strings/str_replace.h"
#include "services/transaction/posting/limits.h"
#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;
using ::testing::MatchesRegex;

constexpr char kId[] = "0190163d-8694-739b-aea5-966c26f8ad91";

class CreateTest : public ServiceTest {
 protected:
  absl::Status StatusOf(const v1::CreateTransactionRequest& request) {
    return Create(request, AdminToken()).status();
  }
};

TEST_F(CreateTest, PostsATransferAndAnswersItAsTheLedgerHoldsIt) {
  auto request = Request("user1", "user2", 5);
  request.set_description("lunch");
  (*request.mutable_metadata())["order"] = "7";
  bool replayed = true;
  const auto created = Create(request, AdminToken(), &replayed);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_FALSE(replayed);
  EXPECT_EQ(created->sequence(), 1);
  EXPECT_EQ(created->currency(), "PTS");
  EXPECT_EQ(created->from_balance(), -5);
  EXPECT_EQ(created->to_balance(), 5);
  EXPECT_EQ(created->from_previous(), 0);
  EXPECT_THAT(created->id(), MatchesRegex("[0-9a-f-]{36}"));
  EXPECT_EQ(created->DebugString(), store_.GetTransactionBySequence(1)->DebugString());
}

TEST_F(CreateTest, AMemberPostsFromItsOwnAccountAndSeesItsOwnSide) {
  const auto created = Create(Request("user1", "user2", 5), Token("user1"));
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->from_balance(), -5);
  EXPECT_TRUE(created->has_from_previous());
  EXPECT_FALSE(created->has_to_balance());
  EXPECT_FALSE(created->has_to_previous());
  EXPECT_FALSE(created->has_hash());
}

TEST_F(CreateTest, NobodyPostsFromAnotherAccount) {
  for (const std::string& token : {Token("user2"), RelayToken()}) {
    ExpectError(Create(Request("user1", "user2", 5), token).status(), Code::kPermissionDenied,
                reason::kNotAllowed);
  }
  ExpectError(Create(Request("relay", "user2", 5), RelayToken()).status(), Code::kPermissionDenied,
              reason::kNotAllowed);
  EXPECT_EQ(store_.GetHead()->sequence, 0);
}

TEST_F(CreateTest, MalformedFieldsAreNamed) {
  ExpectInvalid(StatusOf(Request("user1", "user2", 0)), "amount");
  ExpectInvalid(StatusOf(Request("user1", "user2", -1)), "amount");
  for (const int64_t amount :
       {std::numeric_limits<int64_t>::min(), kMaxAmount + 1, std::numeric_limits<int64_t>::max()}) {
    ExpectInvalid(StatusOf(Request("user1", "user2", amount)), "amount");
  }
  ExpectInvalid(StatusOf(Request("user1", "user1", 1)), "to_account");
  ExpectInvalid(StatusOf(Request("", "user2", 1)), "from_account");
  ExpectInvalid(StatusOf(Request("User1", "user2", 1)), "from_account");
  ExpectInvalid(StatusOf(Request("user1", "user2'--", 1)), "to_account");
  ExpectInvalid(StatusOf(Request("user1", std::string(64, 'a'), 1)), "to_account");
  for (const char* id :
       {"not-a-uuid", "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"}) {
    ExpectInvalid(StatusOf(Request("user1", "user2", 1, id)), "id");
  }
  EXPECT_EQ(store_.GetHead()->sequence, 0);
}

TEST_F(CreateTest, TextsHaveLimitsAndHoldNoNul) {
  auto request = Request("user1", "user2", 1);
  request.set_description(std::string(1'001, 'x'));
  ExpectInvalid(StatusOf(request), "description");
  request.set_description(std::string("a\0b", 3));
  ExpectInvalid(StatusOf(request), "description");
  request.set_description(std::string(1'000, 'x'));
  EXPECT_TRUE(StatusOf(request).ok());

  auto& metadata = *request.mutable_metadata();
  metadata[""] = "empty key";
  ExpectInvalid(StatusOf(request), "metadata");
  metadata.clear();
  metadata[std::string(65, 'k')] = "long key";
  ExpectInvalid(StatusOf(request), "metadata");
  metadata.clear();
  metadata["key"] = std::string(513, 'v');
  ExpectInvalid(StatusOf(request), "metadata.key");
  metadata["key"] = std::string(1, '\0');
  ExpectInvalid(StatusOf(request), "metadata.key");
  metadata.clear();
  for (int i = 0; i < 33; ++i) metadata["key" + std::to_string(i)] = "";
  ExpectInvalid(StatusOf(request), "metadata");
}

// Whatever a caller sends, it must not spoil the batch that it shares with others, nor the
// service.
TEST_F(CreateTest, TextThatIsNoUtf8IsTheCallersFaultAlone) {
  for (const std::string text :
       {"\xff", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\xaf", "\xf8\x88\x80\x80\x80"}) {
    auto request = Request("user1", "user2", 1);
    request.set_description(text);
    ExpectInvalid(StatusOf(request), "request");
    request.clear_description();
    (*request.mutable_metadata())["key"] = text;
    ExpectInvalid(StatusOf(request), "request");
    request.clear_metadata();
    (*request.mutable_metadata())[text] = "value";
    ExpectInvalid(StatusOf(request), "request");
  }
  EXPECT_EQ(Pay("user1", "user2").sequence(), 1);
}

TEST_F(CreateTest, UnknownAccountsAreNamed) {
  for (const auto& [from, to] : {std::pair("nobody", "user1"), std::pair("user1", "nobody")}) {
    const auto info =
        ExpectError(StatusOf(Request(from, to, 1)), Code::kNotFound, reason::kAccountNotFound);
    EXPECT_EQ(info.metadata().at("account"), "nobody");
  }
}

TEST_F(CreateTest, FundsAndCurrenciesAreChecked) {
  const auto info = ExpectError(StatusOf(Request("poor", "user1", 1)), Code::kFailedPrecondition,
                                reason::kInsufficientFunds);
  EXPECT_EQ(info.metadata().at("account"), "poor");
  ExpectError(StatusOf(Request("user1", "euro", 1)), Code::kFailedPrecondition,
              reason::kCurrencyMismatch);
}

TEST_F(CreateTest, ARepeatAnswersTheFirstPostingAndSaysSo) {
  const auto first = Create(Request("user1", "user2", 5, kId), Token("user1"));
  ASSERT_TRUE(first.ok()) << first.status();
  bool replayed = false;
  // In another case, which is the same UUID.
  const auto second = Create(Request("user1", "user2", 5, "0190163D-8694-739B-AEA5-966C26F8AD91"),
                             Token("user1"), &replayed);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(replayed);
  EXPECT_EQ(first->DebugString(), second->DebugString());
  EXPECT_EQ(store_.GetHead()->sequence, 1);
}

TEST_F(CreateTest, AnIdOfAnotherCallerOrContentIsTaken) {
  ASSERT_TRUE(Create(Request("user1", "user2", 5, kId), Token("user1")).ok());
  ExpectError(Create(Request("user1", "user2", 6, kId), Token("user1")).status(),
              Code::kAlreadyExists, reason::kTransactionExists);
  ExpectError(Create(Request("user1", "user2", 5, kId), AdminToken()).status(),
              Code::kAlreadyExists, reason::kTransactionExists);
  // And it tells a stranger nothing about the transaction.
  const absl::Status stranger = Create(Request("user3", "user2", 5, kId), Token("user3")).status();
  ExpectError(stranger, Code::kAlreadyExists, reason::kTransactionExists);
  EXPECT_EQ(std::string(stranger.message()).find("user1"), std::string::npos);
}

TEST_F(CreateTest, ARefusedRequestMayBeTriedAgainUnderItsId) {
  ExpectError(StatusOf(Request("poor", "user1", 5, kId)), Code::kFailedPrecondition,
              reason::kInsufficientFunds);
  Pay("user1", "poor", 5);
  bool replayed = true;
  EXPECT_TRUE(Create(Request("poor", "user1", 5, kId), AdminToken(), &replayed).ok());
  EXPECT_FALSE(replayed);
}

TEST_F(CreateTest, ValidateOnlyPostsNothing) {
  auto request = Request("user1", "user2", 5, kId);
  request.set_validate_only(true);
  const auto checked = Create(request, AdminToken());
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->sequence(), 0);
  EXPECT_EQ(checked->from_balance(), -5);
  EXPECT_EQ(store_.GetHead()->sequence, 0);
  EXPECT_TRUE(absl::IsNotFound(store_.GetTransactionById(kId).status()));
}

TEST_F(CreateTest, ADatabaseThatGoesAwayAndComesBackCostsNoRestart) {
  Pay("user1", "user2");
  database_.KillConnections();
  EXPECT_EQ(Pay("user1", "user2").sequence(), 2);
}

// --- GetTransaction ---

class GetTest : public ServiceTest {
 protected:
  absl::StatusOr<v1::Transaction> Get(const v1::GetTransactionRequest& request,
                                      const std::string& token) {
    Call call(token);
    v1::Transaction transaction;
    const auto status = transactions_->GetTransaction(&call, request, &transaction);
    if (!status.ok()) return FromGrpcStatus(status);
    return transaction;
  }

  static v1::GetTransactionRequest ById(const std::string& id) {
    v1::GetTransactionRequest request;
    request.set_id(id);
    return request;
  }

  static v1::GetTransactionRequest BySequence(int64_t sequence) {
    v1::GetTransactionRequest request;
    request.set_sequence(sequence);
    return request;
  }
};

TEST_F(GetTest, ATransactionIsReadByIdAndBySequence) {
  const auto posted = Pay("user1", "user2");
  EXPECT_EQ(Get(ById(posted.id()), AdminToken())->DebugString(), posted.DebugString());
  EXPECT_EQ(Get(BySequence(1), RelayToken())->DebugString(), posted.DebugString());
}

TEST_F(GetTest, EachSideSeesItsOwnAndNobodyElseAny) {
  const auto posted = Pay("user1", "user2");
  const auto receiver = Get(ById(posted.id()), Token("user2"));
  ASSERT_TRUE(receiver.ok()) << receiver.status();
  EXPECT_EQ(receiver->to_balance(), 1);
  EXPECT_FALSE(receiver->has_from_balance());
  EXPECT_FALSE(receiver->has_hash());
}

// To the letter, or it could be told apart from one that does not exist.
TEST_F(GetTest, ATransactionOfOthersIsAsOneThatDoesNotExist) {
  const auto posted = Pay("user1", "user2");
  const auto expect_alike = [this](const absl::Status& foreign, const std::string& foreign_key,
                                   const absl::Status& missing, const std::string& missing_key) {
    const auto info = ExpectError(foreign, Code::kNotFound, reason::kTransactionNotFound);
    EXPECT_EQ(info.metadata_size(), 1);
    EXPECT_EQ(info.metadata().at("transaction"), foreign_key);
    const std::string as_missing =
        absl::StrReplaceAll(std::string(missing.message()), {{missing_key, foreign_key}});
    EXPECT_EQ(std::string(foreign.message()), as_missing);
    EXPECT_EQ(GetErrorInfo(missing).metadata().at("transaction"), missing_key);
  };
  const std::string user3 = Token("user3");
  expect_alike(Get(ById(posted.id()), user3).status(), posted.id(), Get(ById(kId), user3).status(),
               kId);
  expect_alike(Get(BySequence(1), user3).status(), "1", Get(BySequence(2), user3).status(), "2");
  const auto reverse = [&](const std::string& id) {
    v1::ReverseTransactionRequest request;
    request.set_id(id);
    v1::Transaction response;
    Call call(user3);
    return FromGrpcStatus(transactions_->ReverseTransaction(&call, request, &response));
  };
  expect_alike(reverse(posted.id()), posted.id(), reverse(kId), kId);
}

TEST_F(GetTest, UnknownAndMalformedKeysAreTold) {
  ExpectError(Get(ById(kId), AdminToken()).status(), Code::kNotFound, reason::kTransactionNotFound);
  ExpectError(Get(BySequence(1), AdminToken()).status(), Code::kNotFound,
              reason::kTransactionNotFound);
  ExpectInvalid(Get(ById("x"), AdminToken()).status(), "id");
  ExpectInvalid(Get(BySequence(-1), AdminToken()).status(), "sequence");
  ExpectInvalid(Get(v1::GetTransactionRequest(), AdminToken()).status(), "sequence");
}

}  // namespace
}  // namespace ledgercast::testing
