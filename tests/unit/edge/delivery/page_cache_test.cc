#include "edge/delivery/page_cache.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/edge_hub_fixture.h"

namespace ledgercast::testing {
namespace {

class PageCacheTest : public HubTest {
 protected:
  std::shared_ptr<CallOff> Ask(int64_t after, std::vector<std::string> accounts = {}) {
    auto call_off = std::make_shared<CallOff>();
    cache_.Read(feed_->CursorAt(ledger_.PositionAt(after)), std::move(accounts), call_off,
                [this](absl::StatusOr<HistoryPagePtr> page) { pages_.push_back(std::move(page)); });
    return call_off;
  }

  PageCache cache_{{.max_pages = 3}, &history_, &source_};
  std::vector<absl::StatusOr<HistoryPagePtr>> pages_;
};

TEST_F(PageCacheTest, ReadersOfTheSameAtTheSamePlaceShareOneCall) {
  for (int i = 0; i < 60; ++i) Post("a", "b");
  Build({});
  for (int i = 0; i < 5; ++i) Ask(7, {"a"});
  EXPECT_EQ(history_.reads, 1);
  Ask(8, {"a"});
  Ask(7, {"b"});
  Ask(7);
  EXPECT_EQ(history_.reads, 4);
  history_.AnswerAll();
  ASSERT_EQ(pages_.size(), 8u);
  for (int i = 1; i < 5; ++i) EXPECT_EQ(*pages_[static_cast<size_t>(i)], *pages_[0]);
  EXPECT_EQ((*pages_[0])->transactions.size(), 50u);
}

TEST_F(PageCacheTest, AnAccountWhoseNameLooksLikeTwoSharesNothingWithThem) {
  Post("a", "b");
  Build({});
  Ask(0, {"a", "b"});
  Ask(0, {"a,b"});
  Ask(0, {"a 1:b"});
  EXPECT_EQ(history_.reads, 3);
}

TEST_F(PageCacheTest, WhoComesLaterFindsThePage) {
  for (int i = 0; i < 60; ++i) Post("a", "b");
  Build({});
  Ask(0);
  history_.AnswerAll();
  Ask(0);
  EXPECT_EQ(history_.reads, 1);
  ASSERT_EQ(pages_.size(), 2u);
  EXPECT_EQ(*pages_[0], *pages_[1]);
}

TEST_F(PageCacheTest, APageOfTheHeadIsAskedForAgain) {
  Post("a", "b");
  Build({});
  Ask(1);
  history_.AnswerAll();
  EXPECT_TRUE((*pages_[0])->transactions.empty());
  Post("a", "b");
  Ask(1);
  history_.AnswerAll();
  EXPECT_EQ((*pages_[1])->transactions.size(), 1u);
}

TEST_F(PageCacheTest, AnotherHistoryKnowsNothingOfTheOldOnesPages) {
  for (int i = 0; i < 60; ++i) Post("a", "b");
  Build({});
  Ask(0);
  history_.AnswerAll();
  Build({});
  Ask(0);
  EXPECT_EQ(history_.reads, 2);
}

TEST_F(PageCacheTest, AFailureIsNotKept) {
  for (int i = 0; i < 60; ++i) Post("a", "b");
  Build({});
  history_.failure = absl::UnavailableError("away");
  Ask(0);
  history_.AnswerAll();
  EXPECT_TRUE(absl::IsUnavailable(pages_[0].status()));
  history_.failure = absl::OkStatus();
  Ask(0);
  history_.AnswerAll();
  EXPECT_TRUE(pages_[1].ok());
}

TEST_F(PageCacheTest, KeepsNoMorePagesThanItMay) {
  for (int i = 0; i < 60; ++i) Post("a", "b");
  Build({});
  for (int after = 0; after < 4; ++after) Ask(after);
  history_.AnswerAll();
  Ask(3);
  EXPECT_EQ(history_.reads, 4);
  Ask(0);
  EXPECT_EQ(history_.reads, 5);
}

TEST_F(PageCacheTest, ACallIsCalledOffWithItsLastAsker) {
  for (int i = 0; i < 60; ++i) Post("a", "b");
  Build({});
  const auto one = Ask(0);
  const auto two = Ask(0);
  one->Cancel();
  EXPECT_EQ(history_.called_off, 0);
  ASSERT_EQ(pages_.size(), 1u);
  EXPECT_TRUE(absl::IsCancelled(pages_[0].status()));
  two->Cancel();
  EXPECT_EQ(history_.called_off, 1);
  history_.AnswerAll();
  EXPECT_EQ(pages_.size(), 2u);
  // As late as this.
  two->Cancel();
  EXPECT_EQ(history_.called_off, 1);
}

}  // namespace
}  // namespace ledgercast::testing
