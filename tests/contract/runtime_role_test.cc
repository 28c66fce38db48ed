// What the role can that the service runs as; see grants.sql.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/transaction/postgres/migrate.h"
#include "services/transaction/postgres/posting_session_factory.h"
#include "services/transaction/postgres/server_check.h"
#include "tests/support/ledger_writer.h"
#include "tests/support/test_database.h"

namespace ledgercast::testing {
namespace {

using ::testing::HasSubstr;

class RuntimeRoleTest : public ::testing::Test {
 protected:
  RuntimeRoleTest() {
    const absl::Status status = postgres::Migrate(database_.Connect().get(), options_);
    EXPECT_TRUE(status.ok()) << status;
    postgres::PgStore store(AsRuntime());
    for (const char* name : {"alice", "bob"}) {
      EXPECT_TRUE(store.CreateAccount(AccountOf(name), "").ok());
    }
    Write(RuntimeSessions(), {Transfer("alice", "bob", 1)});
  }
  ~RuntimeRoleTest() override {
    database_.Run("DROP OWNED BY \"" + role_ + "\"; DROP ROLE \"" + role_ + "\"");
  }

  static std::string MakeRole(TestDatabase* database) {
    // Needs quoting.
    const std::string name =
        "Run-" + std::string(database->Run("SELECT current_database()").Text(0, 0));
    database->Run("CREATE ROLE \"" + name + "\" LOGIN");
    return name;
  }

  postgres::PgOptions AsRuntime() const {
    postgres::PgOptions options = database_.options();
    options.conninfo += " user='" + role_ + "'";
    return options;
  }

  PostingSessionFactory RuntimeSessions() const {
    return postgres::MakePostingSessionFactory(AsRuntime());
  }

  TestDatabase database_;
  const std::string role_ = MakeRole(&database_);
  postgres::MigrateOptions options_ = [this] {
    postgres::MigrateOptions options;
    options.runtime_role = role_;
    return options;
  }();
};

TEST_F(RuntimeRoleTest, TheServiceRunsWithIt) {
  postgres::PgStore store(AsRuntime());
  AccountChanges changes;
  changes.display_name = "Alice";
  changes.minimum_balance = std::optional<int64_t>(-5);
  EXPECT_TRUE(store.UpdateAccount("alice", changes).ok());
  EXPECT_TRUE(store.RevokeTokens("alice").ok());
  EXPECT_TRUE(store.SetPassword("alice", "hash", std::nullopt).ok());
  EXPECT_TRUE(store.GetHead().ok());
  const auto session = postgres::Connect(postgres::WaitingForStandby(AsRuntime()));
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_TRUE(postgres::Migrate(session->get()).ok());
  EXPECT_TRUE(postgres::CheckSchema(session->get()).ok());
  EXPECT_THAT(*postgres::ServerWarnings(session->get()),
              ::testing::Each(::testing::Not(HasSubstr("database role"))));
  EXPECT_THAT(*postgres::ServerWarnings(database_.Connect().get()),
              ::testing::Contains(HasSubstr("is a superuser")));
}

TEST_F(RuntimeRoleTest, UntilItHasItsRightsItIsToldWhoGivesThem) {
  database_.Run("REVOKE ALL ON schema_migrations FROM \"" + role_ + "\"");
  const auto session = postgres::Connect(AsRuntime());
  ASSERT_TRUE(session.ok()) << session.status();
  const absl::Status status = postgres::CheckSchema(session->get());
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("migrate --runtime-role"));
}

TEST_F(RuntimeRoleTest, NothingThatSqlHasChangesHistory) {
  const auto before = database_.Run("SELECT t::text FROM transactions t");
  for (const char* sql : {
           "UPDATE transactions SET amount = 2",
           "UPDATE transactions SET description = 'other' WHERE false",
           "DELETE FROM transactions",
           "TRUNCATE transactions",
           "SELECT * FROM transactions FOR UPDATE",
           "INSERT INTO transactions SELECT * FROM transactions ON CONFLICT (sequence) DO UPDATE "
           "SET "
           "amount = 2",
           "MERGE INTO transactions USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE",
           "ALTER TABLE transactions DISABLE TRIGGER ALL",
           "DROP TRIGGER transactions_are_final ON transactions",
           "ALTER TABLE transactions ADD COLUMN note text",
           "DROP TABLE transactions",
           "ALTER TABLE transactions RENAME TO old_transactions",
           "CREATE TABLE public.transactions_2 (id integer)",
           "CREATE TEMPORARY TABLE transactions (id integer)",
           "CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
           "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN "
           "RETURN NULL; END'",
           "CREATE OR REPLACE FUNCTION lock_ledger() RETURNS void LANGUAGE sql AS 'SELECT'",
           "CREATE RULE r AS ON INSERT TO transactions DO INSTEAD NOTHING",
           "CREATE INDEX ON transactions (amount)",
           "ALTER INDEX transactions_from RENAME TO t",
           "SET session_replication_role = replica",
           "SET ROLE postgres",
           "GRANT UPDATE ON transactions TO PUBLIC; UPDATE transactions SET amount = 2",
           "UPDATE accounts SET name = 'mallory'",
           "UPDATE accounts SET currency = 'USD'",
           "UPDATE accounts SET id = DEFAULT",
           "UPDATE accounts SET create_time = now()",
           "DELETE FROM accounts",
           "TRUNCATE accounts",
           "UPDATE currencies SET minor_unit_digits = 9",
           "DELETE FROM currencies",
           "UPDATE ledger SET ledger = '0000000000000000'",
           "UPDATE ledger SET settings_version = -1",
           "DELETE FROM ledger",
           "INSERT INTO ledger (only_row, ledger) VALUES (true, '0000000000000000')",
           "UPDATE changes SET number = 2",
           "DELETE FROM changes",
           "TRUNCATE changes",
           "UPDATE schema_migrations SET checksum = ''",
           "DELETE FROM schema_migrations",
           "INSERT INTO schema_migrations (version, name) VALUES (2000, 'x')",
           "COPY transactions FROM PROGRAM 'echo'",
       }) {
    const auto session = postgres::Connect(AsRuntime());
    ASSERT_TRUE(session.ok()) << session.status();
    EXPECT_FALSE((*session)->Run(sql).ok()) << sql;
  }
  const auto after = database_.Run("SELECT t::text FROM transactions t");
  ASSERT_EQ(after.size(), before.size());
  EXPECT_EQ(after.Text(0, 0), before.Text(0, 0));
}

}  // namespace
}  // namespace ledgercast::testing
