#include "services/transaction/api/password_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/common/base/clock.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// One thread, which waits at a gate until the test has queued what it wants.
class PasswordQueueTest : public ::testing::Test {
 protected:
  void Start() {
    queue_ = std::make_unique<PasswordQueue>(options_);
    absl::Notification waits;
    queue_->Submit({"gate", Standing::kClean, absl::InfiniteFuture(), nullptr,
                    [&] {
                      waits.Notify();
                      gate_.WaitForNotification();
                    },
                    [](const absl::Status&) {}});
    waits.WaitForNotification();
  }

  PasswordQueue::Job JobOf(const std::string& client, Standing standing = Standing::kClean) {
    return {client,
            standing,
            absl::InfiniteFuture(),
            nullptr,
            [this, client] { ran_.push_back(client); },
            [this, client](const absl::Status& why) { refused_.emplace_back(client, why); }};
  }

  void Submit(const std::string& client, Standing standing = Standing::kClean) {
    queue_->Submit(JobOf(client, standing));
  }

  // Lets everything run that is queued.
  void Finish() {
    gate_.Notify();
    queue_.reset();
  }

  std::vector<std::string> refused_clients() const {
    std::vector<std::string> clients;
    for (const auto& [client, why] : refused_) clients.push_back(client);
    return clients;
  }

  PasswordQueue::Options options_{
      .threads = 1, .max_wait = absl::Seconds(1), .expected_hash = absl::Milliseconds(100)};
  absl::Notification gate_;
  // By the queue's one thread.
  std::vector<std::string> ran_;
  std::vector<std::pair<std::string, absl::Status>> refused_;
  std::unique_ptr<PasswordQueue> queue_;
};

TEST_F(PasswordQueueTest, ClientsTakeTurnsHoweverMuchTheyAskFor) {
  Start();
  for (int i = 0; i < 4; ++i) Submit("greedy");
  Submit("ann");
  Submit("bob");
  Submit("bob");
  Finish();
  EXPECT_THAT(ran_, ElementsAre("greedy", "ann", "bob", "greedy", "bob", "greedy", "greedy"));
}

TEST_F(PasswordQueueTest, OfSevenTurnsFourAreTheCleanLanesTwoTheDoubtfulOnesAndOneTheSuspectOnes) {
  options_.max_wait = absl::Minutes(1);
  Start();
  for (int i = 0; i < 14; ++i) {
    Submit("suspect", Standing::kSuspect);
    Submit("doubtful", Standing::kDoubtful);
    Submit("clean", Standing::kClean);
  }
  Finish();
  ran_.resize(21);
  EXPECT_NEAR(std::count(ran_.begin(), ran_.end(), "clean"), 12, 1);
  EXPECT_NEAR(std::count(ran_.begin(), ran_.end(), "doubtful"), 6, 1);
  EXPECT_NEAR(std::count(ran_.begin(), ran_.end(), "suspect"), 3, 1);
}

TEST_F(PasswordQueueTest, ALaneThatWasIdleSavesNoTurnsUp) {
  options_.max_wait = absl::Minutes(10);
  Start();
  for (int i = 0; i < 100; ++i) Submit("suspect", Standing::kSuspect);
  std::vector<std::string> before;
  // In the middle of that the clean lane gets as much work as the doubtful one.
  PasswordQueue::Job last = JobOf("suspect", Standing::kSuspect);
  absl::Notification added;
  last.run = [&] {
    before.swap(ran_);
    for (int i = 0; i < 7; ++i) Submit("clean", Standing::kClean);
    for (int i = 0; i < 100; ++i) Submit("suspect", Standing::kSuspect);
    added.Notify();
  };
  queue_->Submit(std::move(last));
  gate_.Notify();
  added.WaitForNotification();
  queue_.reset();
  EXPECT_EQ(before.size(), 100u);
  ran_.resize(9);
  EXPECT_GE(std::count(ran_.begin(), ran_.end(), "suspect"), 1) << "nobody is starved";
  EXPECT_GE(std::count(ran_.begin(), ran_.end(), "clean"), 6);
}

