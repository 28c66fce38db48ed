// What the database's errors become, and that one broken connection breaks one call.

#include "services/transaction/postgres/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "services/common/base/errors.h"
#include "services/transaction/postgres/pg_store.h"
#include "services/transaction/postgres/server_check.h"
#include "services/transaction/refused_data.h"
#include "tests/support/ledger_writer.h"
#include "tests/support/test_database.h"

namespace ledgercast::testing {
namespace {

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    for (const char* name : {"alice", "bob"}) {
      EXPECT_TRUE(store_.CreateAccount(AccountOf(name), "").ok());
    }
  }

  std::unique_ptr<postgres::Connection> Connect(
      absl::Duration timeout, absl::Duration fence_timeout = absl::InfiniteDuration()) {
    auto session = postgres::Connection::Connect(database_.conninfo(), timeout, fence_timeout);
    EXPECT_TRUE(session.ok()) << session.status();
    return *std::move(session);
  }

  static void ExpectAway(const absl::Status& status) {
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_EQ(GetErrorInfo(status).reason(), reason::kDatabaseUnavailable);
  }

  TestDatabase database_;
  postgres::PgStore store_{database_.options()};
};

TEST_F(SessionTest, AKilledConnectionIsUnavailable) {
  const auto session = database_.Connect();
  database_.KillConnections();
  ExpectAway(session->Run("SELECT 1").status());
}

TEST_F(SessionTest, AKilledConnectionIsUnavailableForPreparedStatementsToo) {
  const auto session = database_.Connect();
  ASSERT_TRUE(session->Run("SELECT $1::int", {"1"}).ok());
  database_.KillConnections();
  ExpectAway(session->Run("SELECT $1::int", {"1"}).status());
}

TEST_F(SessionTest, ReadsGoOnAfterAllPooledConnectionsDied) {
  ASSERT_TRUE(store_.GetHead().ok());
  database_.KillConnections();
  EXPECT_TRUE(store_.GetHead().ok());
}

TEST_F(SessionTest, AnAccountCanBeMadeSoonAfterAllPooledConnectionsDied) {
  ASSERT_TRUE(store_.GetHead().ok());
  database_.KillConnections();
  const auto first = store_.CreateAccount(AccountOf("carol"), "");
  if (!first.ok()) ExpectAway(first.status());
  EXPECT_EQ(store_.CreateAccount(AccountOf("carol"), "").ok(), !first.ok());
}

TEST_F(SessionTest, ADatabaseThatIsNotThereIsUnavailable) {
  ExpectAway(
      postgres::Connection::Connect(database_.conninfo() + " port=1", absl::Seconds(2)).status());
  ExpectAway(
      postgres::Connection::Connect(database_.conninfo() + " dbname=nowhere", absl::Seconds(2))
          .status());
}

TEST_F(SessionTest, AStatementThatTakesTooLongIsUnavailable) {
  const auto session = Connect(absl::Milliseconds(50));
  ExpectAway(session->Run("SELECT pg_sleep(60)").status());
  EXPECT_TRUE(session->Run("SELECT 1").ok());
}

TEST_F(SessionTest, AStoreWhoseStatementTookTooLongWorksAgain) {
  postgres::PgOptions options = database_.options();
  options.statement_timeout = absl::Milliseconds(50);
  postgres::PgStore impatient(options);
  database_.Run("BEGIN; LOCK TABLE ledger IN ACCESS EXCLUSIVE MODE");
  ExpectAway(impatient.GetHead().status());
  database_.Run("ROLLBACK");
  EXPECT_TRUE(impatient.GetHead().ok());
}

TEST_F(SessionTest, ATransactionThatIdlesTooLongIsEndedAndUnavailable) {
  for (const bool prepared : {true, false}) {
    const auto session = Connect(absl::Seconds(60), absl::Milliseconds(50));
    const auto pid = session->Run("BEGIN; SELECT pg_backend_pid()");
    ASSERT_TRUE(pid.ok());
    const std::string gone =
        "SELECT 1 FROM pg_stat_activity WHERE pid = " + std::string(pid->Text(0, 0));
    while (!database_.Run(gone).empty()) {
    }
    ExpectAway(prepared ? session->Run("SELECT $1::int", {"1"}).status()
                        : session->Run("SELECT 1").status());
  }
}

