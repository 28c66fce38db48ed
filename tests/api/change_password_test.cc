// Changing passwords, and what guessing them costs.

#include "tests/api/auth_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;

constexpr char kNew[] = "battery staple";

class ChangePasswordTest : public AuthTest {
 protected:
  void SetUp() override {
    options_.guesses.first_wait = options_.guesses.longest_wait = absl::Minutes(1);
    AuthTest::SetUp();
  }

  std::string AccessOf(const std::string& name) {
    const auto tokens = SignIn(name, kPassword);
    EXPECT_TRUE(tokens.ok()) << tokens.status();
    return tokens.ok() ? tokens->access_token() : "";
  }

  void ExpectBadCredentials(const absl::Status& status) {
    ExpectError(status, Code::kUnauthenticated, reason::kBadCredentials);
  }

  void FailToSignIn(const std::string& name) {
    for (int i = 0; i < options_.guesses.free_failures; ++i) {
      ExpectBadCredentials(SignIn(name, "wrong password").status());
    }
  }

  void ExpectWait(const absl::Status& status) {
    const auto info = ExpectError(status, Code::kResourceExhausted, reason::kTooBusy);
    const int seconds = std::stoi(info.metadata().at("retryAfterSeconds"));
    EXPECT_GT(seconds, 0);
    EXPECT_LE(seconds, 60);
  }
};

TEST_F(ChangePasswordTest, TheNewOneCountsAndWhatWasIssuedBeforeEnds) {
  const auto tokens = SignIn("erin", kPassword);
  ASSERT_TRUE(tokens.ok()) << tokens.status();
  const absl::Status changed = ChangePassword(tokens->access_token(), "", kPassword, kNew);
  ASSERT_TRUE(changed.ok()) << changed;
  ExpectError(Look("erin", tokens->access_token()), Code::kUnauthenticated, reason::kTokenInvalid);
  ExpectError(Refresh(tokens->refresh_token()).status(), Code::kUnauthenticated,
              reason::kTokenInvalid);
  ExpectBadCredentials(SignIn("erin", kPassword).status());
  const auto fresh = SignIn("erin", kNew);
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  EXPECT_TRUE(Look("erin", fresh->access_token()).ok());
}

TEST_F(ChangePasswordTest, OnesOwnNeedsTheCurrentOneEvenForAnAdmin) {
  for (const char* name : {"erin", "boss"}) {
    const std::string token = AccessOf(name);
    for (const char* username : {"", name}) {
      ExpectBadCredentials(ChangePassword(token, username, "wrong password", kNew));
      ExpectInvalid(ChangePassword(token, username, "", kNew), "current_password");
      ExpectInvalid(ChangePassword(token, username, std::string(257, 'p'), kNew),
                    "current_password");
    }
    EXPECT_TRUE(Look(name, token).ok());
    EXPECT_TRUE(SignIn(name, kPassword).ok());
  }
}

TEST_F(ChangePasswordTest, AnAdminSetsAnybodysWithoutIt) {
  const std::string erin = AccessOf("erin");
  const std::string boss = AccessOf("boss");
  ASSERT_TRUE(ChangePassword(boss, "erin", "", kNew).ok());
  ExpectError(Look("erin", erin), Code::kUnauthenticated, reason::kTokenInvalid);
  EXPECT_TRUE(SignIn("erin", kNew).ok());
  EXPECT_TRUE(Look("boss", boss).ok());
  // One that nobody could sign in as.
  ASSERT_TRUE(ChangePassword(boss, "user1", "", kNew).ok());
  EXPECT_TRUE(SignIn("user1", kNew).ok());
  ExpectError(ChangePassword(boss, "nobody", "", kNew), Code::kNotFound, reason::kAccountNotFound);
}

