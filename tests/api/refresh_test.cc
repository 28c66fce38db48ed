// Refresh tokens: each is good once.

#include <thread>

#include "absl/time/clock.h"
#include "tests/api/auth_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;

class RefreshTest : public AuthTest {
 protected:
  void SetUp() override {}

  void StartWithGrace(absl::Duration grace) {
    options_.tokens.grace = grace;
    Start();
  }

  std::string SignInOnce(const std::string& name = "erin") {
    const auto tokens = SignIn(name, kPassword);
    EXPECT_TRUE(tokens.ok()) << tokens.status();
    return tokens.ok() ? tokens->refresh_token() : "";
  }

  void ExpectRevoked(const std::string& refresh_token) {
    ExpectError(Refresh(refresh_token).status(), Code::kUnauthenticated, reason::kTokenInvalid);
  }

  // As the service signed them before there were families.
  std::string LegacyToken() {
    auto signer = TokenSigner::FromPem(key_.PrivatePem(), "ledgercast", "ledgercast");
    const absl::Time now = absl::Now();
    return signer->Sign(TokenKind::kRefresh, "erin", Role::kMember, now, now + absl::Hours(1));
  }
};

TEST_F(RefreshTest, EachTokenGivesTheNextAndEndsItself) {
  StartWithGrace(absl::ZeroDuration());
  std::string token = SignInOnce();
  for (int i = 0; i < 3; ++i) {
    const auto next = Refresh(token);
    ASSERT_TRUE(next.ok()) << next.status();
    EXPECT_NE(next->refresh_token(), token);
    EXPECT_TRUE(Look("erin", next->access_token()).ok());
    token = next->refresh_token();
  }
}

TEST_F(RefreshTest, AReusedTokenEndsItsSignInWithItsAccessTokensAndNoOther) {
  StartWithGrace(absl::ZeroDuration());
  const std::string other = SignInOnce();
  const std::string stolen = SignInOnce();
  const auto owner = Refresh(stolen);
  ASSERT_TRUE(owner.ok()) << owner.status();
  ExpectRevoked(stolen);
  ExpectRevoked(owner->refresh_token());
  ExpectError(Look("erin", owner->access_token()), Code::kUnauthenticated, reason::kTokenInvalid);
  EXPECT_TRUE(Refresh(other).ok());
}

TEST_F(RefreshTest, TheRelayIsToldWhichSignInsEnded) {
  StartWithGrace(absl::ZeroDuration());
  const auto ended_families = [this] {
    Call call(RelayToken());
    v1::ListRevokedTokensResponse response;
    EXPECT_TRUE(auth_->ListRevokedTokens(&call, {}, &response).ok());
    return response.ended_families_size();
  };
  const std::string stolen = SignInOnce();
  ASSERT_TRUE(Refresh(stolen).ok());
  EXPECT_EQ(ended_families(), 0);
  ExpectRevoked(stolen);
  EXPECT_EQ(ended_families(), 1);
}

TEST_F(RefreshTest, TwoTabsThatShareATokenBothGoOnInOneFamily) {
  StartWithGrace(absl::Minutes(1));
  const std::string shared = SignInOnce();
  const auto one = Refresh(shared);
  const auto two = Refresh(shared);
  ASSERT_TRUE(one.ok() && two.ok()) << one.status() << two.status();
  EXPECT_TRUE(Look("erin", two->access_token()).ok());
  // Whichever goes on first, the other follows; neither outlives the end of the family.
  const auto next = Refresh(two->refresh_token());
  ASSERT_TRUE(next.ok()) << next.status();
  ASSERT_TRUE(Refresh(one->refresh_token()).ok());
  ExpectRevoked(shared);
  ExpectRevoked(next->refresh_token());
  ExpectError(Look("erin", next->access_token()), Code::kUnauthenticated, reason::kTokenInvalid);
}