TEST_F(SessionTest, ALockThatIsHeldTooLongIsUnavailable) {
  const auto session = Connect(absl::Seconds(60), absl::Milliseconds(50));
  database_.Run("BEGIN; SELECT lock_ledger()");
  ExpectAway(session->Run("SELECT lock_ledger()").status());
  database_.Run("ROLLBACK");
  EXPECT_TRUE(session->Run("SELECT lock_ledger()").ok());
}

TEST_F(SessionTest, ConflictsAreAbortedAndRetryable) {
  const auto one = database_.Connect();
  const auto two = database_.Connect();
  const char* begin = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM ledger";
  ASSERT_TRUE(one->Run(begin).ok());
  ASSERT_TRUE(two->Run(begin).ok());
  ASSERT_TRUE(one->Run("UPDATE ledger SET settings_version = settings_version; COMMIT").ok());
  const absl::Status status =
      two->Run("UPDATE ledger SET settings_version = settings_version").status();
  EXPECT_TRUE(absl::IsAborted(status)) << status;
}

TEST_F(SessionTest, WhatIsCommittedSurvivesACrashWhateverTheDatabaseWasSetTo) {
  for (const char* level : {"off", "local", "remote_write", "on", "remote_apply"}) {
    database_.Run("ALTER DATABASE " +
                  std::string(database_.Run("SELECT current_database()").Text(0, 0)) +
                  " SET synchronous_commit = " + level);
    const auto set = database_.Connect()->Run("SHOW synchronous_commit");
    ASSERT_TRUE(set.ok()) << set.status();
    EXPECT_EQ(set->Text(0, 0), level == std::string("remote_apply") ? "remote_apply" : "on")
        << level;
  }
}

TEST_F(SessionTest, WarnsOfSettingsThatCanLoseWhatWasCommitted) {
  const auto warnings = postgres::ServerWarnings(database_.Connect().get());
  ASSERT_TRUE(warnings.ok()) << warnings.status();
  const bool is_off = database_.Run("SHOW fsync").Text(0, 0) == "off";
  EXPECT_EQ(std::any_of(warnings->begin(), warnings->end(),
                        [](const std::string& text) { return text.starts_with("fsync is off"); }),
            is_off);
}

