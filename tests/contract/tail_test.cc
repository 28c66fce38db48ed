#include "services/transaction/postgres/tail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "absl/synchronization/notification.h"
#include "services/common/base/errors.h"
#include "tests/support/ledger_writer.h"
#include "tests/support/test_database.h"

namespace ledgercast::testing {
namespace {

// Long enough that what comes sooner came by the doorbell.
constexpr absl::Duration kNever = absl::Hours(1);

class TailTest : public ::testing::Test {
 protected:
  TailTest() {
    for (const char* name : {"alice", "bob"}) {
      EXPECT_TRUE(store_.CreateAccount(AccountOf(name), "").ok());
    }
  }

  std::unique_ptr<postgres::Tail> Follow(bool notify, absl::Duration poll_interval) {
    postgres::PgOptions options = database_.options();
    options.notify = notify;
    return std::make_unique<postgres::Tail>(options, postgres::Tail::Options{poll_interval, 7},
                                            &log_);
  }

  std::vector<v1::Transaction> Post(int count, bool notify = true) {
    std::vector<Posting> postings;
    for (int i = 0; i < count; ++i) postings.push_back(Transfer("alice", "bob", 1));
    return Write(database_.Sessions(notify), postings);
  }

  // Until the log's head has been moved or reset to `position`.
  void AwaitHead(const Position& position) {
    while (true) {
      const Position head = log_.head();
      if (head == position) return;
      absl::Notification moved;
      const auto wait =
          log_.Wait(head.sequence, AccountFilter::All(), [&moved] { moved.Notify(); });
      // A reset to another place may have come between the two.
      if (log_.head() != head && log_.Cancel(wait)) continue;
      moved.WaitForNotification();
    }
  }

  // The doorbell's listener, once there is one.
  int64_t AwaitListener() {
    while (true) {
      const auto rows = database_.Run(
          "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE "
          "'LISTEN%'");
      if (!rows.empty()) return rows.Int(0, 0);
    }
  }