TEST_F(RefreshTest, OfOneTokenShownToTwoReplicasAtOnceOneIsTheFirst) {
  StartWithGrace(absl::Minutes(1));
  const auto other = TransactionServer::Start(options_, [] { return false; });
  ASSERT_TRUE(other.ok()) << other.status();
  const auto there = v1::AuthService::NewStub(grpc::CreateChannel(
      "127.0.0.1:" + std::to_string((*other)->grpc_port()), grpc::InsecureChannelCredentials()));
  std::string token = SignInOnce();
  for (int round = 0; round < 10; ++round) {
    absl::StatusOr<v1::RefreshTokenResponse> one = absl::UnknownError("");
    std::thread thread([&] { one = Refresh(token); });
    Call call("");
    v1::RefreshTokenRequest request;
    request.set_refresh_token(token);
    v1::RefreshTokenResponse two;
    const auto status = there->RefreshToken(&call, request, &two);
    thread.join();
    ASSERT_TRUE(status.ok() && one.ok()) << status.error_message() << one.status();
    token = round % 2 == 0 ? one->refresh_token() : two.refresh_token();
  }
  // What one replica ends, the other refuses at once, and its access tokens within moments.
  const auto last = Refresh(token);
  ASSERT_TRUE(last.ok()) << last.status();
  database_.Run("UPDATE refresh_families SET rotate_time = rotate_time - interval '1 hour'");
  ExpectRevoked(token);
  Call call("");
  v1::RefreshTokenRequest request;
  request.set_refresh_token(last->refresh_token());
  v1::RefreshTokenResponse response;
  EXPECT_EQ(there->RefreshToken(&call, request, &response).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(RefreshTest, ATokenOfBeforeThereWereFamiliesIsGoodOnce) {
  StartWithGrace(absl::ZeroDuration());
  const std::string legacy = LegacyToken();
  const auto next = Refresh(legacy);
  ASSERT_TRUE(next.ok()) << next.status();
  const auto after = Refresh(next->refresh_token());
  ASSERT_TRUE(after.ok()) << after.status();
  ExpectRevoked(legacy);
  ExpectRevoked(after->refresh_token());
  EXPECT_TRUE(Refresh(LegacyToken()).ok()) << "another one";
}

// What refresh_store.h says of a restored backup.
TEST_F(RefreshTest, ARestoredBackupRevivesNoMoreThanOneTokenOfAFamilyUntilAnotherIsShown) {
  StartWithGrace(absl::ZeroDuration());
  const std::string first = SignInOnce();
  const std::string second = Refresh(first)->refresh_token();
  const std::string calm = SignInOnce();
  database_.Run("CREATE TABLE backup AS SELECT * FROM refresh_families");
  const std::string third = Refresh(second)->refresh_token();
  const std::string fourth = Refresh(third)->refresh_token();
  const std::string later = SignInOnce();
  ExpectRevoked(second);
  ExpectRevoked(fourth);
  database_.Run("DELETE FROM refresh_families; INSERT INTO refresh_families SELECT * FROM backup");
  // What began later is not known.
  ExpectRevoked(later);
  // The newest of the backup is good again, until a token shows up that the backup has not given.
  const auto revived = Refresh(second);
  ASSERT_TRUE(revived.ok()) << revived.status();
  ExpectRevoked(fourth);
  ExpectRevoked(revived->refresh_token());
  ExpectError(Look("erin", revived->access_token()), Code::kUnauthenticated, reason::kTokenInvalid);
  EXPECT_TRUE(Refresh(calm).ok()) << "a family that nothing happened to goes on";
}

TEST_F(RefreshTest, SignInsAreBoundedByAccount) {
  options_.tokens.max_families_per_account = 2;
  StartWithGrace(absl::ZeroDuration());
  const std::string first = SignInOnce();
  const std::string second = SignInOnce();
  const std::string third = SignInOnce();
  const std::string boss = SignInOnce("boss");
  ExpectRevoked(first);
  EXPECT_TRUE(Refresh(second).ok());
  EXPECT_TRUE(Refresh(third).ok());
  EXPECT_TRUE(Refresh(boss).ok());
}

}  // namespace
}  // namespace ledgercast::testing
