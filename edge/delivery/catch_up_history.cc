// The part of CatchUp that begins a watch and asks the service.

#include <spdlog/spdlog.h>

#include <utility>

#include "edge/delivery/catch_up.h"
#include "edge/protocol/frames.h"
#include "edge/protocol/proto_json.h"
#include "ledgercast/v1/frames.pb.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

using Outcome = TransactionLog::Outcome;

// Returns whether the same call may succeed later. UNAUTHENTICATED is such an error, because the
// relay's token may run out on the way, or the service may not be ready to judge it.
bool MayComeBack(const absl::Status& status) {
  return IsRetryable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsUnauthenticated(status) || absl::IsCancelled(status);
}

}  // namespace

// --- beginning ---

CatchUp::Step CatchUp::Begin(const ReaderPtr& reader) {
  if (!reader->confirmed) {
    const TransactionLog::ReadLimits one{1, 1};
    switch (feed_->log.Read(reader->position, AccountFilter{}, one).outcome) {
      case Outcome::kRead:
        reader->confirmed = true;
        break;
      case Outcome::kUnknown:
        Resync(reader);
        return Step::kDone;
      case Outcome::kTooOld:
      case Outcome::kAhead:
        return Fetch(reader);
    }
  }
  if (reader->quiet_start) {
    reader->started = true;
    reader->given = reader->position;
    return Step::kGiven;
  }
  if (reader->opening == nullptr) reader->opening = std::make_unique<v1::WatchingFrame>();
  for (const std::vector<std::string>& accounts = reader->viewer.accounts;
       reader->balances_known < accounts.size();) {
    const std::string& account = accounts[reader->balances_known];
    const std::optional<int64_t> balance = feed_->log.BalanceAt(account, reader->position);
    if (!balance.has_value()) return FetchBalance(reader, account);
    AddBalance(reader.get(), balance);
  }
  SendWatching(reader.get());
  return Step::kGiven;
}

void CatchUp::AddBalance(Reader* reader, std::optional<int64_t> balance) {
  const std::string& account = reader->viewer.accounts[reader->balances_known++];
  if (balance.has_value()) (*reader->opening->mutable_balances())[account] = *balance;
}

void CatchUp::SendWatching(Reader* reader) {
  const std::unique_ptr<v1::WatchingFrame> frame = std::move(reader->opening);
  frame->set_after(feed_->CursorText(reader->position));
  frame->set_head(feed_->CursorText(feed_->log.head()));
  reader->started = true;
  reader->given = reader->position;
  std::exchange(reader->span, {}).End();
  FrameText watching = Frame("watching", ToJson(*frame), std::exchange(reader->request_id, {}));
  watching.parts.cursor = frame->after();
  reader->socket->Send(make_frame_(std::move(watching)));
}

CatchUp::Step CatchUp::FetchBalance(const ReaderPtr& reader, const std::string& account) {
  reader->call = std::make_shared<CallOff>();
  history_->Balance(
      account, feed_->CursorAt(reader->position), reader->call,
      [this, weak = std::weak_ptr<Reader>(reader)](absl::StatusOr<std::optional<int64_t>> balance) {
        shard_->Post([this, weak, balance = std::move(balance)] {
          if (const ReaderPtr alive = weak.lock()) OnBalance(alive, balance);
        });
      });
  return Step::kWaiting;
}

void CatchUp::OnBalance(const ReaderPtr& reader,
                        const absl::StatusOr<std::optional<int64_t>>& balance) {
  Requeue(reader);
  if (!reader->attached || !all_.contains(reader)) return;
  if (absl::IsOutOfRange(balance.status())) {
    Resync(reader);
  } else if (MayComeBack(balance.status())) {
    RetryLater(reader.get(), balance.status());
  } else {
    // Without this balance the transactions are still right, because each carries its own.
    if (!balance.ok()) spdlog::warn("no balance from the service: {}", MessageOf(balance.status()));
    AddBalance(reader.get(), balance.value_or(std::nullopt));
  }
}

// --- asking the service ---

CatchUp::Step CatchUp::Fetch(const ReaderPtr& reader) {
  if (reader->page_slot == nullptr) {
    if (pages() >= options_.max_pages || !waiting_for_page_.empty()) {
      reader->waiting_for_page = waiting_for_page_.Push(reader->owner, reader, now_);
      return Step::kWaiting;
    }
    reader->page_slot = page_slots_;
  }
  reader->call = std::make_shared<CallOff>();
  // The call has a share in the slot. If the reader goes away, the slot is free once the call was
  // answered.
  history_->Read(
      feed_->CursorAt(reader->position), reader->filter.accounts, reader->call,
      [this, weak = std::weak_ptr<Reader>(reader),
       slot = reader->page_slot](absl::StatusOr<HistoryPagePtr> page) mutable {
        shard_->Post([this, weak, slot = std::move(slot), page = std::move(page)]() mutable {
          slot.reset();
          if (const ReaderPtr alive = weak.lock()) OnPage(alive, std::move(page));
          if (!waiting_for_page_.empty()) wake_();
        });
      });
  return Step::kWaiting;
}

void CatchUp::CallForPages() {
  while (pages() < options_.max_pages && !waiting_for_page_.empty()) {
    const ReaderPtr reader = waiting_for_page_.Pop();
    reader->waiting_for_page.reset();
    reader->page_slot = page_slots_;
    ready_.push_back(reader);
  }
}

void CatchUp::OnPage(const ReaderPtr& reader, absl::StatusOr<HistoryPagePtr> page) {
  Requeue(reader);
  if (!page.ok()) LetGoOfPage(reader.get());
  if (!reader->attached || !all_.contains(reader)) return;
  if (page.ok()) {
    reader->page = *std::move(page);
    reader->confirmed = true;
  } else if (absl::IsOutOfRange(page.status())) {
    Resync(reader);
  } else {
    if (!MayComeBack(page.status())) {
      spdlog::error("no history from the service: {}", page.status().ToString());
    }
    RetryLater(reader.get(), page.status());
  }
}

void CatchUp::RetryLater(Reader* reader, const absl::Status& why) {
  counts_->history_failures.Add(1);
  spdlog::debug("a reader waits for the service: {}", why.ToString());
  reader->retry_at = now_ + reader->backoff.Next();
}

}  // namespace ledgercast
