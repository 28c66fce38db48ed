#include "services/transaction/postgres/migrate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/support/ledger_writer.h"
#include "tests/support/test_database.h"

namespace ledgercast::testing {
namespace {

using ::testing::HasSubstr;

TEST(MigrateTest, EightProgramsMayStartAtOnce) {
  TestDatabase database(TestDatabase::Schema::kEmpty);
  std::vector<std::unique_ptr<postgres::Session>> sessions;
  for (int i = 0; i < 8; ++i) sessions.push_back(database.Connect());
  std::vector<absl::Status> results(sessions.size());
  std::vector<std::thread> programs;
  for (size_t i = 0; i < sessions.size(); ++i) {
    programs.emplace_back([&, i] { results[i] = postgres::Migrate(sessions[i].get()); });
  }
  for (std::thread& program : programs) program.join();
  for (const absl::Status& result : results) EXPECT_TRUE(result.ok()) << result;
  const auto versions = database.Run("SELECT count(*), max(version) FROM schema_migrations");
  EXPECT_EQ(versions.Int(0, 0), static_cast<int64_t>(postgres::Migrations().size()));
  EXPECT_EQ(versions.Int(0, 1), postgres::Migrations().back().version);
  EXPECT_EQ(database.Run("SELECT * FROM ledger_head").size(), 1u);
}

TEST(MigrateTest, ADatabaseThatIsUpToDateIsLeftAlone) {
  TestDatabase database;
  const std::string ledger(database.Run("SELECT ledger FROM ledger_head").Text(0, 0));
  EXPECT_TRUE(postgres::Migrate(database.Connect().get()).ok());
  EXPECT_EQ(database.Run("SELECT ledger FROM ledger_head").Text(0, 0), ledger);
}

TEST(MigrateTest, ADatabaseOfANewerProgramIsRefusedAndUntouched) {
  TestDatabase database;
  database.Run("INSERT INTO schema_migrations (version, name) VALUES (1000, 'of the future')");
  const absl::Status status = postgres::Migrate(database.Connect().get());
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("newer than this program"));
  EXPECT_EQ(database.Run("SELECT max(version) FROM schema_migrations").Int(0, 0), 1000);
}

TEST(MigrateTest, AStepThatFailsIsUndoneAsAWhole) {
  TestDatabase database(TestDatabase::Schema::kEmpty);
  database.Run("CREATE FUNCTION refuse_change() RETURNS integer LANGUAGE sql AS 'SELECT 1'");
  const auto session = database.Connect();
  EXPECT_FALSE(postgres::Migrate(session.get()).ok());
  EXPECT_TRUE(database.Run("SELECT 1 FROM pg_class WHERE relname = 'ledger_head'").empty());
  database.Run("DROP FUNCTION refuse_change()");
  EXPECT_TRUE(postgres::Migrate(database.Connect().get()).ok());
}

class FinalTest : public ::testing::Test {
 protected:
  FinalTest() {
    postgres::PgStore store(database_.options());
    for (const char* name : {"alice", "bob"}) {
      EXPECT_TRUE(store.CreateAccount(AccountOf(name), "").ok());
    }
    Write(database_.Sessions(), {Transfer("alice", "bob", 1)});
  }

  TestDatabase database_;
};

TEST_F(FinalTest, WhatWasPostedIsNeverChangedOrDeleted) {
  for (const char* sql :
       {"UPDATE transactions SET amount = 2", "UPDATE transactions SET amount = 2 WHERE false",
        "DELETE FROM transactions", "TRUNCATE transactions", "DELETE FROM accounts",
        "TRUNCATE accounts", "DELETE FROM ledger_head", "TRUNCATE ledger_head",
        "MERGE INTO transactions USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE",
        "INSERT INTO transactions SELECT * FROM transactions ON CONFLICT (sequence) DO UPDATE SET "
        "amount = 2"}) {
    const absl::Status status = database_.Connect()->Run(sql).status();
    EXPECT_FALSE(status.ok()) << sql;
    EXPECT_THAT(std::string(status.message()), HasSubstr("the ledger is only ever appended to"))
        << sql;
  }
  EXPECT_EQ(database_.Run("SELECT sum(amount) FROM transactions").Int(0, 0), 1);
}

TEST_F(FinalTest, TheTablesRefuseWhatCannotBeRight) {
  const std::string copy =
      "INSERT INTO transactions SELECT sequence + 1, gen_random_uuid(), from_account, to_account, "
      "amount, from_previous, to_previous, from_balance, to_balance, create_time, reverses, hash, "
      "currency, caller, description, metadata FROM transactions";
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"sequence + 1", "sequence"},
      {"sequence + 1", "0"},
      {"gen_random_uuid()", "id"},
      {"to_account, amount", "from_account, amount"},
      {" amount,", " 0,"},
      {" amount,", " -amount,"},
      {"from_previous", "sequence + 1"},
      {"to_previous", "-1"},
      {"hash, ", "'\\x00', "},
  };
  for (const auto& [right, wrong] : mistakes) {
    std::string sql = copy;
    sql.replace(sql.find(right), right.size(), wrong);
    EXPECT_FALSE(database_.Connect()->Run(sql).ok()) << sql;
  }
  EXPECT_TRUE(database_.Connect()->Run(copy).ok());
}

}  // namespace
}  // namespace ledgercast::testing
