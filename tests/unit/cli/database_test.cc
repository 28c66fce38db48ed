#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "services/common/auth/password.h"
#include "services/common/base/program.h"
#include "services/transaction/postgres/connection.h"
#include "services/transaction/postgres/pg_store.h"
#include "tests/support/cli_fixture.h"

namespace ledgercast {
namespace {

using ::testing::HasSubstr;

// In a database of its own within the one that the tests are given.
class CliDatabaseTest : public CliFixture {
 protected:
  void SetUp() override {
    const char* conninfo = getenv("LEDGERCAST_TEST_DATABASE");
    ASSERT_NE(conninfo, nullptr) << "run by: services/dev/postgres.sh with COMMAND";
    ASSERT_TRUE(SetUpLogging("cli_test", "warn").ok());
    auto session = postgres::Connection::Connect(conninfo, absl::Seconds(10));
    ASSERT_TRUE(session.ok()) << session.status();
    session_ = *std::move(session);
    name_ = "cli_test_" + std::to_string(getpid());
    ASSERT_TRUE(session_->Run("CREATE DATABASE " + name_).ok());
    database_ = std::string(conninfo) + " dbname=" + name_;
  }

  void TearDown() override {
    if (session_ != nullptr) (void)session_->Run("DROP DATABASE " + name_);
  }

  int AdminCreate(const std::string& name, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"admin",
                                          "create",
                                          name,
                                          "--database",
                                          database_,
                                          "--password-file",
                                          File("admin", "long enough\n")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }

  std::unique_ptr<postgres::Connection> session_;
  std::string name_;
  std::string database_;
};

TEST_F(CliDatabaseTest, MakesTheFirstAdminOfANewDatabase) {
  ASSERT_EQ(AdminCreate("boss", {"--currency", "EUR", "--display-name", "The Boss"}), 0) << error_;
  EXPECT_EQ(out_, "admin 'boss' is made\n");
  {
    postgres::PgStore store({.conninfo = database_});
    const auto made = store.GetCredentials("boss");
    ASSERT_TRUE(made.ok()) << made.status();
    EXPECT_EQ(made->account.department(), "management");
    EXPECT_EQ(made->account.currency(), "EUR");
    EXPECT_EQ(made->account.display_name(), "The Boss");
    EXPECT_FALSE(made->account.has_minimum_balance());
    EXPECT_TRUE(made->account.no_minimum());
    EXPECT_TRUE(VerifyPassword("long enough", made->password_hash));
    v1::Account member;
    member.set_name("user1");
    member.set_currency("EUR");
    ASSERT_TRUE(store.CreateAccount(member, "").ok());
  }
  EXPECT_EQ(AdminCreate("boss"), 1);
  EXPECT_EQ(error_, "ledgercast: the name 'boss' is taken (ACCOUNT_EXISTS)\n");
  EXPECT_EQ(AdminCreate("boss", {"--if-missing"}), 0);
  EXPECT_EQ(out_, "admin 'boss' exists already\n");
  EXPECT_EQ(AdminCreate("user1", {"--if-missing"}), 1);
  EXPECT_THAT(error_, HasSubstr("exists and is no admin"));
}

}  // namespace
}  // namespace ledgercast