TEST_F(SessionTest, PostgresItselfIsNotTakenForAPooler) {
  const absl::Status status = postgres::CheckNoPooler(database_.options());
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(SessionTest, ADuplicateIsAlreadyThereAndAMistakeInternal) {
  const auto session = database_.Connect();
  EXPECT_TRUE(absl::IsAlreadyExists(
      session->Run("INSERT INTO accounts (name, currency) VALUES ('alice', 'PTS')").status()));
  for (const char* sql : {"SELEC 1", "SELECT 1/0", "SELECT * FROM nowhere"}) {
    const absl::Status status = session->Run(sql).status();
    EXPECT_TRUE(absl::IsInternal(status)) << status;
    EXPECT_EQ(GetErrorInfo(status).reason(), reason::kInternal);
  }
  EXPECT_TRUE(session->Run("SELECT 1").ok());
}

TEST_F(SessionTest, AValueThatTheServerRefusesIsToldFromOtherMistakes) {
  const auto session = database_.Connect();
  for (const char* sql :
       {"SELECT 'x'::uuid", "INSERT INTO accounts (name, currency) VALUES ('carol', NULL)",
        "INSERT INTO accounts (name, currency) VALUES ('alice', 'PTS')",
        "DO $$ BEGIN RAISE EXCEPTION 'a trigger does not like it'; END $$"}) {
    const absl::Status status = session->Run(sql).status();
    EXPECT_TRUE(IsRefusedData(status)) << status;
  }
  EXPECT_TRUE(IsRefusedData(session->Run("SELECT $1::text", {std::string("a\0b", 3)}).status()));
  for (const char* sql : {"SELEC 1", "SELECT * FROM nowhere", "CREATE TABLE accounts ()"}) {
    const absl::Status status = session->Run(sql).status();
    EXPECT_FALSE(status.ok());
    EXPECT_FALSE(IsRefusedData(status)) << status;
  }
}

// --- commits ---

// What a COMMIT does in its course, as waiting for a synchronous standby is.
void DuringCommit(TestDatabase* database, const std::string& statement) {
  database->Run("CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + statement +
                "; RETURN NULL; END $$; "
                "CREATE CONSTRAINT TRIGGER act AFTER INSERT ON accounts DEFERRABLE INITIALLY "
                "DEFERRED FOR EACH ROW EXECUTE FUNCTION act()");
}

constexpr char kInsert[] = "INSERT INTO accounts (name, currency) VALUES ('carol', 'PTS'); ";

TEST_F(SessionTest, ACommitCommitsWhatIsInFrontOfIt) {
  const auto session = database_.Connect();
  ASSERT_TRUE(session->Run("BEGIN").ok());
  EXPECT_TRUE(session->Commit(kInsert).ok());
  EXPECT_TRUE(store_.GetAccount("carol", std::nullopt).ok());
}

TEST_F(SessionTest, ACommitThatTheServerWarnsOfIsNotTakenForOne) {
  DuringCommit(&database_, "RAISE WARNING 'canceling wait for synchronous replication'");
  const auto session = database_.Connect();
  ASSERT_TRUE(session->Run("BEGIN").ok());
  ExpectAway(session->Commit(kInsert));
  EXPECT_TRUE(store_.GetAccount("carol", std::nullopt).ok());
}

TEST_F(SessionTest, ACommitWithoutATransactionIsNotTakenForOne) {
  ExpectAway(database_.Connect()->Commit());
}

TEST_F(SessionTest, ACommitThatIsNotAnsweredIsGivenUp) {
  DuringCommit(&database_, "PERFORM pg_sleep(600)");
  const auto session = Connect(absl::Milliseconds(50));
  ASSERT_TRUE(session->Run("BEGIN").ok());
  ExpectAway(session->Commit(kInsert));
}

TEST_F(SessionTest, AParameterIsNeverCutShort) {
  const absl::Status status =
      database_.Connect()->Run("SELECT $1::text", {std::string("a\0b", 3)}).status();
  EXPECT_TRUE(absl::IsInternal(status)) << status;
}

// --- a posting session whose connection breaks ---

TEST_F(SessionTest, AConnectionThatBreaksBeforeTheWriteHasWrittenNothing) {
  Prepared prepared = Prepare(database_.Sessions(), {Transfer("alice", "bob", 1)});
  database_.KillConnections();
  ExpectAway(prepared.session->Commit(prepared.decisions.entries, prepared.decisions.head));
  EXPECT_EQ(store_.GetHead()->sequence, 0);
}

TEST_F(SessionTest, AConnectionThatBreaksDuringTheCommitLeavesItInDoubt) {
  database_.Run(
      "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$; "
      "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON transactions DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION die()");
  for (const bool notify : {true, false}) {
    Prepared prepared = Prepare(database_.Sessions(notify), {Transfer("alice", "bob", 1)});
    const absl::Status status =
        prepared.session->Commit(prepared.decisions.entries, prepared.decisions.head);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnknown) << status;
    EXPECT_EQ(store_.GetHead()->sequence, 0);
  }
}

TEST_F(SessionTest, ARefusedWriteHasWrittenNothing) {
  Prepared prepared =
      Prepare(database_.Sessions(), {Transfer("alice", "bob", 1), Transfer("bob", "alice", 1)});
  prepared.decisions.entries[1].transaction.set_id(prepared.decisions.entries[0].transaction.id());
  EXPECT_TRUE(absl::IsAlreadyExists(
      prepared.session->Commit(prepared.decisions.entries, prepared.decisions.head)));
  prepared.session.reset();
  EXPECT_EQ(store_.GetHead()->sequence, 0);
  EXPECT_EQ(database_.Run("SELECT * FROM transactions").size(), 0u);
}

}  // namespace
}  // namespace ledgercast::testing
