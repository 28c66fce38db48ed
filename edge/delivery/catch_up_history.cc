// The part of CatchUp that begins a watch and asks the service.

#include <spdlog/spdlog.h>

#include <utility>

#include "edge/delivery/catch_up.h"
#include "edge/protocol/frames.h"
#include "edge/protocol/proto_json.h"
#include "ledgercast/v1/frames.pb.h"
#include "services/common/base/check.h"
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

CatchUp::Step CatchUp::Begin(const WatchPtr& watch) {
  if (!watch->confirmed) {
    const TransactionLog::ReadLimits one{1, 1};
    switch (feed_->log.Read(watch->position, AccountFilter{}, one).outcome) {
      case Outcome::kRead:
        watch->confirmed = true;
        break;
      case Outcome::kUnknown:
        Resync(watch);
        return Step::kDone;
      case Outcome::kTooOld:
      case Outcome::kAhead:
        return Fetch(watch);
    }
  }
  if (watch->quiet_start) {
    watch->started = true;
    watch->given = watch->position;
    return Step::kGiven;
  }
  if (watch->opening == nullptr) watch->opening = std::make_unique<v1::WatchingFrame>();
  for (const std::vector<std::string>& accounts = watch->viewer.accounts;
       watch->balances_known < accounts.size();) {
    const std::string& account = accounts[watch->balances_known];
    const std::optional<int64_t> balance = feed_->log.BalanceAt(account, watch->position);
    if (!balance.has_value()) return FetchBalance(watch, account);
    AddBalance(watch.get(), balance);
  }
  SendWatching(watch.get());
  return Step::kGiven;
}

void CatchUp::AddBalance(Watch* watch, std::optional<int64_t> balance) {
  const std::string& account = watch->viewer.accounts[watch->balances_known++];
  if (balance.has_value()) (*watch->opening->mutable_balances())[account] = *balance;
}

void CatchUp::SendWatching(Watch* watch) {
  const std::unique_ptr<v1::WatchingFrame> frame = std::move(watch->opening);
  frame->set_after(feed_->CursorText(watch->position));
  frame->set_head(feed_->CursorText(feed_->log.head()));
  watch->started = true;
  watch->given = watch->position;
  std::exchange(watch->span, {}).End();
  FrameText watching = Frame("watching", ToJson(*frame), std::exchange(watch->request_id, {}));
  watching.parts.cursor = frame->after();
  watch->socket->Send(make_frame_(std::move(watching)));
}

CatchUp::Step CatchUp::FetchBalance(const WatchPtr& watch, const std::string& account) {
  watch->call = std::make_shared<CallOff>();
  history_->Balance(
      account, feed_->CursorAt(watch->position), watch->call,
      [this, weak = std::weak_ptr<Watch>(watch)](absl::StatusOr<std::optional<int64_t>> balance) {
        shard_->Post([this, weak, balance = std::move(balance)] {
          if (const WatchPtr alive = weak.lock()) OnBalance(alive, balance);
        });
      });
  return Step::kWaiting;
}

void CatchUp::OnBalance(const WatchPtr& watch,
                        const absl::StatusOr<std::optional<int64_t>>& balance) {
  Requeue(watch);
  if (!watch->attached || !all_.contains(watch)) return;
  if (absl::IsOutOfRange(balance.status())) {
    Resync(watch);
  } else if (MayComeBack(balance.status())) {
    RetryLater(watch.get(), balance.status());
  } else {
    // Without this balance the transactions are still right, because each carries its own.
    if (!balance.ok()) spdlog::warn("no balance from the service: {}", MessageOf(balance.status()));
    AddBalance(watch.get(), balance.value_or(std::nullopt));
  }
}

// --- asking the service ---

CatchUp::Step CatchUp::Fetch(const WatchPtr& watch) {
  if (watch->page_slot == nullptr) {
    if (pages() >= options_.max_pages || !waiting_for_page_.empty()) {
      watch->waiting_for_page = waiting_for_page_.Push(watch->owner, watch, now_);
      return Step::kWaiting;
    }
    watch->page_slot = page_slots_;
  }
  watch->call = std::make_shared<CallOff>();
  // The call has a share in the slot. If the reader goes away, the slot is free once the call was
  // answered.
  history_->Read(
      feed_->CursorAt(watch->position), watch->filter.accounts, watch->call,
      [this, weak = std::weak_ptr<Watch>(watch),
       slot = watch->page_slot](absl::StatusOr<HistoryPagePtr> page) mutable {
        shard_->Post([this, weak, slot = std::move(slot), page = std::move(page)]() mutable {
          slot.reset();
          if (const WatchPtr alive = weak.lock()) OnPage(alive, std::move(page));
          if (!waiting_for_page_.empty()) wake_();
        });
      });
  return Step::kWaiting;
}

void CatchUp::CallForPages() {
  while (pages() < options_.max_pages && !waiting_for_page_.empty()) {
    const WatchPtr watch = waiting_for_page_.Pop();
    watch->waiting_for_page.reset();
    watch->page_slot = page_slots_;
    ready_.push_back(watch);
  }
}

void CatchUp::OnPage(const WatchPtr& watch, absl::StatusOr<HistoryPagePtr> page) {
  LC_CHECK(shard_->IsCurrent());
  Requeue(watch);
  if (!page.ok()) LetGoOfPage(watch.get());
  if (!watch->attached || !all_.contains(watch)) return;
  if (page.ok()) {
    watch->page = *std::move(page);
    watch->confirmed = true;
  } else if (absl::IsOutOfRange(page.status())) {
    Resync(watch);
  } else {
    if (!MayComeBack(page.status())) {
      spdlog::error("no history from the service: {}", page.status().ToString());
    }
    RetryLater(watch.get(), page.status());
  }
}

void CatchUp::RetryLater(Watch* watch, const absl::Status& why) {
  counts_->history_failures.Add(1);
  spdlog::debug("a reader waits for the service: {}", why.ToString());
  watch->retry_at = now_ + watch->backoff.Next();
}

}  // namespace ledgercast