TEST_F(ChangePasswordTest, AMemberSetsItsOwnOnlyAndLearnsNothingOfOthers) {
  const std::string erin = AccessOf("erin");
  for (const char* name : {"boss", "nobody"}) {
    ExpectError(ChangePassword(erin, name, kPassword, kNew), Code::kPermissionDenied,
                reason::kNotAllowed);
  }
  ExpectError(ChangePassword(RelayToken(), "", kPassword, kNew), Code::kPermissionDenied,
              reason::kNotAllowed);
  EXPECT_TRUE(SignIn("boss", kPassword).ok());
}

TEST_F(ChangePasswordTest, ATokenThatAnotherReplicaRevokedJustNowChangesNothing) {
  const std::string erin = AccessOf("erin");
  ASSERT_TRUE(store_.RevokeTokens("erin").ok());
  ExpectError(ChangePassword(erin, "", kPassword, kNew), Code::kUnauthenticated,
              reason::kTokenInvalid);
  EXPECT_TRUE(SignIn("erin", kPassword).ok());
}

TEST_F(ChangePasswordTest, ANewOneHasEightTo256Bytes) {
  const std::string boss = AccessOf("boss");
  for (const size_t bytes : {0, 7, 257, 100'000}) {
    ExpectInvalid(ChangePassword(boss, "erin", "", std::string(bytes, 'p')), "new_password");
  }
  ExpectInvalid(ChangePassword(boss, "No Name", "", kNew), "username");
  for (const size_t bytes : {8, 256}) {
    ASSERT_TRUE(ChangePassword(boss, "erin", "", std::string(bytes, 'p')).ok());
    EXPECT_TRUE(SignIn("erin", std::string(bytes, 'p')).ok());
  }
}

TEST_F(ChangePasswordTest, AfterSeveralWrongOnesInARowTheRightOneHasToWaitToo) {
  FailToSignIn("erin");
  ExpectWait(SignIn("erin", kPassword).status());
  ExpectWait(SignIn("erin", "wrong password").status());
  EXPECT_TRUE(SignIn("boss", kPassword).ok());
}

TEST_F(ChangePasswordTest, AnUnknownNameHasToWaitAsAKnownOne) {
  FailToSignIn("nobody");
  ExpectWait(SignIn("nobody", kPassword).status());
}

TEST_F(ChangePasswordTest, GuessingTheCurrentOneIsGuessingAsWell) {
  const std::string erin = AccessOf("erin");
  for (int i = 0; i < options_.guesses.free_failures; ++i) {
    ExpectBadCredentials(ChangePassword(erin, "", "wrong password", kNew));
  }
  ExpectWait(ChangePassword(erin, "", kPassword, kNew));
  ExpectWait(SignIn("erin", kPassword).status());
}

TEST_F(ChangePasswordTest, ARightOneInBetweenStartsAnew) {
  for (int round = 0; round < 3; ++round) {
    for (int i = 1; i < options_.guesses.free_failures; ++i) {
      ExpectBadCredentials(SignIn("erin", "wrong password").status());
    }
    ASSERT_TRUE(SignIn("erin", kPassword).ok());
  }
}

TEST_F(ChangePasswordTest, AnAdminWhoSetsANewOneEndsTheWait) {
  FailToSignIn("erin");
  ASSERT_TRUE(ChangePassword(AccessOf("boss"), "erin", "", kNew).ok());
  EXPECT_TRUE(SignIn("erin", kNew).ok());
}

class ShortWaitTest : public ChangePasswordTest {
 protected:
  void SetUp() override {
    options_.guesses.longest_wait = absl::Milliseconds(200);
    AuthTest::SetUp();
  }
};

TEST_F(ShortWaitTest, TheWaitEnds) {
  FailToSignIn("erin");
  ExpectWait(SignIn("erin", kPassword).status());
  const auto signed_in = [&] { return SignIn("erin", kPassword).ok(); };
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (!signed_in()) ASSERT_LT(absl::Now(), deadline);
}

}  // namespace
}  // namespace ledgercast::testing
