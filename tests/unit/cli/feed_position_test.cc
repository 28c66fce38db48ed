#include "services/cli/feed_position.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/ledger_maker.h"

namespace ledgercast::cli {
namespace {

using ledgercast::testing::LedgerMaker;

class FeedPositionTest : public ::testing::Test {
 protected:
  FeedPositionTest() {
    for (int i = 0; i < 10; ++i) ledger_.Add("ann", "bob");
  }

  std::string CursorAt(int64_t sequence) const {
    return FormatCursor(LedgerMaker::kLedger, ledger_.PositionAt(sequence));
  }

  // What a service sends of (`after`, `until`].
  v1::WatchTransactionsResponse Response(int64_t after, int64_t until) const {
    v1::WatchTransactionsResponse response;
    response.set_after(CursorAt(after));
    response.set_cursor(CursorAt(until));
    for (int64_t i = after; i < until; ++i) {
      *response.add_transactions() = ledger_.all()[static_cast<size_t>(i)];
    }
    return response;
  }

  static std::vector<int64_t> SequencesOf(const v1::WatchTransactionsResponse& response) {
    std::vector<int64_t> sequences;
    for (const auto& transaction : response.transactions()) {
      sequences.push_back(transaction.sequence());
    }
    return sequences;
  }

  LedgerMaker ledger_;
};

TEST_F(FeedPositionTest, GoesOnFromStreamToStream) {
  FeedPosition position("");
  auto response = Response(0, 3);
  ASSERT_TRUE(position.Accept(&response).ok());
  EXPECT_EQ(position.cursor(), CursorAt(3));
  response = Response(3, 5);
  ASSERT_TRUE(position.Accept(&response).ok());
  EXPECT_EQ(SequencesOf(response), (std::vector<int64_t>{4, 5}));
  EXPECT_EQ(position.cursor(), CursorAt(5));
}

TEST_F(FeedPositionTest, WhatWasThereBeforeIsTakenOut) {
  FeedPosition position(CursorAt(4));
  auto response = Response(2, 6);
  ASSERT_TRUE(position.Accept(&response).ok());
  EXPECT_EQ(SequencesOf(response), (std::vector<int64_t>{5, 6}));
  response = Response(1, 3);
  ASSERT_TRUE(position.Accept(&response).ok());
  EXPECT_TRUE(response.transactions().empty());
  EXPECT_EQ(response.cursor(), CursorAt(6));
  EXPECT_EQ(position.cursor(), CursorAt(6));
}

TEST_F(FeedPositionTest, AGapIsAReasonToWatchAgain) {
  FeedPosition position(CursorAt(4));
  auto response = Response(5, 6);
  EXPECT_TRUE(absl::IsAborted(position.Accept(&response)));
  EXPECT_EQ(position.cursor(), CursorAt(4));
  FeedPosition beginning("");
  EXPECT_TRUE(absl::IsAborted(beginning.Accept(&response)));
}

TEST_F(FeedPositionTest, NowIsWhereverTheFirstResponseEnds) {
  FeedPosition position("now");
  auto response = Response(7, 7);
  ASSERT_TRUE(position.Accept(&response).ok());
  EXPECT_EQ(position.cursor(), CursorAt(7));
  response = Response(8, 9);
  EXPECT_TRUE(absl::IsAborted(position.Accept(&response)));
}

TEST_F(FeedPositionTest, ProgressMovesIt) {
  FeedPosition position(CursorAt(4));
  auto response = Response(4, 8);
  response.clear_transactions();
  ASSERT_TRUE(position.Accept(&response).ok());
  EXPECT_EQ(position.cursor(), CursorAt(8));
}

TEST_F(FeedPositionTest, AnotherLedgerIsTold) {
  FeedPosition position(FormatCursor("fedcba9876543210", ledger_.PositionAt(4)));
  auto response = Response(4, 5);
  EXPECT_TRUE(absl::IsDataLoss(position.Accept(&response)));
}

}  // namespace
}  // namespace ledgercast::cli
