#ifndef TESTS_SUPPORT_EDGE_FAKES_H_
#define TESTS_SUPPORT_EDGE_FAKES_H_

// Replacements for what the edge's sessions use: sockets without a network, a shard without a loop,
// and the service's history without a service.

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "edge/delivery/history.h"
#include "edge/net/shard.h"
#include "edge/net/socket.h"
#include "edge/protocol/wire_frame.h"
#include "services/common/base/errors.h"
#include "tests/support/ledger_maker.h"

namespace ledgercast::testing {

class TextFrame : public WireFrame {
 public:
  explicit TextFrame(FrameText frame)
      : WireFrame(std::move(frame.parts)), text_(std::move(frame.text)) {}
  std::string_view text() const override { return text_; }

 private:
  const std::string text_;
};

inline FramePtr MakeTextFrame(FrameText frame) {
  return std::make_shared<TextFrame>(std::move(frame));
}

// Keeps what is sent until Flush(), as a kernel keeps what the peer does not read.
class FakeSocket : public Socket {
 public:
  void Send(const FramePtr& frame) override {
    if (!close_code.has_value()) in_flight.push_back(frame);
  }
  void SendWithPing(const FramePtr& frame) override {
    ++pings;
    Send(frame);
  }
  void Close(CloseCode code, std::string_view reason) override {
    if (close_code.has_value()) return;
    close_code = code;
    close_reason = reason;
  }
  bool write_pending() const override { return !in_flight.empty(); }
  size_t queued_bytes() const override { return unread_bytes; }
  Link link() const override { return {"192.0.2.1:50000", 7}; }

  // Makes the client read everything.
  void Flush() {
    for (const FramePtr& frame : std::exchange(in_flight, {})) {
      frames.push_back(nlohmann::json::parse(frame->text()));
      wire.push_back(frame);
    }
  }

  // Flushes, and returns the frames that arrived.
  std::vector<nlohmann::json> Take() {
    Flush();
    return std::exchange(frames, {});
  }

  std::vector<FramePtr> in_flight;
  // Everything that was read: as JSON until Take(), and unchanged.
  std::vector<nlohmann::json> frames;
  std::vector<FramePtr> wire;
  size_t unread_bytes = 0;
  int pings = 0;
  std::optional<CloseCode> close_code;
  std::string close_reason;
};

// Keeps the answer to an HTTP client.
class FakeResponder : public HttpResponder {
 public:
  // Holds an answer as far as it was given.
  struct Answer {
    std::optional<HttpResponse> response;
    // The socket of a body that is streamed; its head is `response`.
    FakeSocket events;
    std::shared_ptr<SocketHandler> handler;
    std::function<void()> gone;
    // True once the responder was destroyed. It is shared, because that may happen after this
    // answer was destroyed.
    std::shared_ptr<bool> is_gone = std::make_shared<bool>(false);
  };
  explicit FakeResponder(Answer* answer) : answer_(answer), is_gone_(answer->is_gone) {}
  ~FakeResponder() override { *is_gone_ = true; }

  void Reply(HttpResponse response) override {
    EXPECT_FALSE(answer_->response.has_value()) << "answered twice";
    answer_->response = std::move(response);
  }
  Socket* ReplyEvents(HttpResponse head, std::shared_ptr<SocketHandler> handler) override {
    Reply(std::move(head));
    answer_->handler = std::move(handler);
    return &answer_->events;
  }
  Link link() const override { return {"192.0.2.2:50000", 0}; }
  void OnGone(std::function<void()> gone) override { answer_->gone = std::move(gone); }

 private:
  Answer* const answer_;
  const std::shared_ptr<bool> is_gone_;
};

// Runs posted tasks when the test says so.
class FakeShard : public Shard {
 public:
  void Post(std::function<void()> task) override { tasks.push_back(std::move(task)); }
  // The test's thread acts as the shard's.
  bool IsCurrent() const override { return true; }

  void RunOne() {
    const auto task = std::move(tasks.front());
    tasks.pop_front();
    task();
  }
  void RunAll() {
    while (!tasks.empty()) RunOne();
  }