  TestDatabase database_;
  postgres::PgStore store_{database_.options()};
  TransactionLog log_{store_.GetHead()->position(), TransactionLog::Options()};
};

TEST_F(TailTest, BringsWhatWasThereBeforeItAndInPages) {
  const auto posted = Post(20);
  const auto tail = Follow(true, kNever);
  AwaitHead(PositionOf(posted.back()));
  const auto page = log_.Read(log_.base(), AccountFilter::All(), {});
  ASSERT_EQ(page.transactions.size(), posted.size());
  for (size_t i = 0; i < posted.size(); ++i) {
    EXPECT_EQ(page.transactions[i]->DebugString(), posted[i].DebugString());
  }
}

TEST_F(TailTest, TheDoorbellBringsAnotherReplicasCommitsBeforeTheNextPoll) {
  const auto tail = Follow(true, kNever);
  for (int i = 0; i < 3; ++i) AwaitHead(PositionOf(Post(2).back()));
}

TEST_F(TailTest, PollingAloneBringsThemToo) {
  const auto tail = Follow(false, absl::Milliseconds(5));
  for (int i = 0; i < 3; ++i) AwaitHead(PositionOf(Post(2, /*notify=*/false).back()));
}

TEST_F(TailTest, ADoorbellThatIsNeverRungLosesNothing) {
  const auto tail = Follow(true, absl::Milliseconds(5));
  for (int i = 0; i < 3; ++i) AwaitHead(PositionOf(Post(2, /*notify=*/false).back()));
}

TEST_F(TailTest, WhatThePosterHandedOverIsNotAppendedAgain) {
  const auto tail = Follow(true, absl::Milliseconds(5));
  std::vector<v1::Transaction> last;
  for (int i = 0; i < 20; ++i) {
    last = Post(3);
    // As the poster does; the tail may have been faster.
    EXPECT_NE(log_.Append(last), TransactionLog::AppendResult::kConflict);
  }
  AwaitHead(PositionOf(last.back()));
  const auto page = log_.Read(log_.base(), AccountFilter::All(), {});
  ASSERT_EQ(page.transactions.size(), 60u);
  for (size_t i = 0; i < 60; ++i) {
    EXPECT_EQ(page.transactions[i]->sequence(), static_cast<int64_t>(i) + 1);
  }
}

TEST_F(TailTest, GoesOnAfterItsConnectionsDied) {
  const auto tail = Follow(true, absl::Milliseconds(20));
  const int64_t listener = AwaitListener();
  database_.KillConnections();
  AwaitHead(PositionOf(Post(2).back()));
  // And listens again.
  EXPECT_NE(AwaitListener(), listener);
}

TEST_F(TailTest, EveryOutageIsLoggedOnce) {
  std::ostringstream text;
  const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text);
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", sink));
  {
    const auto tail = Follow(true, absl::Milliseconds(5));
    for (int i = 0; i < 2; ++i) {
      AwaitHead(PositionOf(Post(1).back()));
      AwaitListener();
      database_.KillConnections();
    }
    AwaitHead(PositionOf(Post(1).back()));
  }
  spdlog::set_default_logger(before);
  int outages = 0;
  for (size_t at = text.str().find("lost the database"); at != std::string::npos;
       at = text.str().find("lost the database", at + 1)) {
    ++outages;
  }
  EXPECT_EQ(outages, 2);
}

TEST_F(TailTest, ARewoundLedgerResetsTheLogToItsHead) {
  const auto tail = Follow(true, absl::Milliseconds(5));
  const auto posted = Post(10);
  AwaitHead(PositionOf(posted.back()));
  database_.Rewind(4);
  AwaitHead(PositionOf(posted[3]));
  EXPECT_EQ(log_.base(), PositionOf(posted[3]));
  const auto next = Post(2);
  AwaitHead(PositionOf(next.back()));
  const auto page = log_.Read(log_.base(), AccountFilter::All(), {});
  ASSERT_EQ(page.transactions.size(), 2u);
  EXPECT_EQ(page.transactions[0]->id(), next[0].id());
}

TEST_F(TailTest, ALedgerThatWasRewoundAndGrewPastTheLogIsTold) {
  const auto posted = Post(10);
  ASSERT_EQ(log_.Append(posted), TransactionLog::AppendResult::kAppended);
  database_.Rewind(4);
  const auto other = Post(10);
  const auto tail = Follow(true, absl::Milliseconds(5));
  AwaitHead(PositionOf(other.back()));
  EXPECT_EQ(log_.Read(PositionOf(posted.back()), AccountFilter::All(), {}).outcome,
            TransactionLog::Outcome::kTooOld);
}

TEST_F(TailTest, AnotherLedgerIsNeitherReadNorTakenForARewoundOne) {
  const auto posted = Post(3);
  ASSERT_EQ(log_.Append(posted), TransactionLog::AppendResult::kAppended);
  postgres::Tail::Options options;
  options.poll_interval = absl::Milliseconds(5);
  options.ledger = "fedcba9876543210";
  const postgres::Tail tail(database_.options(), options, &log_);
  while (tail.state().status.ok()) {
  }
  EXPECT_THAT(std::string(tail.state().status.message()), ::testing::HasSubstr("restart it"));
  EXPECT_EQ(log_.head(), PositionOf(posted.back()));
}

TEST_F(TailTest, TellsHowFarTheClocksAreApart) {
  Post(1);
  database_.Run(
      "ALTER TABLE transactions DISABLE TRIGGER ALL; UPDATE transactions SET create_time = now() + "
      "interval '1 hour'");
  postgres::Tail::Options options;
  options.poll_interval = absl::Milliseconds(5);
  const postgres::Tail tail(database_.options(), options, &log_);
  while (tail.state().clocks.ok()) {
  }
  EXPECT_EQ(GetErrorInfo(tail.state().clocks).reason(), reason::kClockSkew);
  EXPECT_LT(absl::AbsDuration(tail.state().clock_skew), absl::Seconds(1));
  database_.Run("UPDATE transactions SET create_time = now()");
  while (!tail.state().clocks.ok()) {
  }
}

TEST_F(TailTest, StopsSoonWhileTheDatabaseIsAway) {
  postgres::PgOptions options = database_.options();
  options.conninfo += " port=1";
  postgres::Tail tail(options, postgres::Tail::Options(), &log_);
}

}  // namespace
}  // namespace ledgercast::testing
