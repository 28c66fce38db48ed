#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "services/common/base/program.h"
#include "services/transaction/posting/uuid.h"
#include "tests/support/cli_fixture.h"
#include "tests/support/cli_service.h"

namespace ledgercast {
namespace {

using ::testing::HasSubstr;

// Commands as `ledgercast login` leaves them signed in.
class CliSignInTest : public CliFixture {
 protected:
  int LogIn(const std::string& password = "the boss's password\n") {
    return Run({"login", "--service", service_.address(), "--username", "boss", "--password-file",
                File("boss", password)});
  }

  std::string CredentialsPath() const { return folder_ + "/ledgercast/credentials.json"; }

  std::string Credentials() const {
    const auto content = ReadFile(CredentialsPath(), 1 << 20);
    return content.ok() ? *content : "";
  }

  std::vector<std::string> Post(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"post", "--from",   "ann", "--to",
                                          "bob",  "--amount", "1250"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  CliService service_;
};

TEST_F(CliSignInTest, LoginKeepsTokensForItsOwnerOnly) {
  ASSERT_EQ(LogIn(), 0) << error_;
  EXPECT_EQ(out_, "signed in at " + service_.address() + " as 'boss'\n");
  EXPECT_THAT(Credentials(), HasSubstr("\"accessToken\": \"a.b.c\""));
  EXPECT_THAT(Credentials(), ::testing::Not(HasSubstr("password")));
  struct stat found = {};
  ASSERT_EQ(stat(CredentialsPath().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
}

TEST_F(CliSignInTest, AWrongPasswordKeepsNothing) {
  EXPECT_EQ(LogIn("guess"), 1);
  EXPECT_THAT(error_, HasSubstr("(BAD_CREDENTIALS)"));
  EXPECT_EQ(Credentials(), "");
}

TEST_F(CliSignInTest, WithoutASignInEveryCommandSaysWhatToDo) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"accounts", "list"},
        {"accounts", "show", "ann"},
        Post(),
        {"list"},
        {"watch"},
        {"load", File("rows.csv", "from_account,to_account,amount\nann,bob,1\n")},
        {"verify"}}) {
    EXPECT_EQ(Run(arguments), 2) << ::testing::PrintToString(arguments);
    EXPECT_EQ(error_, "ledgercast: you are not signed in: run ledgercast login\n");
  }
}

TEST_F(CliSignInTest, TokensGoToNoOtherService) {
  ASSERT_EQ(LogIn(), 0) << error_;
  EXPECT_EQ(Run({"accounts", "list", "--service", "127.0.0.1:1"}), 2);
  EXPECT_THAT(error_, HasSubstr("you are signed in at " + service_.address()));
}

TEST_F(CliSignInTest, LogoutForgets) {
  ASSERT_EQ(LogIn(), 0) << error_;
  EXPECT_EQ(Run({"logout"}), 0);
  EXPECT_EQ(Run({"accounts", "list"}), 2);
  EXPECT_EQ(Run({"logout"}), 0);
  EXPECT_EQ(out_, "you were not signed in\n");
}

TEST_F(CliSignInTest, ATokenThatTheServiceRefusesIsRenewedOnceAndKept) {
  ASSERT_EQ(LogIn(), 0) << error_;
  service_.EndAccessToken();
  EXPECT_EQ(Run({"accounts", "list"}), 0) << error_;
  EXPECT_THAT(Credentials(), HasSubstr("\"accessToken\": \"a.b.cx\""));
}

TEST_F(CliSignInTest, ASignInThatHasEndedSaysWhatToDo) {
  ASSERT_EQ(LogIn(), 0) << error_;
  service_.EndAccessToken();
  service_.EndRefreshToken();
  EXPECT_EQ(Run({"accounts", "list"}), 2);
  EXPECT_EQ(error_, "ledgercast: your sign-in has ended: run ledgercast login\n");
}

TEST_F(CliSignInTest, AccountsAreListedPageByPageInTheirUnits) {
  ASSERT_EQ(LogIn(), 0) << error_;
  ASSERT_EQ(Run({"accounts", "list"}), 0) << error_;
  EXPECT_EQ(out_,
            "NAME  BALANCE  MINIMUM  CURRENCY  DEPARTMENT  DISPLAY NAME\n"
            "ann    -12.50     none  USD\n"
            "bob    -12.50     none  USD\n");
  ASSERT_EQ(Run({"accounts", "list", "--json"}), 0) << error_;
  EXPECT_EQ(
      out_,
      "{\"name\":\"ann\",\"currency\":\"USD\",\"balance\":\"-1250\",\"minorUnitDigits\":2}\n"
      "{\"name\":\"bob\",\"currency\":\"USD\",\"balance\":\"-1250\",\"minorUnitDigits\":2}\n");
}

TEST_F(CliSignInTest, AnAccountIsShownNowAndAsItWas) {
  ASSERT_EQ(LogIn(), 0) << error_;
  ASSERT_EQ(Run({"accounts", "show", "ann"}), 0) << error_;
  EXPECT_THAT(out_, HasSubstr("balance          12.50 USD\n"));
  ASSERT_EQ(Run({"accounts", "show", "ann", "--at", "2026-01-31T12:00:00Z"}), 0) << error_;
  EXPECT_THAT(out_, HasSubstr("balance          0.05 USD\n"));
}

TEST_F(CliSignInTest, APostIsTriedAgainUnderTheSameIdWhileTheServiceIsBusy) {
  ASSERT_EQ(LogIn(), 0) << error_;
  service_.BeBusy(2);
  ASSERT_EQ(Run(Post({"--metadata", "k=v=w", "--description", "Lunch"})), 0) << error_;
  ASSERT_EQ(service_.transfers().size(), 3u);
  const std::string& id = service_.transfers()[0].id();
  EXPECT_EQ(CanonicalUuid(id), id);
  EXPECT_EQ(service_.transfers()[2].id(), id);
  EXPECT_EQ(service_.transfers()[2].metadata().at("k"), "v=w");
  EXPECT_EQ(out_,
            "posted: 12.50 USD (1250 minor units) from ann to bob, sequence 7, id " + id + "\n");
}

TEST_F(CliSignInTest, APostThatGivesUpSaysUnderWhichIdToTryAgain) {
  ASSERT_EQ(LogIn(), 0) << error_;
  service_.BeBusy(1);
  const std::string id = "0190163d-8694-739b-aea5-966c26f8ad91";
  EXPECT_EQ(Run(Post({"--id", id, "--retry-seconds", "0"})), 3);
  EXPECT_THAT(error_, HasSubstr("try again with --id " + id));
}

TEST_F(CliSignInTest, BadMetadataIsUsage) {
  EXPECT_EQ(Run(Post({"--metadata", "k"})), 2);
  EXPECT_EQ(Run(Post({"--metadata", "k=1", "--metadata", "k=2"})), 2);
  EXPECT_TRUE(service_.transfers().empty());
}

TEST_F(CliSignInTest, AFileIsCheckedWithoutASignIn) {
  EXPECT_EQ(Run({"load", "--check", File("good.csv", "from_account,to_account,amount\na,b,1\n")}),
            0);
  EXPECT_THAT(out_, HasSubstr("1 transfers, all of which can be sent"));
  const std::string bad = File("bad.csv", "from_account,to_account,amount\na,b,x\n");
  EXPECT_EQ(Run({"load", "--check", bad}), 2);
  EXPECT_THAT(error_, HasSubstr(bad + ": line 2: amount"));
  EXPECT_THAT(error_, HasSubstr("1 of 1 rows cannot be read"));
  EXPECT_EQ(Run({"load", folder_ + "/missing.csv"}), 2);
}

}  // namespace
}  // namespace ledgercast