  std::deque<std::function<void()>> tasks;
};

class FakeClock {
 public:
  std::function<absl::Time()> AsClock() {
    return [this] { return now; };
  }

  absl::Time now = absl::FromUnixSeconds(1'700'000'000);
};

// Shows the history of `ledger` as the service does. Answers when the test says so, even if a call
// was cancelled.
class FakeHistory : public History {
 public:
  explicit FakeHistory(const LedgerMaker* ledger) : ledger_(ledger) {}

  void Read(Cursor after, std::vector<std::string> accounts,
            const std::shared_ptr<CallOff>& call_off, PageDone done) override {
    ++reads;
    read_accounts.push_back(accounts);
    Wait<HistoryPagePtr>(
        call_off, [this, after, accounts] { return PageAfter(after, accounts); }, std::move(done));
  }

  void Balance(std::string account, Cursor at, const std::shared_ptr<CallOff>& call_off,
               BalanceDone done) override {
    ++balances;
    Wait<std::optional<int64_t>>(
        call_off, [this, account, at] { return BalanceAt(account, at); }, std::move(done));
  }

  // Error of the next calls.
  absl::Status failure;
  size_t page_rows = 50;
  int reads = 0;
  int balances = 0;
  // The accounts that each Read() was called with.
  std::vector<std::vector<std::string>> read_accounts;
  int called_off = 0;
  std::deque<std::function<void()>> waiting;

  void AnswerOne() {
    const auto answer = std::move(waiting.front());
    waiting.pop_front();
    answer();
  }
  void AnswerAll() {
    while (!waiting.empty()) AnswerOne();
  }

 private:
  template <typename Answer, typename Find>
  void Wait(const std::shared_ptr<CallOff>& call_off, Find find,
            std::function<void(absl::StatusOr<Answer>)> done) {
    const auto is_off = std::make_shared<bool>(false);
    call_off->SetCancel([this, is_off] {
      *is_off = true;
      ++called_off;
    });
    waiting.push_back([is_off, find = std::move(find), done = std::move(done)] {
      if (*is_off) return done(absl::CancelledError("called off"));
      done(find());
    });
  }

  absl::StatusOr<Position> Find(const Cursor& cursor) const {
    if (!failure.ok()) return failure;
    const int64_t sequence = cursor.position.sequence;
    if (cursor.ledger != LedgerMaker::kLedger || sequence > ledger_->head().sequence ||
        !(ledger_->PositionAt(sequence) == cursor.position)) {
      return CursorUnknown(LedgerMaker::kLedger, "head", "not of this history");
    }
    return cursor.position;
  }

  absl::StatusOr<HistoryPagePtr> PageAfter(const Cursor& after,
                                           const std::vector<std::string>& accounts) const {
    const absl::StatusOr<Position> start = Find(after);
    if (!start.ok()) return start.status();
    const AccountFilter filter =
        accounts.empty() ? AccountFilter::All() : AccountFilter::Of(accounts);
    auto page = std::make_shared<HistoryPage>();
    page->until = ledger_->head();
    for (const int64_t sequence : ledger_->SequencesAfter(start->sequence, filter)) {
      if (page->transactions.size() == page_rows) {
        page->until = ledger_->PositionAt(page->transactions.back().sequence());
        break;
      }
      page->transactions.push_back(ledger_->all()[static_cast<size_t>(sequence - 1)]);
    }
    return page;
  }

  absl::StatusOr<std::optional<int64_t>> BalanceAt(const std::string& account,
                                                   const Cursor& at) const {
    const absl::StatusOr<Position> position = Find(at);
    if (!position.ok()) return position.status();
    std::optional<int64_t> balance;
    for (const v1::Transaction& transaction : ledger_->all()) {
      if (transaction.sequence() > position->sequence) break;
      if (transaction.from_account() == account) balance = transaction.from_balance();
      if (transaction.to_account() == account) balance = transaction.to_balance();
    }
    return balance;
  }

  const LedgerMaker* const ledger_;
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_EDGE_FAKES_H_
