#include "edge/upstream/upstream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_split.h"
#include "services/common/base/errors.h"
#include "services/common/base/program.h"
#include "tests/support/ledger_maker.h"

namespace ledgercast::testing {
namespace {

using ::testing::ElementsAre;
using ReadResult = WatchStream::ReadResult;

// What one stream does: responses in turn, then silence or an end.
struct Script {
  std::deque<v1::WatchTransactionsResponse> responses;
  bool goes_silent = false;
  absl::Status end = absl::UnavailableError("broken");
};

class ScriptedStream : public WatchStream {
 public:
  explicit ScriptedStream(Script script) : script_(std::move(script)) {}

  ReadResult Read(v1::WatchTransactionsResponse* response, absl::Duration) override {
    if (!script_.responses.empty()) {
      *response = std::move(script_.responses.front());
      script_.responses.pop_front();
      return ReadResult::kResponse;
    }
    return script_.goes_silent ? ReadResult::kSilence : ReadResult::kEnded;
  }
  void Cancel() override {}
  absl::Status Finish() override { return script_.end; }

 private:
  Script script_;
};

class UpstreamTest : public ::testing::Test {
 protected:
  UpstreamTest() {
    options_.first_retry = absl::Microseconds(10);
    options_.longest_retry = absl::Microseconds(100);
  }

  v1::WatchTransactionsResponse Response(const LedgerMaker& ledger, int64_t after, int64_t until,
                                         const std::string& name = LedgerMaker::kLedger) {
    v1::WatchTransactionsResponse response;
    response.set_after(FormatCursor(name, ledger.PositionAt(after)));
    response.set_cursor(FormatCursor(name, ledger.PositionAt(until)));
    for (int64_t sequence = after + 1; sequence <= until; ++sequence) {
      *response.add_transactions() = ledger.all()[static_cast<size_t>(sequence - 1)];
    }
    return response;
  }

  // Runs through the scripts and stops when they have ended.
  void Run(std::vector<Script> scripts) {
    size_t next = 0;
    Upstream* running = nullptr;
    Upstream upstream(
        options_,
        [&](const v1::WatchTransactionsRequest& request) -> std::unique_ptr<WatchStream> {
          requests_.push_back(request);
          if (next == scripts.size()) {
            running->Stop();
            return std::make_unique<ScriptedStream>(Script());
          }
          return std::make_unique<ScriptedStream>(scripts[next++]);
        },
        &source_, [this] { ++growths_; }, [] { return 0.5; }, &counts_);
    running = &upstream;
    upstream.Run();
  }

  std::vector<std::string> Afters() const {
    std::vector<std::string> afters;
    for (const auto& request : requests_) afters.push_back(request.after());
    return afters;
  }

  std::string CursorAt(const LedgerMaker& ledger, int64_t sequence) {
    return FormatCursor(LedgerMaker::kLedger, ledger.PositionAt(sequence));
  }

