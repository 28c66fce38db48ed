// What the service's statements read does not depend on who pays whom, on how long the ledger is,
// or on what PostgreSQL's statistics say: each is found by an index that leads to just its rows.
// That is measured, not read off a plan: PostgreSQL counts the rows and index entries that it
// reads.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "services/common/base/errors.h"
#include "services/transaction/postgres/list_query.h"
#include "services/transaction/postgres/posting_session_factory.h"
#include "tests/support/ledger_writer.h"
#include "tests/support/test_database.h"

namespace ledgercast::testing {
namespace {

constexpr int64_t kTransactions = 1'000'000;
constexpr int64_t kAccounts = 10'000;
// So that no statement takes longer than a test's may.
constexpr int64_t kFilledAtOnce = 50'000;
// As often as it takes until PostgreSQL plans a prepared statement for any values.
constexpr int kCalls = 6;

// Who pays whom in transaction number i: SQL for the two accounts' numbers, from 1 to kAccounts.
struct Shape {
  const char* name;
  const char* from;
  const char* to;
};

constexpr Shape kShapes[] = {
    {"FewPayers", "1 + i % 3", "4 + i * 7919 % (%1$s - 3)"},
    {"FewPayees", "4 + i * 7919 % (%1$s - 3)", "1 + i % 3"},
    {"OneHotPair", "CASE WHEN i % 100 = 0 THEN 3 + i / 100 % (%1$s - 2) ELSE 1 END",
     "CASE WHEN i % 100 = 50 THEN 3 + i / 100 % (%1$s - 2) ELSE 2 END"},
    {"AllDistinct", "1 + i * 2 % %1$s", "2 + i * 2 % (%1$s - 2)"},
};

std::string NameOf(int64_t number) { return "a" + std::to_string(number); }

class PlansTest : public ::testing::TestWithParam<Shape> {
 protected:
  PlansTest() {
    database_.Run(
        "INSERT INTO accounts (name, currency) SELECT 'a' || i, 'PTS' FROM "
        "generate_series(1, " +
        std::to_string(kAccounts) + ") AS i ORDER BY i");
    // Autovacuum would make statistics when it likes.
    database_.Run("ALTER TABLE transactions SET (autovacuum_enabled = false)");
    database_.Run("ALTER TABLE accounts SET (autovacuum_enabled = false)");
  }

  // Transactions (from, to]; balances and hashes are of no interest here.
  void Fill(int64_t from, int64_t to) {
    for (int64_t at = from; at < to; at += kFilledAtOnce) {
      FillSome(at, std::min(at + kFilledAtOnce, to));
    }
  }

  void FillSome(int64_t from, int64_t to) {
    const std::string accounts = std::to_string(kAccounts);
    const auto side = [&](const char* sql) {
      std::string text = sql;
      for (size_t at = text.find("%1$s"); at != std::string::npos; at = text.find("%1$s")) {
        text.replace(at, 4, accounts);
      }
      return text;
    };
    database_.Run(
        "INSERT INTO transactions SELECT i, ('00000000-0000-7000-8000-' || lpad(i::text, 12, "
        "'0'))::uuid, " +
        side(GetParam().from) + ", " + side(GetParam().to) +
        ", 1 + i % 1000, 0, 0, 0, 0, 'epoch'::timestamptz + i * interval '1 second', CASE WHEN i % "
        "1000 = 0 THEN ('00000000-0000-7000-8000-' || lpad((i - 1)::text, 12, '0'))::uuid END, "
        "sha256('x'), 'PTS', 'a1', '', NULL FROM generate_series(" +
        std::to_string(from + 1) + "::bigint, " + std::to_string(to) + ") AS i");
  }

  int64_t ReadSoFar() {
    return database_
        .Run(
            "SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname IN "
            "('transactions', 'accounts')) + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes "
            "WHERE relname IN ('transactions', 'accounts'))")
        .Int(0, 0);
  }

  void AwaitOthersGone() {
    while (!database_
                .Run("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND "
                     "backend_type = 'client backend' AND pid <> pg_backend_pid()")
                .empty()) {
    }
  }

