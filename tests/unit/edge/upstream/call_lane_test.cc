#include "edge/upstream/call_lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/edge_fakes.h"

namespace ledgercast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CallLaneTest : public ::testing::Test {
 protected:
  class NotedCall : public CallLane::Call {
   public:
    NotedCall(std::vector<std::string>* notes, std::string name)
        : notes_(notes), name_(std::move(name)) {}
    void Start() override { notes_->push_back("start " + name_); }
    void Cancel() override { notes_->push_back("cancel " + name_); }
    void Drop(const absl::Status& why) override {
      notes_->push_back("drop " + name_ + " " + absl::StatusCodeToString(why.code()));
    }

   private:
    std::vector<std::string>* const notes_;
    const std::string name_;
  };

  std::shared_ptr<CallOff> Add(const std::string& name) {
    auto call_off = std::make_shared<CallOff>();
    calls_.push_back(std::make_shared<NotedCall>(&notes_, name));
    lane_.Add(calls_.back(), call_off);
    return call_off;
  }
  std::vector<std::string> Take() { return std::exchange(notes_, {}); }

  FakeClock clock_;
  CallLane lane_{{.max_running = 2, .max_waiting = 3}, clock_.AsClock()};
  std::vector<std::string> notes_;
  std::vector<std::shared_ptr<CallLane::Call>> calls_;
};

TEST_F(CallLaneTest, SoManyRunAndTheNextStartsWhenOneIsOver) {
  for (const char* name : {"a", "b", "c", "d"}) Add(name);
  EXPECT_THAT(Take(), ElementsAre("start a", "start b"));
  lane_.OnOver();
  EXPECT_THAT(Take(), ElementsAre("start c"));
  lane_.OnOver();
  lane_.OnOver();
  EXPECT_THAT(Take(), ElementsAre("start d"));
}

TEST_F(CallLaneTest, WhatIsCalledOffBeforeItsTurnIsNeverStarted) {
  Add("a");
  Add("b");
  const auto waits = Add("c");
  Add("d");
  Take();
  waits->Cancel();
  EXPECT_THAT(Take(), ElementsAre("drop c CANCELLED"));
  lane_.OnOver();
  EXPECT_THAT(Take(), ElementsAre("start d"));
}

TEST_F(CallLaneTest, WhatRunsIsEndedAndKeepsItsPlaceUntilItIsOver) {
  const auto runs = Add("a");
  Add("b");
  Add("c");
  Take();
  runs->Cancel();
  EXPECT_THAT(Take(), ElementsAre("cancel a"));
  lane_.OnOver();
  EXPECT_THAT(Take(), ElementsAre("start c"));
}

TEST_F(CallLaneTest, MoreThanMayWaitAreRefused) {
  for (const char* name : {"a", "b", "c", "d", "e"}) Add(name);
  Take();
  Add("f");
  EXPECT_THAT(Take(), ElementsAre("drop f RESOURCE_EXHAUSTED"));
}

TEST_F(CallLaneTest, TellsHowManyWaitAndForHowLong) {
  EXPECT_EQ(lane_.waiting().calls, 0u);
  for (const char* name : {"a", "b", "c"}) Add(name);
  clock_.now += absl::Seconds(4);
  Add("d");
  clock_.now += absl::Seconds(1);
  EXPECT_EQ(lane_.waiting().calls, 2u);
  EXPECT_EQ(lane_.waiting().oldest, absl::Seconds(5));
}

TEST_F(CallLaneTest, AfterItWasClosedNothingStarts) {
  for (const char* name : {"a", "b", "c"}) Add(name);
  Take();
  lane_.Close();
  EXPECT_THAT(Take(), ElementsAre("drop c CANCELLED"));
  lane_.OnOver();
  EXPECT_THAT(Take(), IsEmpty());
  Add("d");
  EXPECT_THAT(Take(), ElementsAre("drop d RESOURCE_EXHAUSTED"));
}

}  // namespace
}  // namespace ledgercast::testing
