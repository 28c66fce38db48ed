// Who gets to sign in while others guess passwords.

#include <atomic>
#include <thread>

#include "absl/synchronization/blocking_counter.h"
#include "services/common/base/client_address.h"
#include "tests/api/auth_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;

constexpr int kFewGuesses = 5;

class SignInTest : public AuthTest {
 protected:
  // Longer than a test takes.
  SignInTest() { options_.guesses.first_wait = absl::Minutes(1); }

  // As an edge asks for a client of its own. `token` proves that it is one.
  absl::Status SignInFrom(const std::string& address, const std::string& name,
                          const std::string& password, const std::string& token) {
    Call call(token);
    call->AddMetadata(kClientAddressKey, address);
    v1::IssueTokenRequest request;
    request.set_username(name);
    request.set_password(password);
    v1::IssueTokenResponse response;
    return FromGrpcStatus(auth_->IssueToken(&call, request, &response));
  }

  absl::Status SignInFrom(const std::string& address, const std::string& name,
                          const std::string& password = kPassword) {
    return SignInFrom(address, name, password, RelayToken());
  }

  // Guesses until it has to wait.
  void GuessUntilRefused(const std::string& address, const std::string& name) {
    absl::Status status;
    for (int i = 0; i < 50 && !absl::IsResourceExhausted(status); ++i) {
      status = SignInFrom(address, name, "wrong password");
    }
    ExpectError(status, Code::kResourceExhausted, reason::kTooBusy);
  }
};

TEST_F(SignInTest, AnOwnerWhoseNameIsUnderAttackGetsInFromElsewhere) {
  GuessUntilRefused("198.51.100.1:1000", "erin");
  ExpectError(SignInFrom("198.51.100.1:2000", "erin"), Code::kResourceExhausted, reason::kTooBusy);
  EXPECT_TRUE(SignInFrom("203.0.113.1:1000", "erin").ok());
  EXPECT_TRUE(SignIn("erin", kPassword).ok()) << "its own address did not guess either";
}

TEST_F(SignInTest, OneIpv6NetworkIsOneClient) {
  GuessUntilRefused("[2001:db8:1:2::1]:1000", "erin");
  ExpectError(SignInFrom("[2001:db8:1:2:ffff::2]:1", "erin"), Code::kResourceExhausted,
              reason::kTooBusy);
  EXPECT_TRUE(SignInFrom("[2001:db8:1:3::1]:1", "erin").ok());
}

TEST_F(SignInTest, OnlyTheRelayIsBelievedWhenItNamesAnAddress) {
  int address = 0;
  const auto guess = [&](const std::string& token) {
    return SignInFrom("198.51.100." + std::to_string(++address) + ":1", "erin", "wrong", token);
  };
  for (const std::string& token :
       {std::string(), Token("user1"), AdminToken(), std::string("not.a.token")}) {
    absl::Status status;
    for (int i = 0; i < 50 && !absl::IsResourceExhausted(status); ++i) status = guess(token);
    EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  }
  // All of those were this test's own address.
  ExpectError(SignIn("erin", kPassword).status(), Code::kResourceExhausted, reason::kTooBusy);
  EXPECT_TRUE(SignInFrom("203.0.113.1:1", "erin").ok());
}

TEST_F(SignInTest, AnAdminWhoSetsAnotherPasswordEndsTheWait) {
  GuessUntilRefused("198.51.100.1:1000", "erin");
  const auto boss = SignIn("boss", kPassword);
  ASSERT_TRUE(ChangePassword(boss->access_token(), "erin", "", "another password").ok());
  EXPECT_TRUE(SignInFrom("198.51.100.1:1000", "erin", "another password").ok());
}

// Eight callers that guess as fast as they can, each with another name every time.
TEST_F(SignInTest, WhoeverGuessesDoesNotTakeTheTurnsOfOthers) {
  std::atomic<bool> over = false;
  // Until each of the callers has guessed some.
  absl::BlockingCounter guessed(8 * kFewGuesses);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int guess = 0; guess < kFewGuesses || !over; ++guess) {
        (void)SignInFrom("198.51.100." + std::to_string(i % 2) + ":1",
                         "name" + std::to_string(i) + "-" + std::to_string(guess),
                         "wrong password");
        if (guess < kFewGuesses) guessed.DecrementCount();
      }
    });
  }
  guessed.Wait();
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(SignInFrom("203.0.113." + std::to_string(i) + ":1", "erin").ok());
  }
  over = true;
  for (std::thread& thread : threads) thread.join();
}

TEST_F(SignInTest, APasswordIsNotCheckedForACallerThatHasLeft) {
  // What waits behind a crowd of its own address is called off: only the first ones were begun.
  const int kCrowd = 8;
  std::vector<std::thread> threads;
  for (int i = 0; i < kCrowd; ++i) {
    threads.emplace_back([&] {
      Call call("", absl::Milliseconds(1));
      v1::IssueTokenRequest request;
      request.set_username("erin");
      request.set_password("wrong password");
      v1::IssueTokenResponse response;
      const auto status = auth_->IssueToken(&call, request, &response);
      EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
    });
  }
  for (std::thread& thread : threads) thread.join();
  // So few of them failed that its address may go on: five would have been too many.
  EXPECT_TRUE(SignIn("erin", kPassword).ok());
}

}  // namespace
}  // namespace ledgercast::testing