  // Makes `call` some times on a store of its own, and expects that each read no more than `most`
  // rows and index entries. A session's counts are sure to be there once it has gone.
  void ExpectReads(const std::string& what, int64_t most,
                   const std::function<absl::Status(postgres::PgStore&)>& call) {
    const int64_t before = ReadSoFar();
    {
      postgres::PgStore store(database_.options());
      for (int i = 0; i < kCalls; ++i) {
        const absl::Status status = call(store);
        ASSERT_TRUE(status.ok()) << what << ": " << status;
      }
    }
    AwaitOthersGone();
    EXPECT_LE((ReadSoFar() - before) / kCalls, most) << what << ", " << statistics_;
  }

  void ExpectPostingReads(const std::string& what, int64_t most,
                          const std::function<absl::Status(PostingSession&)>& call) {
    ExpectReads(what, most, [&](postgres::PgStore&) {
      const auto session = postgres::MakePostingSessionFactory(database_.options())();
      if (!session.ok()) return session.status();
      for (int i = 0; i < kCalls; ++i) {
        if (const auto fenced = (*session)->Fence({}); !fenced.ok()) return fenced.status();
        absl::Status status = call(**session);
        if (status.ok()) status = (*session)->Release();
        if (!status.ok()) return status;
      }
      return absl::OkStatus();
    });
  }

  void CheckReads();
  void CheckLists();
  void CheckPosting();

  // An account that never pays an admin's dozens, the busiest, some, and one without any.
  static std::vector<std::string> SomeAccounts() {
    return {NameOf(1), NameOf(2), NameOf(777), NameOf(kAccounts)};
  }

