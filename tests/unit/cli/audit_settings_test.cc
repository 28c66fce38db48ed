#include "services/cli/audit_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/cli_stored_ledger.h"

namespace ledgercast::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AuditSettingsTest : public ::testing::Test {
 protected:
  AuditSettingsTest() {
    ledger_.AddTable("accounts", {"id"},
                     {{"id", "integer"},
                      {"name", "text"},
                      {"currency", "text"},
                      {"department", "text"},
                      {"minimum_balance", "bigint"},
                      {"create_time", "timestamp with time zone"}});
    ledger_.AddTable("currencies", {"code"}, {{"code", "text"}, {"minor_unit_digits", "integer"}});
    ledger_.AddTable("ledger", {"only_row"},
                     {{"only_row", "boolean"}, {"ledger", "text"}, {"settings_version", "bigint"}});
    ledger_.AddTable("schema_migrations", {"version"}, {{"version", "integer"}, {"name", "text"}});
    ledger_.AddTable("changes", {"table_name", "subject", "number"},
                     {{"table_name", "text"},
                      {"subject", "text"},
                      {"number", "bigint"},
                      {"change_time", "timestamp with time zone"},
                      {"sequence", "bigint"},
                      {"settings_version", "bigint"},
                      {"state", "jsonb"},
                      {"hash", "bytea"}});
    ledger_.table("ledger").rows = {
        {{"only_row", "true"}, {"ledger", "ledger1"}, {"settings_version", "0"}}};
    ledger_.Record("ledger", "true",
                   R"({"ledger": "ledger1", "only_row": true, "settings_version": 0})", 4);
    ledger_.table("schema_migrations").rows = {{{"version", "1"}, {"name", "V001"}}};
    ledger_.Record("schema_migrations", "1", R"({"version": 1, "name": "V001"})");
    ledger_.table("currencies").rows = {{{"code", "PTS"}, {"minor_unit_digits", "0"}}};
    ledger_.Record("currencies", "PTS", R"({"code": "PTS", "minor_unit_digits": 0})");
    AddAccount("1", "ann", "0");
    AddAccount("2", "bob", "");
    AddAccount("10", "cid", "5");
  }

  static std::string StateOf(const std::string& id, const std::string& name,
                             const std::string& limit, const std::string& department = "") {
    return R"({"id": )" + id + R"(, "name": ")" + name +
           R"(", "currency": "PTS", "department": ")" + department + R"(", "minimum_balance": )" +
           (limit.empty() ? "null" : limit) + R"(, "create_time": "1970-01-01T00:00:01+00:00"})";
  }
  static StoredLedger::Row RowOf(const std::string& id, const std::string& name,
                                 const std::string& limit, const std::string& department = "") {
    return {{"id", id},
            {"name", name},
            {"currency", "PTS"},
            {"department", department},
            {"minimum_balance", limit.empty() ? std::nullopt : std::optional(limit)},
            {"create_time", "1000000"}};
  }
  void AddAccount(const std::string& id, const std::string& name, const std::string& limit) {
    ledger_.table("accounts").rows.push_back(RowOf(id, name, limit));
    ledger_.Record("accounts", id, StateOf(id, name, limit));
  }
  // As UpdateAccount does.
  void SetLimit(const std::string& id, const std::string& name, const std::string& limit,
                int64_t sequence, int64_t version) {
    for (StoredLedger::Row& row : ledger_.table("accounts").rows) {
      if (row.at("id") == id) row = RowOf(id, name, limit);
    }
    ledger_.table("ledger").rows[0]["settings_version"] = std::to_string(version);
    ledger_.Record("accounts", id, StateOf(id, name, limit), sequence, version);
  }

  // "table row column,column" of each problem.
  std::vector<std::string> Found() {
    Problems problems(100);
    notes_.clear();
    auto settings = AuditSettings(ledger_.source(), &problems, &notes_);
    EXPECT_TRUE(settings.ok()) << settings.status();
    settings_ = *std::move(settings);
    std::vector<std::string> found;
    for (const Problem& problem : problems.kept()) {
      std::string text = problem.table + " " + problem.row + " ";
      for (const std::string& column : problem.columns) {
        text += (text.ends_with(' ') ? "" : ",") + column;
      }
      found.push_back(text);
      message_ = problem.message;
    }
    return found;
  }

  StoredLedger ledger_;
  AuditedSettings settings_;
  std::vector<std::string> notes_;
  std::string message_;
};

TEST_F(AuditSettingsTest, WhatIsAsItWasRecordedIsSound) {
  EXPECT_THAT(Found(), IsEmpty());
  EXPECT_THAT(notes_, IsEmpty());
  EXPECT_EQ(settings_.ledger, "ledger1");
  EXPECT_EQ(settings_.recorded_since, 4);
  EXPECT_EQ(settings_.accounts.Find("cid")->number, 10);
}

