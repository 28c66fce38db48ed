// Ending tokens before their time.

#include "services/common/base/proto_time.h"
#include "tests/api/auth_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;

constexpr absl::Duration kElsewhere = absl::Seconds(10);  // promised: about one second

class RevokeTokensTest : public AuthTest {
 protected:
  void SetUp() override {
    AuthTest::SetUp();
    ASSERT_TRUE(elsewhere_.Start(options_));
  }

  // Another replica on the same database.
  struct Replica {
    bool Start(const TransactionOptions& options) {
      auto started = TransactionServer::Start(options, [] { return false; });
      EXPECT_TRUE(started.ok()) << started.status();
      if (!started.ok()) return false;
      server = *std::move(started);
      const auto channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(server->grpc_port()),
                                               grpc::InsecureChannelCredentials());
      transactions = v1::TransactionService::NewStub(channel);
      accounts = v1::AccountService::NewStub(channel);
      return true;
    }

    absl::Status Look(const std::string& name, const std::string& token) {
      Call call(token);
      v1::GetAccountRequest request;
      request.set_name(name);
      v1::Account response;
      return FromGrpcStatus(accounts->GetAccount(&call, request, &response));
    }

    std::unique_ptr<TransactionServer> server;
    std::unique_ptr<v1::TransactionService::Stub> transactions;
    std::unique_ptr<v1::AccountService::Stub> accounts;
  };

  v1::IssueTokenResponse Tokens(const std::string& name) {
    auto tokens = SignIn(name, kPassword);
    EXPECT_TRUE(tokens.ok()) << tokens.status();
    return tokens.ok() ? *std::move(tokens) : v1::IssueTokenResponse();
  }

  Replica elsewhere_;
};

TEST_F(RevokeTokensTest, OnesOwnEndAtOnceAndSigningInGivesGoodOnes) {
  const auto tokens = Tokens("erin");
  ASSERT_TRUE(Look("erin", tokens.access_token()).ok());
  ASSERT_TRUE(Revoke(tokens.access_token()).ok());
  ExpectAllRefuse(tokens.access_token(), reason::kTokenInvalid);
  ExpectError(Refresh(tokens.refresh_token()).status(), Code::kUnauthenticated,
              reason::kTokenInvalid);
  const auto again = Tokens("erin");
  EXPECT_TRUE(Look("erin", again.access_token()).ok());
  EXPECT_TRUE(Refresh(again.refresh_token()).ok());
}

TEST_F(RevokeTokensTest, OnlyTheRelayIsToldWhoWasRevoked) {
  const auto ask = [this](const std::string& token, v1::ListRevokedTokensResponse* response) {
    Call call(token);
    return FromGrpcStatus(auth_->ListRevokedTokens(&call, {}, response));
  };
  v1::ListRevokedTokensResponse revoked;
  ASSERT_TRUE(ask(RelayToken(), &revoked).ok());
  EXPECT_FALSE(revoked.lowest_good_generations().contains("erin"));
  EXPECT_LT(FromProto(revoked.known_since()), absl::Now());

  ASSERT_TRUE(Revoke(Tokens("erin").access_token()).ok());
  ASSERT_TRUE(ask(RelayToken(), &revoked).ok());
  EXPECT_EQ(revoked.lowest_good_generations().at("erin"), 1);
  EXPECT_EQ(revoked.lowest_good_generations().size(), 1u);
  for (const std::string& token : {Tokens("erin").access_token(), AdminToken()}) {
    ExpectError(ask(token, &revoked), Code::kPermissionDenied, reason::kNotAllowed);
  }
  ExpectError(ask("", &revoked), Code::kUnauthenticated, reason::kTokenMissing);
}

TEST_F(RevokeTokensTest, TokensOfARefreshEndWithTheOthers) {
  const auto fresh = Refresh(Tokens("erin").refresh_token());
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  ASSERT_TRUE(Revoke(Tokens("erin").access_token(), "erin").ok());
  ExpectError(Look("erin", fresh->access_token()), Code::kUnauthenticated, reason::kTokenInvalid);
  ExpectError(Refresh(fresh->refresh_token()).status(), Code::kUnauthenticated,
              reason::kTokenInvalid);
}

