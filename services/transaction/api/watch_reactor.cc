#include "services/transaction/api/watch_reactor.h"

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

Watch::Watch(Watchers* watchers, const Identity& caller, AccountFilter filter,
             const Position& start, absl::Duration progress_interval)
    : watchers_(watchers),
      caller_(caller),
      viewer_(caller.viewer()),
      filter_(std::move(filter)),
      progress_interval_(progress_interval),
      told_(start),
      scanned_(start) {}

void Watch::Begin() {
  self_ = shared_from_this();
  Poke();
}

bool Watch::IsDue(absl::Time now, absl::Time steady, const RevokedTokens& revoked) const {
  absl::MutexLock lock(&mu_);
  return !busy_ && !finished_ &&
         (steady >= progress_due_ || now >= caller_.expires_at || revoked.Contains(caller_));
}

void Watch::Poke() {
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

void Watch::Advance() {
  const Watchers::Dependencies& deps = watchers_->deps_;
  state_ = WatchState::kRing;
  while (!EndIfOver()) {
    const TransactionLog::Page page = deps.log->Read(scanned_, filter_, watchers_->options_.page);
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

bool Watch::EndIfOver() {
  bool cancelled = false;
  {
    absl::MutexLock lock(&mu_);
    if (finished_) return true;
    cancelled = cancelled_;
  }
  if (cancelled) {
    End(absl::CancelledError("the watcher left"));
  } else if (watchers_->draining_) {
    End(MakeError(absl::StatusCode::kUnavailable, reason::kShuttingDown,
                  "the service is stopping; go on from the cursor elsewhere",
                  {{"cursor", CursorOf(told_)}}));
  } else if (watchers_->deps_.clock() >= caller_.expires_at) {
    End(MakeError(absl::StatusCode::kUnauthenticated, reason::kTokenExpired,
                  "the token ended; go on from the cursor with a new one",
                  {{"cursor", CursorOf(told_)}}));
  } else if (watchers_->deps_.revocations->Contains(caller_)) {
    End(MakeError(absl::StatusCode::kUnauthenticated, reason::kTokenInvalid,
                  "the token was revoked; sign in again and go on from the cursor",
                  {{"cursor", CursorOf(told_)}}));
  } else {
    return false;
  }
  return true;
}

void Watch::ReadStore() {
  state_ = WatchState::kStore;
  const bool taken = watchers_->deps_.history_pool->Submit([self = shared_from_this()] {
    // A client that left while it waited must not take a read from those that wait behind it.
    if (self->EndIfOver()) return;
    self->SendFromStore(self->watchers_->deps_.store->ReadAfter(
        self->scanned_, self->filter_, self->watchers_->options_.page.max_transactions));
  });
  if (taken) return;
  End(MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy,
                "too many watchers are catching up; try again from the same cursor"));
}

void Watch::SendFromStore(const absl::StatusOr<StorePage>& page) {
  if (!page.ok()) return End(page.status());
  if (page->until == told_ && live_) {
    // The client is ahead of this process's log, which will catch up soon.
    return Sleep(watchers_->deps_.log->head().sequence, AccountFilter::All());
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

void Watch::Send(v1::WatchTransactionsResponse response, const Position& until, bool at_head) {
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
    progress_due_ = watchers_->deps_.steady() + progress_interval_;
  }
  state_ = WatchState::kBlocked;
  StartWrite(&response_);
}

void Watch::Sleep(int64_t after, const AccountFilter& filter) {
  TransactionLog* const log = watchers_->deps_.log;
  TransactionLog::WaitId old_wait = 0;
  state_ = WatchState::kLive;
  {
    absl::MutexLock lock(&mu_);
    old_wait = std::exchange(wait_, 0);
  }
  if (old_wait != 0) log->Cancel(old_wait);
  const TransactionLog::WaitId wait = log->Wait(after, filter, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Later(&Watch::Poke);
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
  Later(&Watch::Advance);
}

void Watch::Later(void (Watch::*turn)()) {
  const auto run = [self = shared_from_this(), turn] { (self.get()->*turn)(); };
  if (!watchers_->deps_.turn_pool->Submit(run)) run();
}

bool Watch::ProgressIsDue() const {
  absl::MutexLock lock(&mu_);
  return watchers_->deps_.steady() >= progress_due_;
}

void Watch::End(const absl::Status& status) {
  {
    absl::MutexLock lock(&mu_);
    if (finished_) return;
    finished_ = true;
  }
  Finish(ToGrpcStatus(status));
}

void Watch::OnWriteDone(bool ok) {
  if (!ok) {
    absl::MutexLock lock(&mu_);
    cancelled_ = true;
  }
  Advance();
}

void Watch::OnCancel() {
  {
    absl::MutexLock lock(&mu_);
    cancelled_ = true;
  }
  Poke();
}

void Watch::OnDone() {
  TransactionLog::WaitId wait = 0;
  {
    absl::MutexLock lock(&mu_);
    finished_ = true;
    wait = wait_;
  }
  if (wait != 0) watchers_->deps_.log->Cancel(wait);
  watchers_->Remove(self_);
  self_.reset();
}

std::string Watch::CursorOf(const Position& position) const {
  return FormatCursor(watchers_->deps_.ledger, position);
}

}  // namespace ledgercast
