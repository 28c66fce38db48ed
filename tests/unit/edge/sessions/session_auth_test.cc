// Who a socket is taken for, and how it ends when that is nobody.

#include <gtest/gtest.h>

#include "tests/support/edge_session_fixture.h"

namespace ledgercast::testing {
namespace {

using Json = nlohmann::json;

TEST_F(SessionTest, ATokenOfTheHandshakeAuthenticates) {
  Open(Token("user1"));
  const Json frame = Take("authenticated");
  EXPECT_EQ(frame["data"]["subject"], "user1");
  EXPECT_EQ(frame["data"]["admin"], false);
  EXPECT_EQ(frame["data"]["expiresAt"], "2023-11-14T22:28:20Z");
  EXPECT_EQ(frame["data"]["ledger"], LedgerMaker::kLedger);
  EXPECT_FALSE(frame.contains("id"));
  EXPECT_FALSE(socket_.close_code.has_value());
}

TEST_F(SessionTest, AFirstFrameAuthenticatesAndItsIdComesBack) {
  Open();
  Send({{"state", "authenticate"}, {"data", {{"token", Token("boss", Role::kAdmin)}}}, {"id", 7}});
  const Json frame = Take("authenticated");
  EXPECT_EQ(frame["data"]["admin"], true);
  EXPECT_EQ(frame["id"], 7);
}

TEST_F(SessionTest, ABareTokenAuthenticates) {
  Open();
  Send({{"token", Token("user1")}});
  EXPECT_EQ(Take("authenticated")["data"]["subject"], "user1");
}

TEST_F(SessionTest, BadTokensAreToldWhyAndClosedWith4401) {
  const std::string expired = Token("user1", Role::kMember, absl::Seconds(-1));
  const auto foreign = TokenSigner::FromPem(key_.PrivatePem(), "ledgercast", "somebody else");
  const std::string other_audience = foreign->Sign(TokenKind::kAccess, "user1", Role::kMember,
                                                   clock_.now, clock_.now + absl::Minutes(1));
  const auto good = TokenSigner::FromPem(key_.PrivatePem(), "ledgercast", "ledgercast");
  const std::string refresh = good->Sign(TokenKind::kRefresh, "user1", Role::kMember, clock_.now,
                                         clock_.now + absl::Minutes(1));
  const std::string relay = Token("relay", Role::kRelay);
  for (const auto& [token, why] :
       std::vector<std::pair<std::string, std::string>>{{expired, "TOKEN_EXPIRED"},
                                                        {other_audience, "TOKEN_INVALID"},
                                                        {refresh, "TOKEN_INVALID"},
                                                        {relay, "TOKEN_INVALID"},
                                                        {"rubbish", "TOKEN_INVALID"}}) {
    socket_ = FakeSocket();
    Open(token);
    ExpectError("UNAUTHENTICATED", why);
    EXPECT_EQ(socket_.close_code, CloseCode::kUnauthenticated) << why;
  }
}

TEST_F(SessionTest, AnEmptyTokenIsMissing) {
  Open();
  Send({{"state", "authenticate"}, {"data", Json::object()}, {"id", "a"}});
  ExpectError("UNAUTHENTICATED", "TOKEN_MISSING", "a");
  EXPECT_EQ(socket_.close_code, CloseCode::kUnauthenticated);
}

TEST_F(SessionTest, NoTokenInTimeClosesWith4408) {
  Open();
  Pass(absl::Seconds(4));
  EXPECT_FALSE(socket_.close_code.has_value());
  Pass(absl::Seconds(2));
  EXPECT_EQ(socket_.close_code, CloseCode::kNoTokenInTime);
}

TEST_F(SessionTest, NothingButAuthenticateComesFirst) {
  Open();
  Send({{"state", "watch"}, {"data", {{"after", "now"}}}, {"id", "w"}});
  ExpectError("UNAUTHENTICATED", "TOKEN_MISSING", "w");
  EXPECT_EQ(socket_.close_code, CloseCode::kUnauthenticated);
}

TEST_F(SessionTest, AnUnknownKeyIsFetchedOnceAndTheFramesWait) {
  const auto signer = TokenSigner::FromPem(other_key_.PrivatePem(), "ledgercast", "ledgercast");
  const std::string token = signer->Sign(TokenKind::kAccess, "user1", Role::kMember, clock_.now,
                                         clock_.now + absl::Minutes(1));
  keys_.after_refetch = VerifierOf({key_.jwk(), other_key_.jwk()});
  session_ = Session::Open(&context_, &socket_, Handshake{token});
  session_->OnMessage(R"({"state":"ping","id":1})");
  Settle();
  Take("authenticated");
  EXPECT_EQ(Take("pong")["id"], 1);
  EXPECT_EQ(keys_.refetches, 1);
}

TEST_F(SessionTest, AKeyThatNobodyHasIsRefusedAfterOneFetch) {
  const auto signer = TokenSigner::FromPem(other_key_.PrivatePem(), "ledgercast", "ledgercast");
  Open(signer->Sign(TokenKind::kAccess, "user1", Role::kMember, clock_.now,
                    clock_.now + absl::Minutes(1)));
  ExpectError("UNAUTHENTICATED", "TOKEN_INVALID");
  EXPECT_EQ(keys_.refetches, 1);
}

TEST_F(SessionTest, TokensWaitUntilTheEdgeIsReady) {
  const auto verifier = std::exchange(keys_.current, nullptr);
  Open(Token("user1"));
  Pass(absl::Seconds(1));
  EXPECT_TRUE(socket_.frames.empty());
  keys_.current = verifier;
  Pass(absl::Seconds(1));
  Take("authenticated");
}

TEST_F(SessionTest, AnEdgeThatDoesNotGetReadyClosesWith1013) {
  keys_.current = nullptr;
  Open(Token("user1"));
  Pass(absl::Seconds(6));
  EXPECT_EQ(socket_.close_code, CloseCode::kOverloaded);
}

TEST_F(SessionTest, OnlySoManyFramesWaitWithAToken) {
  keys_.current = nullptr;
  Open(Token("user1"));
  for (int i = 0; i < 17; ++i) SendText(R"({"state":"ping"})");
  EXPECT_EQ(socket_.close_code, CloseCode::kTooMany);
}

TEST_F(SessionTest, ARefreshedTokenKeepsTheSocketOpen) {
  OpenAs("user1");
  Pass(absl::Minutes(14) + absl::Seconds(1));
  EXPECT_EQ(Take("reauthenticate")["data"]["expiresAt"], "2023-11-14T22:28:20Z");
  Send({{"state", "refresh"}, {"data", {{"token", Token("user1")}}}, {"id", "r"}});
  EXPECT_EQ(Take("authenticated")["id"], "r");
  Pass(absl::Minutes(10));
  EXPECT_FALSE(socket_.close_code.has_value());
}

TEST_F(SessionTest, ATokenThatEndsClosesWith4401) {
  OpenAs("user1");
  Pass(absl::Minutes(14) + absl::Seconds(1));
  Take("reauthenticate");
  Pass(absl::Minutes(1));
  ExpectError("UNAUTHENTICATED", "TOKEN_EXPIRED");
  EXPECT_EQ(socket_.close_code, CloseCode::kUnauthenticated);
}

TEST_F(SessionTest, ARevokedTokenClosesWith4401AndIsNotLetInAgain) {
  OpenAs("user1");
  session_->EndIfRevoked(*revoked_->With("user2", 1));
  EXPECT_FALSE(socket_.close_code.has_value());
  revoked_ = revoked_->With("user1", 1);
  session_->EndIfRevoked(*revoked_);
  Settle();
  ExpectError("UNAUTHENTICATED", "TOKEN_INVALID");
  EXPECT_EQ(socket_.close_code, CloseCode::kUnauthenticated);
  socket_ = FakeSocket();
  Open(Token("user1"));
  ExpectError("UNAUTHENTICATED", "TOKEN_INVALID");
  EXPECT_EQ(socket_.close_code, CloseCode::kUnauthenticated);
}

TEST_F(SessionTest, ATokenOfSomebodyElseClosesWith4403) {
  OpenAs("user1");
  Send({{"state", "refresh"}, {"data", {{"token", Token("user2")}}}});
  ExpectError("PERMISSION_DENIED", "NOT_ALLOWED");
  EXPECT_EQ(socket_.close_code, CloseCode::kNotAllowed);
}

TEST_F(SessionTest, WhoeverMaySeeLessByItsNewTokenComesAgainWithIt) {
  OpenAs("user1", Role::kAdmin);
  Send({{"state", "refresh"}, {"data", {{"token", Token("user1")}}}});
  ExpectError("UNAUTHENTICATED", "TOKEN_INVALID");
  EXPECT_EQ(socket_.close_code, CloseCode::kUnauthenticated);
}

TEST_F(SessionTest, ABadRefreshClosesWith4401) {
  OpenAs("user1");
  Send({{"state", "refresh"}, {"data", {{"token", "rubbish"}}}});
  ExpectError("UNAUTHENTICATED", "TOKEN_INVALID");
  EXPECT_EQ(socket_.close_code, CloseCode::kUnauthenticated);
}

}  // namespace
}  // namespace ledgercast::testing
