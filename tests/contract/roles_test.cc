#include "services/transaction/postgres/roles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

#include "services/transaction/postgres/migrate.h"
#include "tests/support/ledger_writer.h"
#include "tests/support/test_database.h"

namespace ledgercast::testing {
namespace {

using ::testing::HasSubstr;

// What is in schema public, or is the database, and who owns it.
constexpr char kOwners[] = R"sql(
SELECT DISTINCT owner::regrole::text FROM (
  SELECT relowner AS owner FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT typowner FROM pg_type WHERE typnamespace = 'public'::regnamespace
  UNION ALL SELECT datdba FROM pg_database WHERE datname = current_database()
) AS owners)sql";

// Roles are the cluster's, so each test has its own and takes them away at the end.
class RolesTest : public ::testing::Test {
 protected:
  RolesTest() {
    static int count = 0;
    suffix_ = std::to_string(getpid()) + "_" + std::to_string(++count);
    roles_.owner.name = "o_" + suffix_;
    roles_.runtime.name = "r_" + suffix_;
  }

  ~RolesTest() override {
    for (const std::string& role : {roles_.owner.name, roles_.runtime.name}) {
      if (database_.Run("SELECT FROM pg_roles WHERE rolname = '" + role + "'").empty()) continue;
      database_.Run("REASSIGN OWNED BY " + role + " TO CURRENT_USER; DROP OWNED BY " + role +
                    "; DROP ROLE " + role);
    }
  }

  absl::Status Make() { return postgres::MakeRoles(database_.options(), roles_); }

  std::unique_ptr<postgres::Connection> ConnectAs(const std::string& role) {
    auto session =
        postgres::Connection::Connect(database_.conninfo() + " user=" + role, absl::Seconds(10));
    EXPECT_TRUE(session.ok()) << session.status();
    return *std::move(session);
  }

  std::string WriteFile(const std::string& name, const std::string& content) {
    const std::string path = ::testing::TempDir() + suffix_ + "." + name;
    std::FILE* file = std::fopen(path.c_str(), "w");
    EXPECT_NE(file, nullptr);
    std::fputs(content.c_str(), file);
    std::fclose(file);
    return path;
  }

  TestDatabase database_;
  std::string suffix_;
  postgres::DatabaseRoles roles_;
};

TEST_F(RolesTest, ALedgerThatASuperuserMadeIsHandedOverWithAllThatIsInIt) {
  postgres::PgStore store(database_.options());
  for (const char* name : {"alice", "bob"}) {
    ASSERT_TRUE(store.CreateAccount(AccountOf(name), "").ok());
  }
  Write(database_.Sessions(), {Transfer("alice", "bob", 7)});
  const std::string before(
      database_.Run("SELECT sha256(string_agg(t::text, '')::bytea) FROM transactions AS t")
          .Text(0, 0));

  ASSERT_TRUE(Make().ok());
  const auto owners = database_.Run(kOwners);
  ASSERT_EQ(owners.size(), 1u);
  EXPECT_EQ(owners.Text(0, 0), roles_.owner.name);
  EXPECT_EQ(database_.Run("SELECT sha256(string_agg(t::text, '')::bytea) FROM transactions AS t")
                .Text(0, 0),
            before);
  EXPECT_TRUE(postgres::Migrate(ConnectAs(roles_.owner.name).get()).ok());
  EXPECT_TRUE(Make().ok());
}

TEST_F(RolesTest, NeitherRoleMayDoWhatASuperuserMay) {
  ASSERT_TRUE(Make().ok());
  // As after somebody's `ALTER ROLE`.
  for (const char* right : {"SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS"}) {
    database_.Run("ALTER ROLE " + roles_.runtime.name + " " + right);
    database_.Run("ALTER ROLE " + roles_.owner.name + " " + right);
  }
  ASSERT_TRUE(Make().ok());
  const auto rights = database_.Run(
      "SELECT DISTINCT rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolreplication, "
      "rolbypassrls FROM pg_roles WHERE rolname IN ('" +
      roles_.owner.name + "', '" + roles_.runtime.name + "')");
  ASSERT_EQ(rights.size(), 1u);
  EXPECT_EQ(rights.Text(0, 0), "t");
  for (size_t column = 1; column < 6; ++column) EXPECT_EQ(rights.Text(0, column), "f") << column;
}

TEST_F(RolesTest, TheRuntimeRoleMayCreateNothing) {
  ASSERT_TRUE(Make().ok());
  for (const char* sql :
       {"CREATE TABLE mine ()", "CREATE SCHEMA mine", "CREATE DATABASE mine", "CREATE ROLE mine"}) {
    const absl::Status status = ConnectAs(roles_.runtime.name)->Run(sql).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr("permission denied")) << sql;
  }
}