TEST_F(RevokeTokensTest, AnAdminEndsAnybodysAndNobodyElses) {
  const auto erin = Tokens("erin");
  const auto boss = Tokens("boss");
  ASSERT_TRUE(Revoke(boss.access_token(), "erin").ok());
  ExpectError(Look("erin", erin.access_token()), Code::kUnauthenticated, reason::kTokenInvalid);
  EXPECT_TRUE(Look("boss", boss.access_token()).ok());
  EXPECT_TRUE(Refresh(boss.refresh_token()).ok());
  ExpectError(Revoke(boss.access_token(), "nobody"), Code::kNotFound, reason::kAccountNotFound);
}

TEST_F(RevokeTokensTest, AMemberEndsItsOwnOnlyAndLearnsNothingOfOthers) {
  const std::string erin = Tokens("erin").access_token();
  for (const char* name : {"boss", "nobody"}) {
    ExpectError(Revoke(erin, name), Code::kPermissionDenied, reason::kNotAllowed);
  }
  ExpectError(Revoke(RelayToken()), Code::kPermissionDenied, reason::kNotAllowed);
  ExpectInvalid(Revoke(erin, "No Name"), "username");
  EXPECT_TRUE(Look("erin", erin).ok());
}

TEST_F(RevokeTokensTest, AnotherReplicaRefusesThemSoon) {
  const auto erin = Tokens("erin");
  const auto boss = Tokens("boss");
  ASSERT_TRUE(elsewhere_.Look("erin", erin.access_token()).ok());
  ASSERT_TRUE(Revoke(erin.access_token()).ok());
  const absl::Time revoked = absl::Now();
  absl::Status status;
  while (status.ok() && absl::Now() - revoked < kElsewhere) {
    status = elsewhere_.Look("erin", erin.access_token());
  }
  ExpectError(status, Code::kUnauthenticated, reason::kTokenInvalid);
  EXPECT_TRUE(elsewhere_.Look("boss", boss.access_token()).ok());
  EXPECT_TRUE(elsewhere_.Look("erin", Tokens("erin").access_token()).ok());
}

TEST_F(RevokeTokensTest, ADemotedAdminsTokensEndSoonEverywhere) {
  const auto boss = Tokens("boss");
  v1::UpdateAccountRequest request;
  request.mutable_account()->set_name("boss");
  request.mutable_update_mask()->add_paths("department");
  v1::Account updated;
  Call call(AdminToken());
  ASSERT_TRUE(accounts_->UpdateAccount(&call, request, &updated).ok());
  const absl::Time demoted = absl::Now();
  absl::Status here;
  absl::Status there;
  while ((here.ok() || there.ok()) && absl::Now() - demoted < kElsewhere) {
    here = Look("erin", boss.access_token());
    there = elsewhere_.Look("erin", boss.access_token());
  }
  ExpectError(here, Code::kUnauthenticated, reason::kTokenInvalid);
  ExpectError(there, Code::kUnauthenticated, reason::kTokenInvalid);
  // Who signs in anew does so as the member that it is now.
  ExpectError(Look("erin", Tokens("boss").access_token()), Code::kPermissionDenied,
              reason::kNotAllowed);
}

TEST_F(RevokeTokensTest, AReplicaThatStartsRefusesThemFromItsFirstCallOn) {
  const auto erin = Tokens("erin");
  ASSERT_TRUE(Revoke(erin.access_token()).ok());
  Stop();
  Start();
  ExpectError(Look("erin", erin.access_token()), Code::kUnauthenticated, reason::kTokenInvalid);
}

TEST_F(RevokeTokensTest, AWatchInProgressEndsOnEveryReplicaAndOthersGoOn) {
  const std::string erin = Tokens("erin").access_token();
  const std::string boss = Tokens("boss").access_token();
  v1::WatchTransactionsRequest request;
  request.mutable_progress_interval()->set_seconds(60);
  const auto here = Watch(erin, "");
  WatchCall there(elsewhere_.transactions.get(), erin, request);
  const auto other = Watch(boss, "");
  for (WatchCall* watch : {here.get(), &there, other.get()}) ASSERT_TRUE(watch->Next());
  ASSERT_TRUE(Revoke(erin).ok());
  const absl::Time revoked = absl::Now();
  for (WatchCall* watch : {here.get(), &there}) {
    const std::string cursor = watch->cursor();
    while (watch->Next()) {
    }
    const auto info = ExpectError(watch->Finish(), Code::kUnauthenticated, reason::kTokenInvalid);
    EXPECT_EQ(info.metadata().at("cursor"), cursor);
  }
  EXPECT_LT(absl::Now() - revoked, kElsewhere);
  Pay("user1", "erin");
  EXPECT_TRUE(other->Next());
}

}  // namespace
}  // namespace ledgercast::testing