  Upstream::Options options_;
  FeedSource source_;
  UpstreamCounts counts_;
  std::vector<v1::WatchTransactionsRequest> requests_;
  int growths_ = 0;
  LedgerMaker ledger_;
};

TEST_F(UpstreamTest, BeginsAtTheServicesHead) {
  for (int i = 0; i < 5; ++i) ledger_.Add("a", "b");
  Run({{{Response(ledger_, 3, 3), Response(ledger_, 3, 5)}}});
  const auto feed = source_.current();
  ASSERT_NE(feed, nullptr);
  EXPECT_EQ(feed->ledger, LedgerMaker::kLedger);
  EXPECT_EQ(feed->log.base(), ledger_.PositionAt(3));
  EXPECT_EQ(feed->log.head(), ledger_.PositionAt(5));
  EXPECT_EQ(requests_[0].after(), "now");
  EXPECT_EQ(requests_[0].progress_interval().seconds(), 1);
  EXPECT_TRUE(requests_[0].accounts().empty());
  EXPECT_EQ(growths_, 2);
}

TEST_F(UpstreamTest, GoesOnFromItsHeadThroughAnyBreak) {
  for (int i = 0; i < 9; ++i) ledger_.Add("a", "b");
  Script silent{{Response(ledger_, 4, 6)}, true};
  Run({{{}, false, absl::UnavailableError("not there yet")},
       {{Response(ledger_, 2, 4)}},
       silent,
       {{Response(ledger_, 6, 6)}, false, absl::UnauthenticatedError("token ended")},
       {{Response(ledger_, 6, 9)}, false, absl::OkStatus()}});
  EXPECT_THAT(Afters(), ElementsAre("now", "now", CursorAt(ledger_, 4), CursorAt(ledger_, 6),
                                    CursorAt(ledger_, 6), CursorAt(ledger_, 9)));
  EXPECT_EQ(source_.current()->log.head(), ledger_.head());
  EXPECT_EQ(counts_.reconnects.value(), 5);
  EXPECT_EQ(counts_.transactions.value(), 7);
  EXPECT_EQ(counts_.connected.value(), 0);
}

TEST_F(UpstreamTest, TakesWhatOverlapsOnce) {
  for (int i = 0; i < 4; ++i) ledger_.Add("a", "b");
  Run({{{Response(ledger_, 0, 3), Response(ledger_, 1, 4), Response(ledger_, 2, 3)}}});
  EXPECT_EQ(source_.current()->log.head(), ledger_.head());
  EXPECT_EQ(requests_.size(), 2u);
}

TEST_F(UpstreamTest, AsksAgainForWhatWasLeftOut) {
  for (int i = 0; i < 6; ++i) ledger_.Add("a", "b");
  Run({{{Response(ledger_, 0, 2), Response(ledger_, 4, 6)}}, {{Response(ledger_, 2, 6)}}});
  EXPECT_THAT(Afters(), ElementsAre("now", CursorAt(ledger_, 2), CursorAt(ledger_, 6)));
  EXPECT_EQ(source_.current()->log.head(), ledger_.head());
}

TEST_F(UpstreamTest, BeginsAnewWhereItsHeadIsUnknown) {
  for (int i = 0; i < 4; ++i) ledger_.Add("a", "b");
  const auto before = [&] {
    Run({{{Response(ledger_, 0, 4)}, false, absl::OutOfRangeError("rewound")},
         {{Response(ledger_, 2, 2)}}});
    return source_.current();
  }();
  EXPECT_THAT(Afters(), ElementsAre("now", "now", CursorAt(ledger_, 2)));
  EXPECT_EQ(before->log.base(), ledger_.PositionAt(2));
  EXPECT_EQ(counts_.resets.value(), 1);
}

TEST_F(UpstreamTest, BeginsAnewWhereAnotherHistoryIsTold) {
  LedgerMaker other;
  for (int i = 0; i < 4; ++i) {
    ledger_.Add("a", "b");
    other.Add("a", "b", i < 2 ? 1 : 7);
  }
  // The stream overlaps with what is there and contradicts it.
  Run({{{Response(ledger_, 0, 4)}}, {{Response(other, 2, 4)}}, {{Response(other, 4, 4)}}});
  EXPECT_THAT(Afters(), ElementsAre("now", CursorAt(ledger_, 4), "now", CursorAt(other, 4)));
  EXPECT_EQ(source_.current()->log.head(), other.head());
}

TEST_F(UpstreamTest, BeginsAnewOnAnotherLedger) {
  ledger_.Add("a", "b");
  Run({{{Response(ledger_, 0, 1)}},
       {{Response(ledger_, 1, 1, "fedcba9876543210")}},
       {{Response(ledger_, 1, 1, "fedcba9876543210")}}});
  EXPECT_EQ(source_.current()->ledger, "fedcba9876543210");
}

// What `write` logs, as the lines' objects.
template <typename Write>
std::vector<nlohmann::json> Logged(Write write) {
  ::testing::internal::CaptureStderr();
  EXPECT_TRUE(SetUpLogging("edge", "info").ok());
  write();
  std::vector<nlohmann::json> lines;
  for (const auto line :
       absl::StrSplit(::testing::internal::GetCapturedStderr(), '\n', absl::SkipEmpty())) {
    lines.push_back(nlohmann::json::parse(std::string(line)));
  }
  return lines;
}

TEST_F(UpstreamTest, ARoutineRenewalIsInfoAndAnythingElseAWarningWithPlainFields) {
  LedgerMaker ledger;
  const auto expired = MakeError(absl::StatusCode::kUnauthenticated, reason::kTokenExpired,
                                 "the token has expired", {{"more", "than text"}});
  const auto away = MakeError(absl::StatusCode::kUnavailable, reason::kShuttingDown, "stopping");
  const auto lines = Logged([&] {
    Run({{{Response(ledger, 0, 0)}, false, expired}, {{Response(ledger, 0, 0)}, false, away}});
  });
  const auto find = [&](const std::string& message) {
    const auto found = std::find_if(lines.begin(), lines.end(),
                                    [&](const auto& line) { return line["message"] == message; });
    EXPECT_NE(found, lines.end()) << message;
    return found == lines.end() ? nlohmann::json() : *found;
  };
  const auto renewed = find("the watch is renewed");
  EXPECT_EQ(renewed["level"], "info");
  EXPECT_EQ(renewed["code"], "UNAUTHENTICATED");
  EXPECT_EQ(renewed["reason"], "TOKEN_EXPIRED");
  EXPECT_EQ(renewed["error"], "the token has expired");
  EXPECT_TRUE(renewed["next_in_ms"].is_number());
  EXPECT_EQ(find("the watch ended")["level"], "warning");
  EXPECT_EQ(find("the watch ended")["reason"], "SHUTTING_DOWN");
  for (const auto& line : lines) EXPECT_EQ(line.dump().find("type.googleapis"), std::string::npos);
}

TEST_F(UpstreamTest, StopEndsAWaitForTheNextAttempt) {
  options_.first_retry = options_.longest_retry = absl::Hours(1);
  absl::Mutex mu;
  bool asked = false;
  Upstream upstream(
      options_,
      [&](const auto&) {
        absl::MutexLock lock(&mu);
        asked = true;
        return std::make_unique<ScriptedStream>(Script());
      },
      &source_, [] {}, [] { return 0.9; }, &counts_);
  upstream.Start();
  {
    absl::MutexLock lock(&mu);
    mu.Await(absl::Condition(&asked));
  }
  upstream.Stop();
}

}  // namespace
}  // namespace ledgercast::testing
