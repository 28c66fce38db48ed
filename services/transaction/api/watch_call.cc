#include "services/transaction/api/watch_call.h"

#include <utility>

#include "services/common/base/errors.h"
#include "services/common/base/rpc_status.h"
#include "services/common/ledger/cursor.h"
#include "services/common/ledger/hash_chain.h"

namespace ledgercast {
namespace {

// Maximum number of bytes in a response from the store. The store's pages are limited only in rows,
// and gRPC's clients refuse messages above 4 MB. The rest of a page that is cut off is read again,
// so this is well above the size of a usual page.
constexpr int64_t kMaxStorePageBytes = 2 << 20;

}  // namespace

WatchCall::WatchCall(Watches* watches, const Identity& caller, AccountFilter filter,
                     const Position& start, absl::Duration progress_interval)
    : watches_(watches),
      caller_(caller),
      viewer_(caller.viewer()),
      filter_(std::move(filter)),
      progress_interval_(progress_interval),
      told_(start),
      scanned_(start) {}

void WatchCall::Begin() {
  self_ = shared_from_this();
  Poke();
}

bool WatchCall::IsDue(absl::Time now, absl::Time steady, const RevokedTokens& revoked) const {
  absl::MutexLock lock(&mu_);
  return !busy_ && !finished_ &&
         (steady >= progress_due_ || now >= caller_.expires_at || revoked.Contains(caller_));
}

void WatchCall::Poke() {
  {
    absl::MutexLock lock(&mu_);
    if (finished_) return;
    if (busy_) {
      poked_ = true;
      return;
    }
    busy_ = true;
  }
  Advance();
}

void WatchCall::Advance() {
  const Watches::Dependencies& deps = watches_->deps_;
  state_ = WatchState::kRing;
  while (!EndIfOver()) {
    const TransactionLog::Page page = deps.log->Read(scanned_, filter_, watches_->options_.page);
    if (page.outcome == TransactionLog::Outcome::kUnknown) {
      return End(CursorUnknown(deps.ledger, CursorOf(deps.log->head()),
                               "the cursor belongs to a history that was rewound"));
    }
    if (page.outcome != TransactionLog::Outcome::kRead) return ReadStore();
    const bool becomes_live = page.at_head && !live_;
    if (!page.transactions.empty() || becomes_live || ProgressIsDue()) {
      v1::WatchTransactionsResponse response;
      response.mutable_transactions()->Reserve(static_cast<int>(page.transactions.size()));
      for (const v1::Transaction* transaction : page.transactions) {
        *response.add_transactions() = *transaction;
      }
      return Send(std::move(response), page.until, page.at_head);
    }
    scanned_ = page.until;
    if (page.at_head) return Sleep(scanned_.sequence, filter_);
  }
}

bool WatchCall::EndIfOver() {
  bool cancelled = false;
  {
    absl::MutexLock lock(&mu_);
    if (finished_) return true;
    cancelled = cancelled_;
  }
  if (cancelled) {
    End(absl::CancelledError("the watcher left"));
  } else if (watches_->draining_) {
    End(MakeError(absl::StatusCode::kUnavailable, reason::kShuttingDown,
                  "the service is stopping; go on from the cursor elsewhere",
                  {{"cursor", CursorOf(told_)}}));
  } else if (watches_->deps_.clock() >= caller_.expires_at) {
    End(MakeError(absl::StatusCode::kUnauthenticated, reason::kTokenExpired,
                  "the token ended; go on from the cursor with a new one",
                  {{"cursor", CursorOf(told_)}}));
  } else if (watches_->deps_.revocations->Contains(caller_)) {
    End(MakeError(absl::StatusCode::kUnauthenticated, reason::kTokenInvalid,
                  "the token was revoked; sign in again and go on from the cursor",
                  {{"cursor", CursorOf(told_)}}));
  } else {
    return false;
  }
  return true;
}

void WatchCall::ReadStore() {
  state_ = WatchState::kStore;
  const bool taken = watches_->deps_.history_pool->Submit([self = shared_from_this()] {
    // A client that left while it waited must not take a read from those that wait behind it.
    if (self->EndIfOver()) return;
    self->SendFromStore(self->watches_->deps_.store->ReadAfter(
        self->scanned_, self->filter_, self->watches_->options_.page.max_transactions));
  });
  if (taken) return;
  End(MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy,
                "too many watchers are catching up; try again from the same cursor"));
}

