#include "services/cli/cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/cli_fixture.h"
#include "tests/support/cli_service.h"

namespace ledgercast {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class CliTest : public CliFixture {
 protected:
  std::vector<std::string> AccountsCreate(const std::string& name,
                                          std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"accounts",
                                          "create",
                                          name,
                                          "--service",
                                          service_.address(),
                                          "--username",
                                          "boss",
                                          "--password-file",
                                          File("boss", "the boss's password\n"),
                                          "--new-password-file",
                                          File("new", "a new password\r\n")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  // Without the value of `option`.
  static std::vector<std::string> Without(std::vector<std::string> arguments,
                                          const std::string& option) {
    const auto found = std::find(arguments.begin(), arguments.end(), option);
    arguments.erase(found, found + 2);
    return arguments;
  }

  CliService service_;
};

TEST_F(CliTest, HelpDocumentsExitCodes) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{}, {"admin"}, {"admin", "create"}, {"accounts", "create"}}) {
    std::vector<std::string> arguments = command;
    arguments.push_back("--help");
    EXPECT_EQ(Run(arguments), 0);
    EXPECT_THAT(out_, HasSubstr("Exit status: 0 done, 1 refused, 2 wrong usage"));
    EXPECT_EQ(error_, "");
  }
}

TEST_F(CliTest, WrongUsageIsTwo) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"unknown"},
        {"accounts", "create"},
        {"admin", "create", "boss"},
        AccountsCreate("user1", {"--minimum-balance", "many"}),
        AccountsCreate("user1", {"--minimum-balance", "5", "--no-minimum-balance"}),
        AccountsCreate("user1", {"surplus"}),
        Without(AccountsCreate("user1"), "--service"),
        Without(AccountsCreate("user1"), "--username"),
        Without(AccountsCreate("user1"), "--password-file"),
        Without(AccountsCreate("user1"), "--new-password-file")}) {
    EXPECT_EQ(Run(arguments), 2) << ::testing::PrintToString(arguments);
    EXPECT_NE(error_, "");
  }
  EXPECT_TRUE(service_.created().empty());
}

TEST_F(CliTest, CreatesAccount) {
  ASSERT_EQ(Run(AccountsCreate("user1")), 0) << error_;
  EXPECT_EQ(out_, "account 'user1' is made\n");
  ASSERT_EQ(service_.created().size(), 1u);
  const v1::CreateAccountRequest& request = service_.created()[0];
  EXPECT_EQ(request.password(), "a new password");
  EXPECT_EQ(request.account().name(), "user1");
  EXPECT_EQ(request.account().currency(), "PTS");
  EXPECT_EQ(request.account().department(), "");
  EXPECT_TRUE(request.account().has_minimum_balance());
  EXPECT_EQ(request.account().minimum_balance(), 0);
  EXPECT_FALSE(request.account().no_minimum());
}

TEST_F(CliTest, TakesEveryOption) {
  ASSERT_EQ(Run(AccountsCreate("user1", {"--currency", "USD", "--department", "sales",
                                         "--display-name", "User One", "--minimum-balance", "-5"})),
            0)
      << error_;
  const v1::Account& account = service_.created()[0].account();
  EXPECT_EQ(account.currency(), "USD");
  EXPECT_EQ(account.department(), "sales");
  EXPECT_EQ(account.display_name(), "User One");
  EXPECT_EQ(account.minimum_balance(), -5);
  for (const char* flag : {"--no-minimum", "--no-minimum-balance"}) {
    ASSERT_EQ(Run(AccountsCreate("user2", {flag})), 0) << error_;
    EXPECT_FALSE(service_.created().back().account().has_minimum_balance());
    EXPECT_TRUE(service_.created().back().account().no_minimum());
  }
}

TEST_F(CliTest, TakesServiceFromEnvironment) {
  setenv("LEDGERCAST_SERVICE", service_.address().c_str(), 1);
  EXPECT_EQ(Run(Without(AccountsCreate("user1"), "--service")), 0) << error_;
  unsetenv("LEDGERCAST_SERVICE");
}

TEST_F(CliTest, ExistingAccountIsRefusedUnlessAskedFor) {
  EXPECT_EQ(Run(AccountsCreate("taken")), 1);
  EXPECT_EQ(error_, "ledgercast: the name 'taken' is taken (ACCOUNT_EXISTS)\n");
  EXPECT_EQ(out_, "");
  EXPECT_EQ(Run(AccountsCreate("taken", {"--if-missing"})), 0);
  EXPECT_EQ(out_, "account 'taken' exists already\n");
}

TEST_F(CliTest, WrongPasswordIsRefused) {
  auto arguments = Without(AccountsCreate("user1"), "--password-file");
  arguments.insert(arguments.end(), {"--password-file", File("wrong", "guess")});
  EXPECT_EQ(Run(arguments), 1);
  EXPECT_THAT(error_, HasSubstr("(BAD_CREDENTIALS)"));
  EXPECT_TRUE(service_.created().empty());
}

TEST_F(CliTest, NoServiceIsThree) {
  auto arguments = Without(AccountsCreate("user1"), "--service");
  arguments.insert(arguments.end(), {"--service", "127.0.0.1:1"});
  EXPECT_EQ(Run(arguments), 3);
  EXPECT_THAT(error_, StartsWith("ledgercast: the service at 127.0.0.1:1 does not answer: "));
  EXPECT_THAT(error_, HasSubstr("(SERVICE_UNAVAILABLE)"));
}

TEST_F(CliTest, BadPasswordFilesAreUsage) {
  const std::string missing = folder_ + "/missing";
  for (const std::string& path :
       {missing, folder_, File("empty", ""), File("blank", "\n"), File("lines", "one\ntwo\n"),
        File("long", std::string(1'000, 'x'))}) {
    auto arguments = Without(AccountsCreate("user1"), "--new-password-file");
    arguments.insert(arguments.end(), {"--new-password-file", path});
    EXPECT_EQ(Run(arguments), 2) << path;
    EXPECT_THAT(error_, HasSubstr(path));
  }
  auto both = Without(Without(AccountsCreate("user1"), "--new-password-file"), "--password-file");
  both.insert(both.end(), {"--password-file", "-", "--new-password-file", "-"});
  EXPECT_EQ(Run(both), 2);
  EXPECT_THAT(error_, HasSubstr("only one of the passwords"));
}

TEST_F(CliTest, AdminNeedsAGoodNameAndPasswordBeforeADatabase) {
  const auto admin_create = [this](const std::string& name, const std::string& password) {
    return Run({"admin", "create", name, "--database", "host=" + folder_ + " dbname=none",
                "--password-file", File("admin", password)});
  };
  EXPECT_EQ(admin_create("Not A Name", "long enough"), 2);
  EXPECT_THAT(error_, HasSubstr("account.name"));
  EXPECT_EQ(admin_create("boss", "short"), 2);
  EXPECT_THAT(error_, HasSubstr("password"));
  EXPECT_EQ(admin_create("boss", "long enough"), 3);
  EXPECT_THAT(error_, HasSubstr("(DATABASE_UNAVAILABLE)"));
}

}  // namespace
}  // namespace ledgercast
