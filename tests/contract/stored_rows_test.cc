// What audits read of the database, and what is recorded of accounts and currencies.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "services/cli/change_hash.h"
#include "services/common/auth/strict_json.h"
#include "services/common/base/errors.h"
#include "services/transaction/postgres/pg_store.h"
#include "tests/support/test_database.h"

namespace ledgercast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Row = std::map<std::string, std::string>;

class StoredRowsTest : public ::testing::Test {
 protected:
  std::vector<Row> Read(const StoredQuery& query, std::vector<std::string>* next = nullptr) {
    const auto page = store_.ReadStoredRows(query);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<Row> rows;
    for (const auto& stored : page->response.rows()) {
      Row& row = rows.emplace_back();
      for (int i = 0; i < stored.values_size(); ++i) {
        row[page->response.columns(i).name()] =
            stored.values(i).has_text() ? stored.values(i).text() : "NULL";
      }
    }
    if (next != nullptr) *next = page->next_key;
    return rows;
  }

  v1::Account Make(const std::string& name, const std::string& currency = "PTS") {
    v1::Account account;
    account.set_name(name);
    account.set_currency(currency);
    account.set_minimum_balance(0);
    return *store_.CreateAccount(account, "the hash of " + name);
  }

  absl::StatusOr<v1::Account> Update(const AccountChanges& changes) {
    return store_.UpdateAccount("ann", changes);
  }
  static AccountChanges Limit(std::optional<int64_t> minimum) {
    return {std::nullopt, std::nullopt, minimum};
  }

  ::testing::Matcher<std::string> Digits() { return ::testing::MatchesRegex("[0-9]+"); }

  ledgercast::testing::TestDatabase database_;
  postgres::PgStore store_{database_.options()};
};

TEST_F(StoredRowsTest, EveryTableAndColumnOfTheCatalogueIsListed) {
  database_.Run("CREATE TABLE later (b text, a integer, secret text, PRIMARY KEY (a, b))");
  const auto tables = store_.ListStoredTables();
  ASSERT_TRUE(tables.ok());
  std::vector<std::string> listed;
  for (const auto& table : tables->tables()) {
    for (const auto& column : table.columns()) listed.push_back(table.name() + "." + column.name());
  }
  std::vector<std::string> expected;
  const auto rows = database_.Run(
      "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE "
      "table_schema = 'public' ORDER BY table_name COLLATE \"C\", ordinal_position");
  for (size_t i = 0; i < rows.size(); ++i) expected.emplace_back(rows.Text(i, 0));
  EXPECT_EQ(listed, expected);
  for (const auto& table : tables->tables()) {
    if (table.name() != "later") continue;
    EXPECT_THAT(table.primary_key(), ElementsAre("a", "b"));
    EXPECT_TRUE(table.columns(2).concealed());
  }
}

TEST_F(StoredRowsTest, ValuesAreThoseOnDisk) {
  Make("ann");
  database_.Run("UPDATE accounts SET display_name = E'a\\n\"b', tokens_revoked_time = 'infinity'");
  const Row ann = Read({.table = "accounts"}).at(0);
  EXPECT_EQ(ann.at("name"), "ann");
  EXPECT_EQ(ann.at("display_name"), "a\n\"b");
  EXPECT_EQ(ann.at("minimum_balance"), "0");
  EXPECT_THAT(ann.at("create_time"), Digits());
  EXPECT_EQ(ann.at("tokens_revoked_time"), "infinity");
  EXPECT_THAT(ann.at("password_hash"), ::testing::MatchesRegex("[0-9a-f]{64}"));
  EXPECT_EQ(Read({.table = "ledger"}).at(0).at("only_row"), "true");
}

TEST_F(StoredRowsTest, PagesFollowOnEachOtherInBothDirections) {
  for (const char* name : {"ann", "bob", "cid", "dan", "eve"}) Make(name);
  for (const bool descending : {false, true}) {
    StoredQuery query{.table = "accounts", .descending = descending, .max_rows = 2};
    std::string names;
    do {
      for (const Row& row : Read(query, &query.key)) names += row.at("name") + " ";
      query.after_key = true;
    } while (!query.key.empty());
    EXPECT_EQ(names, descending ? "eve dan cid bob ann " : "ann bob cid dan eve ");
  }
  StoredQuery from{.table = "accounts", .key = {Read({.table = "accounts"})[3].at("id")}};
  EXPECT_EQ(Read(from).size(), 2u);
}