TEST_F(PasswordQueueTest, ALaneHoldsSecondsOfWorkByWhatHashesTookLately) {
  Start();
  for (int i = 0; i < 50; ++i) queue_->OnHashed(absl::Milliseconds(200));
  for (int i = 0; i < 8; ++i) Submit("client " + std::to_string(i));
  EXPECT_EQ(queue_->stats().queued[0], 6);
  EXPECT_EQ(queue_->stats().refused_full, 2);
  ASSERT_EQ(refused_.size(), 2u);
  const absl::Status& why = refused_[0].second;
  EXPECT_TRUE(absl::IsResourceExhausted(why)) << why;
  EXPECT_EQ(GetErrorInfo(why).reason(), reason::kTooBusy);
  EXPECT_EQ(GetErrorInfo(why).metadata().at("retryAfterSeconds"), "2");
  EXPECT_TRUE(why.GetPayload("type.googleapis.com/google.rpc.RetryInfo").has_value());
  // The others have their own, which is less.
  for (int i = 0; i < 3; ++i) Submit("suspect " + std::to_string(i), Standing::kSuspect);
  EXPECT_EQ(queue_->stats().queued[2], 1);
  EXPECT_EQ(refused_.size(), 4u);
  Finish();
}

TEST_F(PasswordQueueTest, WhoeverHasMostMakesRoomForOthers) {
  Start();
  for (int i = 0; i < 30; ++i) Submit("greedy");
  EXPECT_EQ(refused_.size(), 20u);
  refused_.clear();
  for (int i = 0; i < 5; ++i) Submit("ann");
  EXPECT_THAT(refused_clients(), ElementsAre("greedy", "greedy", "greedy", "greedy", "greedy"));
  refused_.clear();
  Submit("ann");
  EXPECT_THAT(refused_clients(), ElementsAre("ann")) << "it has as many as anybody";
  EXPECT_EQ(queue_->stats().refused_displaced, 5);
  Finish();
  EXPECT_EQ(std::count(ran_.begin(), ran_.end(), "ann"), 5);
}

TEST_F(PasswordQueueTest, WhoHasLeftIsDroppedWhenTaken) {
  Start();
  std::atomic<bool> left = false;
  PasswordQueue::Job job = JobOf("ann");
  job.is_cancelled = [&] { return left.load(); };
  queue_->Submit(std::move(job));
  PasswordQueue::Job late = JobOf("bob");
  late.deadline = SteadyNow() - absl::Seconds(1);
  queue_->Submit(std::move(late));
  Submit("cat");
  left = true;
  EXPECT_THAT(refused_, IsEmpty());
  Finish();
  EXPECT_THAT(ran_, ElementsAre("cat"));
  ASSERT_THAT(refused_clients(), ElementsAre("ann", "bob"));
  EXPECT_TRUE(absl::IsCancelled(refused_[0].second));
  EXPECT_TRUE(absl::IsDeadlineExceeded(refused_[1].second));
}

TEST_F(PasswordQueueTest, WhoHasLeftMakesRoomBeforeAnybodyElse) {
  Start();
  std::atomic<bool> left = false;
  for (int i = 0; i < 10; ++i) {
    PasswordQueue::Job job = JobOf("gone " + std::to_string(i));
    job.is_cancelled = [&] { return left.load(); };
    queue_->Submit(std::move(job));
  }
  Submit("early");
  EXPECT_THAT(refused_clients(), ElementsAre("early"));
  left = true;
  Submit("ann");
  EXPECT_EQ(queue_->stats().dropped_cancelled, 10);
  EXPECT_EQ(queue_->stats().queued[0], 1);
  Finish();
  EXPECT_THAT(ran_, ElementsAre("ann"));
}

TEST_F(PasswordQueueTest, HoweverSlowHashesAreEachThreadMayHaveOneWaiting) {
  options_.expected_hash = absl::Minutes(1);
  Start();
  Submit("ann");
  Submit("bob");
  EXPECT_THAT(refused_clients(), ElementsAre("bob"));
  Finish();
  EXPECT_THAT(ran_, ElementsAre("ann"));
}

TEST_F(PasswordQueueTest, TheAgeOfTheOldestIsKnown) {
  Start();
  EXPECT_EQ(queue_->stats().oldest, absl::ZeroDuration());
  Submit("ann");
  EXPECT_GT(queue_->stats().oldest, absl::ZeroDuration());
  EXPECT_EQ(queue_->stats().expected_hash, absl::Milliseconds(100));
  Finish();
}

}  // namespace
}  // namespace ledgercast