  TestDatabase database_;
  std::string statistics_;
};

void PlansTest::CheckReads() {
  using postgres::PgStore;
  ExpectReads("GetHead", 10, [](PgStore& store) { return store.GetHead().status(); });
  ExpectReads("PositionAtTime", 100, [](PgStore& store) {
    return store.PositionAtTime(absl::FromUnixSeconds(777'777)).status();
  });
  ExpectReads("GetTransactionById", 10, [](PgStore& store) {
    return store.GetTransactionById("00000000-0000-7000-8000-000000000777").status();
  });
  ExpectReads("GetTransactionBySequence", 10,
              [](PgStore& store) { return store.GetTransactionBySequence(999'000).status(); });
  const auto start = PgStore(database_.options()).PositionAt(500'000);
  ASSERT_TRUE(start.ok());
  for (const std::string& name : SomeAccounts()) {
    ExpectReads("GetAccount " + name, 10,
                [&](PgStore& store) { return store.GetAccount(name, std::nullopt).status(); });
    ExpectReads("GetAccount at " + name, 20,
                [&](PgStore& store) { return store.GetAccount(name, *start).status(); });
    // A page of 100 by two indexes, each as long as the page, and accounts for each row.
    ExpectReads("ReadAfter " + name, 600, [&](PgStore& store) {
      return store.ReadAfter(*start, AccountFilter::Of({name}), 100).status();
    });
  }
  ExpectReads("ReadAfter", 400, [&](PgStore& store) {
    return store.ReadAfter(*start, AccountFilter::All(), 100).status();
  });
  ExpectReads("ListAccounts", 4'100,
              [](PgStore& store) { return store.ListAccounts("", 1'000).status(); });
}

void PlansTest::CheckLists() {
  for (const bool descending : {false, true}) {
    for (const char* const one : {"", "a1", "a777"}) {
      for (const char* const other : {"", "a2", "a9999"}) {
        for (const bool member : {false, true}) {
          TransactionQuery query;
          query.from_account = one;
          query.to_account = other;
          if (member) query.visible = AccountFilter::Of({"a1"});
          query.descending = descending;
          query.max_transactions = 100;
          const std::string what = std::string("list from '") + one + "' to '" + other + "'" +
                                   (member ? " of a member" : "") + (descending ? " desc" : "");
          ExpectReads(what, 2 * postgres::kMaxCandidates + 600, [&](postgres::PgStore& store) {
            return store.ListTransactions(query).status();
          });
        }
      }
    }
  }
  TransactionQuery query;
  query.order = OrderKey::kAmount;
  query.after_sequence = kTransactions - 1'000;
  ExpectReads("list by amount", 1'600,
              [&](postgres::PgStore& store) { return store.ListTransactions(query).status(); });
}

void PlansTest::CheckPosting() {
  const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (int64_t i = 1; i <= 1'000; ++i) all.push_back(NameOf(i));
    return all;
  }();
  ExpectPostingReads("LoadAccounts", kCalls * 3'100,
                     [&](PostingSession& session) { return session.LoadAccounts(names).status(); });
  ExpectPostingReads("FindByIds", kCalls * 100, [](PostingSession& session) {
    return session.FindByIds({"00000000-0000-7000-8000-000000000777"}).status();
  });
  ExpectPostingReads("FindReversals", kCalls * 100, [](PostingSession& session) {
    return session.FindReversals({"00000000-0000-7000-8000-000000000999"}).status();
  });
  ExpectPostingReads("ReadAfter", kCalls * 400, [](PostingSession& session) {
    return session.ReadAfter(kTransactions - 100, 100).status();
  });
}

TEST_P(PlansTest, NothingIsReadThatIsNotAskedFor) {
  Fill(0, 1'000);
  database_.Run("ANALYZE");
  Fill(1'000, kTransactions);
  statistics_ = "statistics of a thousand rows";
  CheckReads();
  CheckLists();
  CheckPosting();
  database_.Run("ANALYZE");
  statistics_ = "statistics of all rows";
  CheckReads();
  CheckLists();
  CheckPosting();
}

TEST_P(PlansTest, WhatGoesBetweenTwoBusyAccountsIsPagedThroughInBoundedSteps) {
  Fill(0, 20'000);
  TransactionQuery query;
  query.from_account = "a1";
  query.to_account = "a2";
  query.max_transactions = 50;
  for (const bool descending : {false, true}) {
    query.descending = descending;
    query.resume_after.reset();
    postgres::PgStore store(database_.options());
    std::vector<std::string> found;
    int pages = 0;
    while (true) {
      const auto page = store.ListTransactions(query);
      ASSERT_TRUE(page.ok()) << page.status();
      ASSERT_LT(++pages, 1'000);
      for (const auto& transaction : page->transactions) {
        found.push_back(std::to_string(transaction.sequence()));
      }
      if (page->looked_until) {
        query.resume_after = {0, *page->looked_until};
      } else if (std::ssize(page->transactions) == query.max_transactions) {
        query.resume_after = {0, page->transactions.back().sequence()};
      } else {
        break;
      }
    }
    const auto expected = database_.Run(
        std::string("SELECT sequence FROM transactions WHERE from_account = (SELECT id FROM "
                    "accounts WHERE name = 'a1') AND to_account = (SELECT id FROM accounts WHERE "
                    "name = 'a2') ORDER BY sequence") +
        (descending ? " DESC" : ""));
    ASSERT_EQ(found.size(), expected.size());
    for (size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i], expected.Text(i, 0));
  }
}

TEST_P(PlansTest, MoreThanCanBeSortedByAmountIsRefusedAndSaysWhatToDo) {
  Fill(0, postgres::kMaxSortedTransactions + 1);
  TransactionQuery query;
  query.order = OrderKey::kAmount;
  postgres::PgStore store(database_.options());
  const absl::Status status = store.ListTransactions(query).status();
  EXPECT_EQ(GetErrorInfo(status).reason(), reason::kInvalidField) << status;
  query.after_sequence = 1;
  const auto page = store.ListTransactions(query);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_TRUE(std::is_sorted(
      page->transactions.begin(), page->transactions.end(),
      [](const auto& one, const auto& other) { return one.amount() < other.amount(); }));
}

INSTANTIATE_TEST_SUITE_P(, PlansTest, ::testing::ValuesIn(kShapes),
                         [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace ledgercast::testing