TEST_F(StoredRowsTest, APageEndsAtItsBytes) {
  for (const char* name : {"ann", "bob", "cid"}) Make(name);
  // One that no page has room for comes alone.
  database_.Run(
      "UPDATE accounts SET display_name = (SELECT string_agg(md5(g::text), '') FROM "
      "generate_series(1, 200) g) WHERE name = 'bob'");
  StoredQuery query{.table = "accounts", .max_bytes = 1'000};
  std::vector<size_t> sizes;
  do {
    sizes.push_back(Read(query, &query.key).size());
    query.after_key = true;
  } while (!query.key.empty());
  EXPECT_THAT(sizes, ElementsAre(1, 1, 1));
}

TEST_F(StoredRowsTest, MistakesAreNamed) {
  database_.Run("CREATE TABLE keyless (a integer); CREATE TABLE hidden (k text PRIMARY KEY)");
  const auto refusal = [this](const StoredQuery& query) {
    return std::string(MessageOf(store_.ReadStoredRows(query).status()));
  };
  EXPECT_THAT(refusal({.table = "none"}), HasSubstr("there is no table 'none'"));
  EXPECT_THAT(refusal({.table = ""}), HasSubstr("there is no table"));
  EXPECT_THAT(refusal({.table = "accounts\"; DROP TABLE x"}), HasSubstr("there is no table"));
  EXPECT_THAT(refusal({.table = "keyless"}), HasSubstr("no primary key that may be shown"));
  EXPECT_THAT(refusal({.table = "hidden"}), HasSubstr("no primary key that may be shown"));
  EXPECT_THAT(refusal({.table = "accounts", .key = {"x"}}), HasSubstr("is no primary key"));
  EXPECT_THAT(refusal({.table = "accounts", .key = {"1", "2"}}), HasSubstr("one value for each"));
}

TEST_F(StoredRowsTest, EveryChangeOfAnAccountIsRecordedWithAHashThatCanBeRecomputed) {
  Make("ann", "GEM");
  ASSERT_TRUE(Update({"Ann ü", "sales", std::nullopt}).ok());
  ASSERT_TRUE(Update(Limit(-5)).ok());
  ASSERT_TRUE(Update(Limit(std::nullopt)).ok());
  ASSERT_TRUE(store_.RevokeTokens("ann").ok());
  ASSERT_TRUE(store_.SetPassword("ann", "another hash", std::nullopt).ok());
  // What changes nothing is not recorded.
  EXPECT_FALSE(store_.SetPassword("ann", "a third hash", 1).ok());
  EXPECT_FALSE(store_.UpdateAccount("nobody", Limit(1)).ok());

  const std::string ledger = store_.GetHead()->ledger;
  std::map<std::string, std::string> previous;
  std::vector<std::string> states;
  for (const Row& row : Read({.table = "changes"})) {
    cli::Change change;
    change.table_name = row.at("table_name");
    change.subject = row.at("subject");
    change.number = std::stoll(row.at("number"));
    change.time_micros = std::stoll(row.at("change_time"));
    change.sequence = std::stoll(row.at("sequence"));
    change.settings_version = std::stoll(row.at("settings_version"));
    change.state = row.at("state");
    std::string& before = previous[change.table_name + change.subject];
    EXPECT_EQ(cli::ChangeHash(ledger, before, change), row.at("hash")) << change.state;
    before = row.at("hash");
    if (change.table_name == "accounts") states.push_back(change.state);
    if (change.subject == "GEM") {
      EXPECT_THAT(change.state, HasSubstr("\"minor_unit_digits\": 0"));
    }
  }
  ASSERT_EQ(states.size(), 6u);
  EXPECT_THAT(states[1], HasSubstr("\"Ann ü\""));
  EXPECT_THAT(states[2], HasSubstr("\"minimum_balance\": -5"));
  EXPECT_THAT(states[3], HasSubstr("\"minimum_balance\": null"));
  EXPECT_THAT(states[5], ::testing::Not(HasSubstr("another hash")));
  EXPECT_EQ(Read({.table = "ledger"})[0].at("settings_version"), "2");
}

TEST_F(StoredRowsTest, ChangesOfOneAccountAtOnceAreAllRecordedInOrder) {
  Make("ann");
  constexpr int kThreads = 4;
  constexpr int kChanges = 25;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this, i] {
      for (int change = 0; change < kChanges; ++change) {
        const bool done = i % 2 == 0 ? store_.RevokeTokens("ann").ok() : Update(Limit(change)).ok();
        EXPECT_TRUE(done);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  int64_t number = 0;
  for (const Row& row : Read({.table = "changes"})) {
    if (row.at("table_name") != "accounts") continue;
    EXPECT_EQ(std::stoll(row.at("number")), ++number);
  }
  EXPECT_EQ(number, 1 + kThreads * kChanges);
}

TEST_F(StoredRowsTest, WhatIsRecordedIsNeverChanged) {
  const auto session = database_.Connect();
  for (const char* sql : {"UPDATE changes SET state = '{}'", "DELETE FROM changes",
                          "TRUNCATE changes", "UPDATE changes SET number = 2 WHERE false"}) {
    EXPECT_THAT(std::string(MessageOf(session->Run(sql).status())), HasSubstr("is refused")) << sql;
  }
}

}  // namespace
}  // namespace ledgercast
