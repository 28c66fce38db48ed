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
  std::vector<std::unique_ptr<postgres::Connection>> sessions;
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
  EXPECT_EQ(database.Run("SELECT * FROM ledger").size(), 1u);
}

TEST(MigrateTest, ADatabaseThatIsUpToDateIsLeftAlone) {
  TestDatabase database;
  const std::string ledger(database.Run("SELECT ledger FROM ledger").Text(0, 0));
  EXPECT_TRUE(postgres::Migrate(database.Connect().get()).ok());
  EXPECT_EQ(database.Run("SELECT ledger FROM ledger").Text(0, 0), ledger);
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

// A program of the next version.
std::vector<postgres::Migration> WithNext(const char* sql) {
  std::vector<postgres::Migration> migrations = postgres::Migrations();
  migrations.push_back({migrations.back().version + 1, "V900__next", sql});
  return migrations;
}

absl::Status MigrateWith(const TestDatabase& database,
                         const std::vector<postgres::Migration>& migrations,
                         postgres::MigrateOptions options = {}) {
  options.migrations = &migrations;
  return postgres::Migrate(database.Connect().get(), options);
}

TEST(MigrateTest, AProgramRunsOnASchemaThatIsOneVersionAhead) {
  TestDatabase database;
  const auto next = WithNext("CREATE TABLE later (id integer)");
  ASSERT_TRUE(MigrateWith(database, next).ok());
  EXPECT_TRUE(postgres::Migrate(database.Connect().get()).ok());
  EXPECT_TRUE(postgres::CheckSchema(database.Connect().get()).ok());
  // And when the roll-out is taken up again.
  EXPECT_TRUE(MigrateWith(database, next).ok());
}

TEST(MigrateTest, AMigrationSaysWhichProgramsCanLiveWithIt) {
  TestDatabase database;
  const std::string sql =
      "-- Oldest program: " + std::to_string(postgres::Migrations().back().version + 1) +
      "\nDROP TABLE currencies";
  const auto next = WithNext(sql.c_str());
  ASSERT_TRUE(MigrateWith(database, next).ok());
  for (const absl::Status& status : {postgres::Migrate(database.Connect().get()),
                                     postgres::CheckSchema(database.Connect().get())}) {
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  }
}

TEST(MigrateTest, AMigrationThatWasChangedSinceItWasAppliedIsRefused) {
  TestDatabase database;
  ASSERT_TRUE(MigrateWith(database, WithNext("CREATE TABLE later (id integer)")).ok());
  const auto other = WithNext("CREATE TABLE later (id bigint)");
  const absl::Status status = MigrateWith(database, other);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("V900__next"));
  const absl::Status checked = postgres::CheckSchema(database.Connect().get(), other);
  EXPECT_TRUE(absl::IsFailedPrecondition(checked)) << checked;
}

TEST(MigrateTest, ASchemaThatIsTooOldIsWaitedForAndNamesWhatItLacks) {
  for (const auto schema : {TestDatabase::Schema::kEmpty, TestDatabase::Schema::kMigrated}) {
    TestDatabase database(schema);
    const absl::Status status = postgres::CheckSchema(database.Connect().get(), WithNext("SELECT"));
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr(schema == TestDatabase::Schema::kEmpty ? "V001" : "V900__next"));
  }
}

TEST(MigrateTest, ADatabaseFromBeforeChecksumsGetsThem) {
  TestDatabase database;
  database.Run("ALTER TABLE schema_migrations DROP COLUMN checksum, DROP COLUMN oldest_program");
  ASSERT_TRUE(postgres::Migrate(database.Connect().get()).ok());
  EXPECT_TRUE(database.Run("SELECT 1 FROM schema_migrations WHERE checksum IS NULL").empty());
}

// As long as a report or a backup would read.
TEST(MigrateTest, ALockThatIsInTheWayIsAskedForInShortTriesUntilItIsFree) {
  TestDatabase database;
  database.Run("BEGIN; SELECT * FROM currencies");
  const auto next = WithNext("ALTER TABLE currencies ADD COLUMN sign text");
  postgres::MigrateOptions options;
  options.lock_timeout = absl::Milliseconds(20);
  int tries = 0;
  options.keep_trying = [&] {
    if (++tries == 3) database.Run("COMMIT");
    return true;
  };
  const absl::Status status = MigrateWith(database, next, options);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_GE(tries, 3);
  // It gives up when it is told to, and leaves nothing behind.
  database.Run("BEGIN; SELECT * FROM currencies");
  auto further = next;
  further.push_back({1000, "V1000__further", "ALTER TABLE currencies ADD COLUMN plural text"});
  options.keep_trying = [] { return false; };
  EXPECT_TRUE(absl::IsUnavailable(MigrateWith(database, further, options)));
  database.Run("COMMIT");
  EXPECT_TRUE(MigrateWith(database, further).ok());
}

TEST(MigrateTest, AnIndexIsBuiltBesideThoseWhoWrite) {
  TestDatabase database;
  // A writer that has not ended would keep an ordinary CREATE INDEX waiting.
  const auto writer = database.Connect();
  ASSERT_TRUE(writer->Run("INSERT INTO currencies VALUES ('ABC', 2)").ok());
  const auto next = WithNext(
      "-- Outside a transaction\n"
      "DROP INDEX CONCURRENTLY IF EXISTS currencies_digits;\n"
      "CREATE INDEX CONCURRENTLY currencies_digits ON currencies (minor_unit_digits);\n");
  ASSERT_TRUE(MigrateWith(database, next).ok());
  EXPECT_EQ(database
                .Run("SELECT 1 FROM pg_index WHERE indisvalid AND indexrelid = "
                     "'currencies_digits'::regclass")
                .size(),
            1u);
  // Half-way through, it is begun again.
  database.Run(
      "ALTER TABLE schema_migrations DISABLE TRIGGER ALL; DELETE FROM schema_migrations "
      "WHERE name = 'V900__next'");
  EXPECT_TRUE(MigrateWith(database, next).ok());
}

TEST(MigrateTest, AMigrationTakesLongerThanAStatementMay) {
  TestDatabase database;
  postgres::PgOptions options = database.options();
  options.statement_timeout = absl::Milliseconds(100);
  const auto next = WithNext("SELECT pg_sleep(0.5)");
  postgres::MigrateOptions migrate;
  migrate.migrations = &next;
  const absl::Status status = postgres::MigrateDatabase(options, migrate);
  EXPECT_TRUE(status.ok()) << status;
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
        "TRUNCATE accounts CASCADE", "DELETE FROM ledger", "TRUNCATE ledger",
        "MERGE INTO transactions USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE",
        "INSERT INTO transactions SELECT * FROM transactions ON CONFLICT (sequence) DO UPDATE SET "
        "amount = 2",
        "UPDATE accounts SET name = 'mallory' WHERE name = 'alice'",
        "UPDATE accounts SET currency = 'USD' WHERE name = 'alice'",
        "UPDATE accounts SET create_time = now()", "UPDATE currencies SET minor_unit_digits = 9",
        "DELETE FROM currencies", "UPDATE ledger SET settings_version = -1",
        "UPDATE ledger SET ledger = '0000000000000000'",
        "INSERT INTO ledger (only_row, ledger) VALUES (false, '0000000000000000')",
        "DELETE FROM schema_migrations"}) {
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
