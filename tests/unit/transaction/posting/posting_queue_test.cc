#include "services/transaction/posting/posting_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

namespace ledgercast {
namespace {

PostingItem ItemOf(const std::string& caller, int count, const std::string& note = "") {
  PostingItem item;
  for (int i = 0; i < count; ++i) {
    Posting posting;
    posting.caller = caller;
    posting.request.set_description(note);
    item.unit.push_back(std::move(posting));
  }
  return item;
}

std::string CallerOf(const PostingItem& item) { return item.unit.front().caller; }

bool Push(PostingQueue* queue, PostingItem item) { return queue->Push(item); }

TEST(PostingQueueTest, OneCallersItemsKeepTheirOrder) {
  PostingQueue queue({});
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(Push(&queue, ItemOf("a", 1, std::to_string(i))));
  for (int i = 0; i < 500; ++i) {
    const auto item = queue.Pop(1'000, false);
    ASSERT_TRUE(item.has_value());
    EXPECT_EQ(item->unit.front().request.description(), std::to_string(i));
  }
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.transactions(), 0);
}

TEST(PostingQueueTest, ABulkLoadDoesNotHoldUpTheOthers) {
  PostingQueue queue({});
  for (int i = 0; i < 8'000; ++i) ASSERT_TRUE(Push(&queue, ItemOf("bulk", 1)));
  ASSERT_TRUE(Push(&queue, ItemOf("one", 1)));
  ASSERT_TRUE(Push(&queue, ItemOf("two", 1)));
  std::map<std::string, int> first_batch;
  for (int i = 0; i < 1'000; ++i) ++first_batch[CallerOf(*queue.Pop(1'000, false))];
  EXPECT_EQ(first_batch["one"], 1);
  EXPECT_EQ(first_batch["two"], 1);
}

TEST(PostingQueueTest, BusyCallersShareByTransactionsNotByItems) {
  PostingQueue queue({});
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(Push(&queue, ItemOf("large", 500)));
  for (int i = 0; i < 5'000; ++i) ASSERT_TRUE(Push(&queue, ItemOf("small", 1)));
  std::map<std::string, size_t> served;
  for (size_t total = 0; total < 6'000;) {
    const auto item = queue.Pop(1'000, true);
    served[CallerOf(*item)] += item->unit.size();
    total += item->unit.size();
  }
  EXPECT_NEAR(static_cast<double>(served["large"]), 3'000, 600);
}

TEST(PostingQueueTest, AnItemThatDoesNotFitWaitsUnlessItIsTheFirst) {
  PostingQueue queue({});
  ASSERT_TRUE(Push(&queue, ItemOf("a", 10)));
  EXPECT_FALSE(queue.Pop(9, false).has_value());
  EXPECT_EQ(queue.transactions(), 10);
  EXPECT_EQ(queue.Pop(9, true)->unit.size(), 10u);
}

TEST(PostingQueueTest, LimitsAreInTransactions) {
  PostingQueue queue({.max_transactions = 10, .max_caller_transactions = 6});
  EXPECT_TRUE(Push(&queue, ItemOf("a", 6)));
  EXPECT_FALSE(Push(&queue, ItemOf("a", 1))) << "that is all that one caller may have waiting";
  EXPECT_FALSE(Push(&queue, ItemOf("b", 5)));
  EXPECT_TRUE(Push(&queue, ItemOf("b", 4)));
  EXPECT_FALSE(Push(&queue, ItemOf("c", 1)));
  while (queue.Pop(0, true)) {
  }
  EXPECT_TRUE(Push(&queue, ItemOf("a", 6)));
}

TEST(PostingQueueTest, MemoryIsBoundedBeforeTheCountIs) {
  PostingQueue queue({.max_bytes = 100'000});
  const std::string note(1'000, 'x');
  int taken = 0;
  while (Push(&queue, ItemOf("a", 1, note))) ++taken;
  EXPECT_GT(taken, 10);
  EXPECT_LT(taken, 100);
  ASSERT_TRUE(queue.Pop(1, true).has_value());
  EXPECT_TRUE(Push(&queue, ItemOf("a", 1, note)));
}

TEST(PostingQueueTest, AnItemAboveEveryLimitIsTakenByAnEmptyQueue) {
  PostingQueue queue({.max_transactions = 2, .max_caller_transactions = 1});
  EXPECT_TRUE(Push(&queue, ItemOf("a", 5)));
  EXPECT_FALSE(Push(&queue, ItemOf("b", 1)));
}

TEST(PostingQueueTest, ARefusedItemIsLeftAsItWas) {
  PostingQueue queue({.max_transactions = 1});
  EXPECT_TRUE(Push(&queue, ItemOf("a", 1)));
  PostingItem item = ItemOf("b", 1, "kept");
  EXPECT_FALSE(queue.Push(item));
  ASSERT_EQ(item.unit.size(), 1u);
  EXPECT_EQ(item.unit.front().request.description(), "kept");
}

TEST(PostingQueueTest, EverythingPushedIsPoppedOnceInItsCallersOrder) {
  std::mt19937 random(7);
  PostingQueue queue({});
  std::map<std::string, int> pushed;
  std::map<std::string, int> popped;
  for (int step = 0; step < 20'000; ++step) {
    if (random() % 2 == 0) {
      const std::string caller(1, static_cast<char>('a' + random() % 5));
      PostingItem item =
          ItemOf(caller, 1 + static_cast<int>(random() % 50), std::to_string(pushed[caller]));
      if (queue.Push(item)) ++pushed[caller];
    } else if (const auto item = queue.Pop(static_cast<int64_t>(random() % 100), false)) {
      EXPECT_EQ(item->unit.front().request.description(),
                std::to_string(popped[CallerOf(*item)]++));
    }
  }
  while (const auto item = queue.Pop(0, true)) {
    EXPECT_EQ(item->unit.front().request.description(), std::to_string(popped[CallerOf(*item)]++));
  }
  EXPECT_EQ(popped, pushed);
}

}  // namespace
}  // namespace ledgercast