void WatchCall::SendFromStore(const absl::StatusOr<StorePage>& page) {
  if (!page.ok()) return End(page.status());
  if (page->until == told_ && live_) {
    // The client is ahead of this process's log, which will catch up soon.
    return Sleep(watches_->deps_.log->head().sequence, AccountFilter::All());
  }
  v1::WatchTransactionsResponse response;
  int64_t bytes = 0;
  for (const v1::Transaction& transaction : page->transactions) {
    bytes += static_cast<int64_t>(transaction.ByteSizeLong());
    if (bytes > kMaxStorePageBytes && !response.transactions().empty()) {
      const v1::Transaction& last = *response.transactions().rbegin();
      const Position until{last.sequence(), CheckOfHex(last.hash())};
      return Send(std::move(response), until, /*at_head=*/false);
    }
    *response.add_transactions() = transaction;
  }
  Send(std::move(response), page->until, page->at_head);
}

void WatchCall::Send(v1::WatchTransactionsResponse response, const Position& until, bool at_head) {
  for (v1::Transaction& transaction : *response.mutable_transactions()) {
    Redact(viewer_, &transaction);
  }
  live_ = live_ || at_head;
  response.set_live(live_);
  response.set_after(CursorOf(told_));
  response.set_cursor(CursorOf(until));
  response_ = std::move(response);
  told_ = scanned_ = until;
  {
    absl::MutexLock lock(&mu_);
    progress_due_ = watches_->deps_.steady() + progress_interval_;
  }
  state_ = WatchState::kBlocked;
  StartWrite(&response_);
}

void WatchCall::Sleep(int64_t after, const AccountFilter& filter) {
  TransactionLog* const log = watches_->deps_.log;
  TransactionLog::WaitId old_wait = 0;
  state_ = WatchState::kLive;
  {
    absl::MutexLock lock(&mu_);
    old_wait = std::exchange(wait_, 0);
  }
  if (old_wait != 0) log->Cancel(old_wait);
  const TransactionLog::WaitId wait = log->Wait(after, filter, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Later(&WatchCall::Poke);
  });
  {
    absl::MutexLock lock(&mu_);
    wait_ = wait;
    if (!poked_ && !cancelled_) {
      busy_ = false;
      return;
    }
    poked_ = false;
  }
  // The turn does not run inside this call, so that consecutive turns do not grow the stack.
  Later(&WatchCall::Advance);
}

void WatchCall::Later(void (WatchCall::*turn)()) {
  const auto run = [self = shared_from_this(), turn] { (self.get()->*turn)(); };
  if (!watches_->deps_.turn_pool->Submit(run)) run();
}

bool WatchCall::ProgressIsDue() const {
  absl::MutexLock lock(&mu_);
  return watches_->deps_.steady() >= progress_due_;
}

void WatchCall::End(const absl::Status& status) {
  {
    absl::MutexLock lock(&mu_);
    if (finished_) return;
    finished_ = true;
  }
  Finish(ToGrpcStatus(status));
}

void WatchCall::OnWriteDone(bool ok) {
  if (!ok) {
    absl::MutexLock lock(&mu_);
    cancelled_ = true;
  }
  Advance();
}

void WatchCall::OnCancel() {
  {
    absl::MutexLock lock(&mu_);
    cancelled_ = true;
  }
  Poke();
}

void WatchCall::OnDone() {
  TransactionLog::WaitId wait = 0;
  {
    absl::MutexLock lock(&mu_);
    finished_ = true;
    wait = wait_;
  }
  if (wait != 0) watches_->deps_.log->Cancel(wait);
  watches_->Remove(self_);
  self_.reset();
}

std::string WatchCall::CursorOf(const Position& position) const {
  return FormatCursor(watches_->deps_.ledger, position);
}

}  // namespace ledgercast
