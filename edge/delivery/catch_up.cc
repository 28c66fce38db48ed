#include "edge/delivery/catch_up.h"

#include <algorithm>
#include <utility>

#include "edge/protocol/frames.h"
#include "services/common/base/check.h"
#include "services/common/base/errors.h"
#include "services/common/ledger/hash_chain.h"

namespace ledgercast {
namespace {

using Outcome = TransactionLog::Outcome;

bool SeesEverything(const Watch& watch) { return watch.viewer.sees_all && watch.filter.all; }

Position PositionAfter(const v1::Transaction& transaction) {
  return {transaction.sequence(), CheckOfHex(transaction.hash())};
}

}  // namespace

CatchUp::CatchUp(const Options& options, FrameMaker make_frame, Fanout* fanout, History* history,
                 Shard* shard, std::function<void()> wake, ShardCounts* counts)
    : options_(options),
      make_frame_(std::move(make_frame)),
      fanout_(fanout),
      history_(history),
      shard_(shard),
      wake_(std::move(wake)),
      counts_(counts),
      shared_(options.shared_frames) {
  LC_CHECK(options_.shared_page_transactions % options_.frame_limits.max_transactions == 0);
}

void CatchUp::Start(std::shared_ptr<Feed> feed) {
  feed_ = std::move(feed);
  shared_.Clear();
}

void CatchUp::Add(WatchPtr watch) {
  LC_CHECK(shard_->IsCurrent());
  all_.insert(watch);
  counts_->readers_behind.Add(1);
  ready_.push_back(std::move(watch));
}

void CatchUp::Remove(const WatchPtr& watch) {
  // `ready_` and `blocked_` drop the reader when its turn comes.
  if (all_.erase(watch) > 0) counts_->readers_behind.Add(-1);
  CallOffAll(watch.get());
  LetGoOfPage(watch.get());
}

void CatchUp::CallOffAll(Watch* watch) {
  if (const auto ticket = std::exchange(watch->waiting_for_page, std::nullopt)) {
    waiting_for_page_.Remove(*ticket);
  }
  if (const auto call = std::exchange(watch->call, nullptr)) call->Cancel();
}

std::vector<WatchPtr> CatchUp::Watches() const { return {all_.begin(), all_.end()}; }

void CatchUp::Resync(const WatchPtr& watch) {
  Remove(watch);
  counts_->resyncs.Add(1);
  // The frame also answers a `watch` that was not answered yet.
  const std::string id = std::exchange(watch->request_id, {});
  const absl::Status unknown = CursorUnknown(feed_->ledger, feed_->CursorText(feed_->log.head()),
                                             "the cursor is of another history");
  watch->socket->Send(make_frame_(ResyncFrame(unknown, id)));
  watch->attached = false;
  if (watch->on_lost) watch->on_lost();
}

// --- taking turns ---

bool CatchUp::Pump(absl::Time now) {
  LC_CHECK(shard_->IsCurrent());
  now_ = now;
  CallForPages();
  bool given = false;
  const int turns = std::min(options_.round_watches, static_cast<int>(ready_.size()));
  for (int i = 0; i < turns; ++i) {
    const WatchPtr watch = std::move(ready_.front());
    ready_.pop_front();
    if (!watch->attached || !all_.contains(watch)) continue;
    switch (Advance(watch, now)) {
      case Step::kGiven:
        given = true;
        ready_.push_back(watch);
        break;
      case Step::kBlocked:
        blocked_.push_back(watch);
        break;
      case Step::kWaiting:
      case Step::kDone:
        break;
    }
  }
  return given || !ready_.empty();
}

void CatchUp::Unblock(absl::Time now) {
  LC_CHECK(shard_->IsCurrent());
  now_ = now;
  std::vector<WatchPtr> still_blocked;
  for (WatchPtr& watch : blocked_) {
    if (!watch->attached || !all_.contains(watch)) continue;
    const bool hangs = watch->socket->write_pending();
    if (hangs && watch->pending_since.has_value() &&
        now - *watch->pending_since > options_.slow_socket_timeout) {
      watch->pending_since.reset();
      watch->socket->Close(CloseCode::kTooSlow, "too slow for too long");
    }
    if (hangs && watch->page_slot != nullptr && pages() > options_.max_pages / 2) {
      LetGoOfPage(watch.get());
    }
    if (hangs || now < watch->retry_at) {
      still_blocked.push_back(std::move(watch));
    } else {
      ready_.push_back(std::move(watch));
    }
  }
  blocked_ = std::move(still_blocked);
  CallForPages();
  counts_->waiting_for_page.Set(static_cast<int64_t>(waiting_for_page_.size()));
  counts_->oldest_page_wait_millis.Set(
      absl::ToInt64Milliseconds(waiting_for_page_.OldestWait(now)));
}

CatchUp::Step CatchUp::Advance(const WatchPtr& watch, absl::Time now) {
  if (watch->socket->write_pending()) {
    if (!watch->pending_since.has_value()) watch->pending_since = now;
    return Step::kBlocked;
  }
  watch->pending_since.reset();
  if (now < watch->retry_at) return Step::kBlocked;
  if (!watch->started) return Begin(watch);
  if (watch->page != nullptr) return GivePage(watch, now);
  return Read(watch, now);
}

void CatchUp::Requeue(const WatchPtr& watch) {
  watch->call.reset();
  if (!watch->attached || !all_.contains(watch)) return;
  ready_.push_back(watch);
  wake_();
}

// --- reading ---

CatchUp::Step CatchUp::Read(const WatchPtr& watch, absl::Time now) {
  const Position& seam = fanout_->position();
  if (watch->position.sequence > seam.sequence) return WaitForRing(watch);
  const bool may_share = SeesEverything(*watch) && watch->position == watch->given;
  if (const auto* const found = may_share ? shared_.Next(watch->given, seam) : nullptr) {
    const SharedFrames::One next = *found;
    LetGoOfPage(watch.get());
    watch->position = next.until;
    Give(watch.get(), next.frame, next.transactions, next.until, next.live);
    return AfterPage(watch, next.live, now);
  }
  TransactionLog::ReadLimits limits = options_.frame_limits;
  limits.max_transactions = RowsOfFrame(*watch);
  TransactionLog::Page page = feed_->log.Read(watch->position, watch->filter, limits);
  switch (page.outcome) {
    case Outcome::kRead:
      break;
    case Outcome::kTooOld:
      return Fetch(watch);
    case Outcome::kAhead:
      return WaitForRing(watch);
    case Outcome::kUnknown:
      Resync(watch);
      return Step::kDone;
  }
  LetGoOfPage(watch.get());
  // The log may have grown since the fan-out last looked. The fan-out gives out what is beyond its
  // position, once this reader has joined.
  const bool joins = page.until.sequence >= seam.sequence;
  if (joins) {
    page.until = seam;
    std::erase_if(page.transactions, [&seam](const v1::Transaction* transaction) {
      return transaction->sequence() > seam.sequence;
    });
  }
  watch->position = page.until;
  const bool tells = !page.transactions.empty() ||
                     (joins && (!watch->told_live || !(watch->given == watch->position)));
  if (tells) SendTransactions(watch.get(), page.transactions, page.until, joins);
  return AfterPage(watch, joins, now);
}

CatchUp::Step CatchUp::AfterPage(const WatchPtr& watch, bool joins, absl::Time now) {
  counts_->catch_up_pages.Add(1);
  watch->backoff.Reset();
  if (!joins) return Step::kGiven;
  Remove(watch);
  fanout_->Join(watch.get(), now);
  return Step::kDone;
}

int64_t CatchUp::RowsOfFrame(const Watch& watch) const {
  const int64_t most = options_.frame_limits.max_transactions;
  return SeesEverything(watch) ? most - watch.position.sequence % most : most;
}

CatchUp::Step CatchUp::WaitForRing(const WatchPtr& watch) {
  const bool may_be_unknown = feed_->log.head().sequence < watch->position.sequence;
  if (may_be_unknown && !watch->confirmed) return Fetch(watch);
  return Step::kBlocked;
}

CatchUp::Step CatchUp::GivePage(const WatchPtr& watch, absl::Time now) {
  const HistoryPage& page = *watch->page;
  const bool moved = page.until.sequence > watch->position.sequence;
  std::vector<const v1::Transaction*> frame;
  int64_t bytes = 0;
  for (const v1::Transaction& transaction : page.transactions) {
    // The service was asked for these only. A second check costs nothing and hides what does not
    // match.
    const bool is_next = transaction.sequence() > watch->position.sequence;
    if (!is_next || !watch->filter.Matches(transaction)) continue;
    bytes += static_cast<int64_t>(transaction.SpaceUsedLong());
    const bool full = static_cast<int64_t>(frame.size()) >= RowsOfFrame(*watch) ||
                      (!frame.empty() && bytes > options_.frame_limits.max_bytes);
    if (full) {
      // The rest of the page has its turn when this frame was written.
      watch->position = PositionAfter(*frame.back());
      SendTransactions(watch.get(), frame, watch->position, /*live=*/false);
      // Another reader may already have asked for the page that begins here.
      const bool next_is_shared = SeesEverything(*watch) &&
                                  watch->position.sequence % options_.shared_page_transactions == 0;
      if (next_is_shared) LetGoOfPage(watch.get());
      return Step::kGiven;
    }
    frame.push_back(&transaction);
  }
  watch->position = page.until;
  if (!frame.empty()) SendTransactions(watch.get(), frame, watch->position, /*live=*/false);
  LetGoOfPage(watch.get());
  counts_->history_pages.Add(1);
  if (moved) {
    watch->backoff.Reset();
    return Step::kGiven;
  }
  // The service has no more than was shown. The ring will soon have what comes next.
  watch->retry_at = now + watch->backoff.Next();
  return Step::kBlocked;
}

void CatchUp::LetGoOfPage(Watch* watch) {
  watch->page.reset();
  watch->page_slot.reset();
}

void CatchUp::SendTransactions(Watch* watch,
                               const std::vector<const v1::Transaction*>& transactions,
                               const Position& until, bool live) {
  Give(watch, FrameOf(*watch, transactions, until, live), static_cast<int64_t>(transactions.size()),
       until, live);
}

void CatchUp::Give(Watch* watch, const FramePtr& frame, int64_t transactions, const Position& until,
                   bool live) {
  watch->socket->Send(frame);
  watch->given = until;
  watch->told_live = live;
  counts_->frames_sent.Add(1);
  counts_->transactions_delivered.Add(transactions);
}

FramePtr CatchUp::FrameOf(const Watch& watch,
                          const std::vector<const v1::Transaction*>& transactions,
                          const Position& until, bool live) {
  const bool shares = SeesEverything(watch);
  const auto* const found = shares ? shared_.Find(watch.given, until, live) : nullptr;
  if (found != nullptr) return found->frame;
  TransactionsFrameBuilder builder;
  std::string text;
  for (const v1::Transaction* transaction : transactions) {
    text.clear();
    AppendTransactionJson(*transaction, ClassOf(watch.viewer, *transaction), &text);
    builder.Add(text);
  }
  FramePtr frame =
      make_frame_(builder.Finish(feed_->CursorText(watch.given), feed_->CursorText(until), live));
  if (shares) {
    const auto count = static_cast<int64_t>(transactions.size());
    shared_.Add({watch.given, until, live, count, frame});
  }
  return frame;
}

}  // namespace ledgercast