TEST_F(RolesTest, WhoMayMakeTablesIsTold) {
  ASSERT_TRUE(Make().ok());
  EXPECT_FALSE(*postgres::MayMakeTables(ConnectAs(roles_.runtime.name).get()));
  EXPECT_TRUE(*postgres::MayMakeTables(ConnectAs(roles_.owner.name).get()));
}

TEST_F(RolesTest, WhileSomebodyMigratesAnotherTryIsAskedFor) {
  const auto other = database_.Connect();
  ASSERT_TRUE(other->Run("SELECT pg_advisory_lock(7810755305379951476)").ok());
  EXPECT_TRUE(absl::IsUnavailable(Make()));
  ASSERT_TRUE(other->Run("SELECT pg_advisory_unlock(7810755305379951476)").ok());
  EXPECT_TRUE(Make().ok());
}

TEST_F(RolesTest, WhatOthersOwnStaysTheirs) {
  const std::string other = "x_" + suffix_;
  database_.Run("CREATE ROLE " + other +
                "; CREATE VIEW report AS SELECT 1; ALTER VIEW report "
                "OWNER TO " +
                other);
  ASSERT_TRUE(Make().ok());
  EXPECT_EQ(database_.Run("SELECT relowner::regrole::text FROM pg_class WHERE relname = 'report'")
                .Text(0, 0),
            other);
  database_.Run("DROP VIEW report; DROP ROLE " + other);
}

TEST_F(RolesTest, PasswordsAreKeptAsHashesAndStayWithoutAFile) {
  roles_.runtime.password_file = WriteFile("runtime", "a ' password\n");
  ASSERT_TRUE(Make().ok());
  const std::string sql =
      "SELECT rolpassword FROM pg_authid WHERE rolname = '" + roles_.runtime.name + "'";
  const std::string first(database_.Run(sql).Text(0, 0));
  EXPECT_THAT(first, ::testing::StartsWith("SCRAM-SHA-256$"));
  roles_.runtime.password_file.clear();
  ASSERT_TRUE(Make().ok());
  EXPECT_EQ(database_.Run(sql).Text(0, 0), first);
  roles_.runtime.password_file = WriteFile("runtime", "another");
  ASSERT_TRUE(Make().ok());
  EXPECT_NE(database_.Run(sql).Text(0, 0), first);
}

TEST_F(RolesTest, WhatCannotBeRightIsRefusedAndNothingIsMade) {
  const postgres::DatabaseRoles good = roles_;
  const std::string self(database_.Run("SELECT current_user").Text(0, 0));
  for (const std::string& name :
       {std::string(), std::string("Owner"), std::string("1st"), std::string("a\"b"),
        std::string(64, 'a'), good.runtime.name, self}) {
    roles_.owner.name = name;
    EXPECT_TRUE(absl::IsInvalidArgument(Make())) << name;
  }
  roles_ = good;
  roles_.runtime.password_file = WriteFile("runtime", "");
  EXPECT_FALSE(Make().ok());
  EXPECT_TRUE(
      database_.Run("SELECT FROM pg_roles WHERE rolname = '" + good.owner.name + "'").empty());
  roles_ = good;
}

TEST_F(RolesTest, WhoIsNoSuperuserIsToldThatItTakesOne) {
  ASSERT_TRUE(Make().ok());
  postgres::PgOptions options = database_.options();
  options.conninfo += " user=" + roles_.runtime.name;
  const absl::Status status = postgres::MakeRoles(options, roles_);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("which is no superuser"));
}

}  // namespace
}  // namespace ledgercast::testing
