#include "edge/delivery/turn_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace ledgercast::testing {
namespace {

using ::testing::ElementsAre;

constexpr absl::Time kNow = absl::UnixEpoch();

std::vector<int> Drain(TurnQueue<int>* queue) {
  std::vector<int> items;
  while (!queue->empty()) items.push_back(queue->Pop());
  return items;
}

TEST(TurnQueueTest, OwnersTakeTurnsAndKeepTheirOwnOrder) {
  TurnQueue<int> queue;
  for (const int item : {10, 11, 12, 13}) queue.Push(1, item, kNow);
  queue.Push(2, 20, kNow);
  for (const int item : {30, 31}) queue.Push(3, item, kNow);
  EXPECT_THAT(Drain(&queue), ElementsAre(10, 20, 30, 11, 31, 12, 13));
}

TEST(TurnQueueTest, AnOwnerThatComesLateWaitsForOneTurnOfEachOther) {
  TurnQueue<int> queue;
  for (int item = 0; item < 1'000; ++item) queue.Push(1, item, kNow);
  EXPECT_EQ(queue.Pop(), 0);
  queue.Push(2, 5'000, kNow);
  EXPECT_EQ(queue.Pop(), 1);
  EXPECT_EQ(queue.Pop(), 5'000);
}

TEST(TurnQueueTest, WhatIsRemovedIsNeverGivenOut) {
  TurnQueue<int> queue;
  const auto first = queue.Push(1, 10, kNow);
  queue.Push(1, 11, kNow);
  const auto only = queue.Push(2, 20, kNow);
  queue.Push(3, 30, kNow);
  queue.Remove(first);
  queue.Remove(only);
  queue.Remove(only);
  EXPECT_EQ(queue.size(), 2u);
  EXPECT_THAT(Drain(&queue), ElementsAre(11, 30));
  queue.Push(2, 21, kNow);
  EXPECT_THAT(Drain(&queue), ElementsAre(21));
}

TEST(TurnQueueTest, TellsHowLongTheOldestWaits) {
  TurnQueue<int> queue;
  EXPECT_EQ(queue.OldestWait(kNow), absl::ZeroDuration());
  const auto oldest = queue.Push(1, 1, kNow);
  queue.Push(2, 2, kNow + absl::Seconds(3));
  EXPECT_EQ(queue.OldestWait(kNow + absl::Seconds(5)), absl::Seconds(5));
  queue.Remove(oldest);
  EXPECT_EQ(queue.OldestWait(kNow + absl::Seconds(5)), absl::Seconds(2));
}

// Whatever is pushed, removed and taken: each item leaves once, one owner's in their order, and
// nobody waits for two turns of another.
TEST(TurnQueueTest, IsFairWhateverHappens) {
  std::mt19937 random(11);
  TurnQueue<std::pair<uint64_t, int64_t>> queue;
  std::vector<int64_t> waiting[5];
  std::vector<int64_t> turns_since[5];
  for (int step = 0; step < 50'000; ++step) {
    const uint64_t owner = random() % 5;
    const auto what = random() % 3;
    auto& own = waiting[owner];
    if (what == 0) {
      const int64_t next = own.empty() ? step : std::max<int64_t>(step, own.back() + 1);
      const auto ticket = queue.Push(owner, {owner, next}, kNow);
      if (random() % 4 == 0) {
        queue.Remove(ticket);
      } else {
        own.push_back(next);
      }
    } else if (!queue.empty()) {
      const auto [taken, item] = queue.Pop();
      ASSERT_FALSE(waiting[taken].empty());
      ASSERT_EQ(waiting[taken].front(), item);
      waiting[taken].erase(waiting[taken].begin());
      turns_since[taken].clear();
      for (uint64_t other = 0; other < 5; ++other) {
        if (other == taken || waiting[other].empty()) continue;
        turns_since[other].push_back(static_cast<int64_t>(taken));
        ASSERT_LE(std::count(turns_since[other].begin(), turns_since[other].end(),
                             static_cast<int64_t>(taken)),
                  2)
            << "owner " << other << " waits for two turns of " << taken;
      }
      if (waiting[taken].empty()) turns_since[taken].clear();
    }
    size_t all = 0;
    for (const auto& one : waiting) all += one.size();
    ASSERT_EQ(queue.size(), all);
  }
}

}  // namespace
}  // namespace ledgercast::testing
