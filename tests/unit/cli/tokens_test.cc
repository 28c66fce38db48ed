#include "services/cli/tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "services/common/base/errors.h"
#include "services/common/base/program.h"
#include "services/common/base/proto_time.h"

namespace ledgercast::cli {
namespace {

using ::testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
constexpr absl::Duration kLife = absl::Minutes(15);

class TokensTest : public ::testing::Test {
 protected:
  TokensTest() {
    std::string pattern = ::testing::TempDir() + "cli_tokens_test.XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }

  CredentialsFile File() const { return CredentialsFile(folder_ + "/a/b"); }

  Credentials SignedIn(const std::string& access = "access") const {
    Credentials credentials;
    credentials.service = "localhost:1";
    credentials.tls.ca_file = "/ca.pem";
    credentials.username = "ann";
    v1::IssueTokenResponse response;
    response.set_access_token(access);
    response.set_refresh_token("refresh");
    *response.mutable_expires_at() = ToProto(kNow + kLife);
    credentials.Take(response, kNow);
    return credentials;
  }

  // Answers access-1, access-2 ... and fails with `failure_` if that is set.
  Tokens::Refresh Refresh() {
    return [this](const std::string& refresh_token) -> absl::StatusOr<v1::RefreshTokenResponse> {
      if (!failure_.ok()) return failure_;
      EXPECT_FALSE(refresh_token.empty());
      const std::string number = std::to_string(++refreshes_);
      v1::RefreshTokenResponse response;
      response.set_access_token("access-" + number);
      response.set_refresh_token("refresh-" + number);
      *response.mutable_expires_at() = ToProto(now() + kLife);
      return response;
    };
  }

  absl::Time now() const { return kNow + absl::Seconds(seconds_.load()); }
  Clock ClockOfTest() const {
    return [this] { return now(); };
  }
  void Pass(absl::Duration duration) { seconds_ += absl::ToInt64Seconds(duration); }

  std::string folder_;
  std::atomic<int64_t> seconds_ = 0;
  std::atomic<int> refreshes_ = 0;
  absl::Status failure_;
};

TEST_F(TokensTest, CredentialsAreReadBackAndTheirOwnersOnly) {
  ASSERT_TRUE(File().Write(SignedIn()).ok());
  const auto read = File().Read();
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->service, "localhost:1");
  EXPECT_EQ(read->tls.ca_file, "/ca.pem");
  EXPECT_EQ(read->username, "ann");
  EXPECT_EQ(read->access_token, "access");
  EXPECT_EQ(read->refresh_token, "refresh");
  EXPECT_EQ(read->expires_at, kNow + kLife);
  EXPECT_EQ(read->refresh_at, kNow + absl::Minutes(12));
  struct stat found = {};
  ASSERT_EQ(stat(File().path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
  ASSERT_EQ(stat((folder_ + "/a/b").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700u);
}

TEST_F(TokensTest, WithoutCredentialsOneIsToldToSignIn) {
  EXPECT_EQ(MessageOf(File().Read().status()), "you are not signed in: run ledgercast login");
  ASSERT_TRUE(File().Write(SignedIn()).ok());
  std::ofstream(File().path()) << "{\"service\":";
  EXPECT_THAT(std::string(MessageOf(File().Read().status())), HasSubstr("run ledgercast login"));
  EXPECT_TRUE(File().Remove().ok());
  EXPECT_TRUE(absl::IsNotFound(File().Remove()));
}

TEST_F(TokensTest, TheFileIsWhereXdgPutsIt) {
  setenv("XDG_CONFIG_HOME", "/config", 1);
  EXPECT_EQ(CredentialsFile::Default()->path(), "/config/ledgercast/credentials.json");
  setenv("XDG_CONFIG_HOME", "relative", 1);
  setenv("HOME", "/home/ann", 1);
  EXPECT_EQ(CredentialsFile::Default()->path(), "/home/ann/.config/ledgercast/credentials.json");
  unsetenv("XDG_CONFIG_HOME");
  unsetenv("HOME");
  EXPECT_FALSE(CredentialsFile::Default().ok());
}

TEST_F(TokensTest, AGoodTokenIsKeptAndOneNearItsEndRefreshed) {
  ASSERT_TRUE(File().Write(SignedIn()).ok());
  Tokens tokens(SignedIn(), File(), Refresh(), ClockOfTest());
  Pass(absl::Minutes(11));
  EXPECT_EQ(*tokens.Current(), "access");
  Pass(absl::Minutes(2));
  EXPECT_EQ(*tokens.Current(), "access-1");
  EXPECT_EQ(*tokens.Current(), "access-1");
  EXPECT_EQ(File().Read()->access_token, "access-1");
  EXPECT_EQ(File().Read()->refresh_token, "refresh-1");
}

TEST_F(TokensTest, ManyAtOnceRefreshOnce) {
  ASSERT_TRUE(File().Write(SignedIn()).ok());
  Pass(absl::Minutes(13));
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([this] {
      Tokens tokens(SignedIn(), File(), Refresh(), ClockOfTest());
      EXPECT_EQ(*tokens.Current(), "access-1");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refreshes_, 1);
  EXPECT_EQ(File().Read()->access_token, "access-1");
}

TEST_F(TokensTest, ARefusedTokenIsRenewedWhateverTheClockSays) {
  ASSERT_TRUE(File().Write(SignedIn()).ok());
  Tokens one(SignedIn(), File(), Refresh(), ClockOfTest());
  Tokens other(SignedIn(), File(), Refresh(), ClockOfTest());
  EXPECT_EQ(*one.Renew("access"), "access-1");
  EXPECT_EQ(*one.Renew("access"), "access-1");
  EXPECT_EQ(*other.Renew("access"), "access-1");
  EXPECT_EQ(refreshes_, 1);
}

TEST_F(TokensTest, AServiceThatIsAwayIsNoMatterWhileTheTokenIsGood) {
  Tokens tokens(SignedIn(), std::nullopt, Refresh(), ClockOfTest());
  failure_ = absl::UnavailableError("away");
  Pass(absl::Minutes(13));
  EXPECT_EQ(*tokens.Current(), "access");
  Pass(absl::Minutes(3));
  EXPECT_TRUE(absl::IsUnavailable(tokens.Current().status()));
}

// A refresh token is good once: what an earlier process has got for it is in the file.
TEST_F(TokensTest, EachRefreshTokenIsShownOnce) {
  ASSERT_TRUE(File().Write(SignedIn()).ok());
  std::vector<std::string> shown;
  const auto refresh = [&](const std::string& token) {
    shown.push_back(token);
    return Refresh()(token);
  };
  for (int process = 0; process < 3; ++process) {
    Tokens tokens(*File().Read(), File(), refresh, ClockOfTest());
    // One that started with what was in the file at first.
    Tokens old(SignedIn(), File(), refresh, ClockOfTest());
    Pass(absl::Minutes(13));
    const std::string token = *tokens.Current();
    EXPECT_EQ(*old.Current(), token);
  }
  EXPECT_THAT(shown, ::testing::ElementsAre("refresh", "refresh-1", "refresh-2"));
}

TEST_F(TokensTest, WhereTheAnswerWasLostTheSameTokenIsShownAtOnceAgain) {
  ASSERT_TRUE(File().Write(SignedIn()).ok());
  std::vector<std::string> shown;
  Tokens tokens(
      SignedIn(), File(),
      [&](const std::string& token) -> absl::StatusOr<v1::RefreshTokenResponse> {
        shown.push_back(token);
        if (shown.size() == 1) return absl::UnavailableError("the connection broke");
        return Refresh()(token);
      },
      ClockOfTest());
  Pass(absl::Minutes(13));
  EXPECT_EQ(*tokens.Current(), "access-1");
  EXPECT_THAT(shown, ::testing::ElementsAre("refresh", "refresh"));
  EXPECT_EQ(File().Read()->refresh_token, "refresh-1");
}

TEST_F(TokensTest, ASignInThatHasEndedSaysSo) {
  Tokens tokens(SignedIn(), std::nullopt, Refresh(), ClockOfTest());
  failure_ = absl::UnauthenticatedError("expired");
  Pass(absl::Minutes(13));
  EXPECT_EQ(MessageOf(tokens.Current().status()), "your sign-in has ended: run ledgercast login");
}

TEST_F(TokensTest, AnothersSignInIsNotTakenOver) {
  Tokens tokens(SignedIn(), File(), Refresh(), ClockOfTest());
  Credentials other = SignedIn("other");
  other.username = "bob";
  ASSERT_TRUE(File().Write(other).ok());
  EXPECT_THAT(std::string(MessageOf(tokens.Renew("access").status())),
              HasSubstr("somebody else has signed in"));
  EXPECT_EQ(File().Read()->access_token, "other");
}

}  // namespace
}  // namespace ledgercast::cli