TEST_F(AuditSettingsTest, EachChangedColumnIsNamed) {
  StoredLedger::Row& ann = ledger_.table("accounts").rows[0];
  const StoredLedger::Row untouched = ann;
  for (const auto& [column, value] : untouched) {
    if (column == "id") continue;
    ann = untouched;
    ann[column] = "7";
    EXPECT_THAT(Found(), ElementsAre("accounts 1 " + column));
    EXPECT_THAT(message_, HasSubstr(column + " is '7', while its newest change (1) has "));
    ann[column] = std::nullopt;
    EXPECT_THAT(Found(), ElementsAre("accounts 1 " + column));
  }
  ann = untouched;
  ann["id"] = "77";
  EXPECT_THAT(Found(), ElementsAre("accounts 77 id", "accounts 1 id"));
  ann = untouched;
  ledger_.table("currencies").rows[0]["minor_unit_digits"] = "2";
  ledger_.table("schema_migrations").rows[0]["name"] = "V002";
  ledger_.table("ledger").rows[0]["ledger"] = "ledger2";
  EXPECT_THAT(Found(), ElementsAre("currencies PTS minor_unit_digits", "ledger true ledger",
                                   "schema_migrations 1 name"));
  EXPECT_EQ(settings_.ledger, "ledger1");
}

TEST_F(AuditSettingsTest, ARowThatWasAddedOrTakenAwayIsNamed) {
  ledger_.table("accounts").rows.push_back(RowOf("11", "dan", ""));
  ledger_.table("accounts").rows.erase(ledger_.table("accounts").rows.begin());
  EXPECT_THAT(Found(), ElementsAre("accounts 11 id", "accounts 1 id"));
  // It is an account nevertheless.
  EXPECT_EQ(settings_.accounts.Find("dan")->number, 11);
}

TEST_F(AuditSettingsTest, ARecordedChangeThatWasChangedIsNamed) {
  SetLimit("1", "ann", "3", 6, 1);
  SetLimit("1", "ann", "4", 7, 2);
  auto& rows = ledger_.table("changes").rows;
  StoredLedger::Row& change = rows[rows.size() - 2];
  const StoredLedger::Row untouched = change;
  const std::vector<std::pair<const char*, std::string>> values = {
      {"change_time", "6"},
      {"sequence", "5"},
      {"settings_version", "0"},
      {"state", StateOf("1", "ann", "9")},
      {"hash", std::string(64, '0')}};
  for (const auto& [column, value] : values) {
    change = untouched;
    change[column] = value;
    const auto found = Found();
    ASSERT_FALSE(found.empty()) << column;
    EXPECT_EQ(found[0], "changes accounts/1/2 change_time,sequence,settings_version,state,hash");
  }
  change = untouched;
  change["number"] = "9";
  EXPECT_THAT(Found(), ::testing::Contains("changes accounts/1/9 table_name,subject,number"));
  change = untouched;
  change["subject"] = "2";
  EXPECT_THAT(Found(), ::testing::Contains("changes accounts/1/3 table_name,subject,number"));
  change = untouched;
  change["state"] = "[]";
  EXPECT_THAT(Found(), ::testing::Contains(HasSubstr("changes accounts/1/2 number")));
  change = untouched;
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(AuditSettingsTest, LimitsAreKnownFromTheChangeOn) {
  SetLimit("1", "ann", "-50", 6, 1);
  SetLimit("1", "ann", "", 9, 2);
  EXPECT_THAT(Found(), IsEmpty());
  const AccountBook::Account& ann = *settings_.accounts.Find("ann");
  EXPECT_EQ(LimitAt(ann, 6), 0);
  EXPECT_EQ(LimitAt(ann, 7), -50);
  EXPECT_EQ(LimitAt(ann, 9), -50);
  EXPECT_EQ(LimitAt(ann, 10), std::nullopt);
}

TEST_F(AuditSettingsTest, AnotherVersionOfTheSettingsIsNamed) {
  ledger_.table("ledger").rows[0]["settings_version"] = "3";
  EXPECT_THAT(Found(), ElementsAre("ledger true settings_version"));
}

TEST_F(AuditSettingsTest, ChangesThatComeWhileItReadsAreNoProblem) {
  int reads = 0;
  ledger_.before_read = [&](const v1::ListStoredRowsRequest& request) {
    // Right behind the changes, and again while the row is read once more.
    if (request.table() != "accounts" || ++reads > 3) return;
    SetLimit("2", "bob", std::to_string(reads), reads, reads);
    AddAccount(std::to_string(100 + reads), "new" + std::to_string(reads), "0");
  };
  EXPECT_THAT(Found(), IsEmpty());
  EXPECT_EQ(reads > 3, true);
}

TEST_F(AuditSettingsTest, AColumnOfWhichNothingIsRecordedIsNoted) {
  auto& table = ledger_.table("accounts");
  table.columns.emplace_back().set_name("held");
  for (StoredLedger::Row& row : table.rows) row["held"] = "0";
  EXPECT_THAT(Found(), IsEmpty());
  EXPECT_THAT(notes_, ElementsAre("of accounts, nothing was recorded of held: not checked"));
}

TEST_F(AuditSettingsTest, AColumnThatWasTakenAwayIsNamed) {
  ledger_.table("schema_migrations").columns.pop_back();
  EXPECT_THAT(Found(), ElementsAre("schema_migrations 1 name"));
}

}  // namespace
}  // namespace ledgercast::cli
