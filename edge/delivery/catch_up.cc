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

bool SeesEverything(const Reader& reader) { return reader.viewer.sees_all && reader.filter.all; }

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

void CatchUp::Add(ReaderPtr reader) {
  all_.insert(reader);
  counts_->readers_behind.Add(1);
  ready_.push_back(std::move(reader));
}

void CatchUp::Remove(const ReaderPtr& reader) {
  // `ready_` and `blocked_` drop the reader when its turn comes.
  if (all_.erase(reader) > 0) counts_->readers_behind.Add(-1);
  CallOffAll(reader.get());
  LetGoOfPage(reader.get());
}

void CatchUp::CallOffAll(Reader* reader) {
  if (const auto ticket = std::exchange(reader->waiting_for_page, std::nullopt)) {
    waiting_for_page_.Remove(*ticket);
  }
  if (const auto call = std::exchange(reader->call, nullptr)) call->Cancel();
}

std::vector<ReaderPtr> CatchUp::Readers() const { return {all_.begin(), all_.end()}; }

void CatchUp::Resync(const ReaderPtr& reader) {
  Remove(reader);
  counts_->resyncs.Add(1);
  // The frame also answers a `watch` that was not answered yet.
  const std::string id = std::exchange(reader->request_id, {});
  const absl::Status unknown = CursorUnknown(feed_->ledger, feed_->CursorText(feed_->log.head()),
                                             "the cursor is of another history");
  reader->socket->Send(make_frame_(ResyncFrame(unknown, id)));
  reader->attached = false;
  if (reader->on_lost) reader->on_lost();
}

// --- taking turns ---

bool CatchUp::Pump(absl::Time now) {
  now_ = now;
  CallForPages();
  bool given = false;
  const int turns = std::min(options_.round_readers, static_cast<int>(ready_.size()));
  for (int i = 0; i < turns; ++i) {
    const ReaderPtr reader = std::move(ready_.front());
    ready_.pop_front();
    if (!reader->attached || !all_.contains(reader)) continue;
    switch (Advance(reader, now)) {
      case Step::kGiven:
        given = true;
        ready_.push_back(reader);
        break;
      case Step::kBlocked:
        blocked_.push_back(reader);
        break;
      case Step::kWaiting:
      case Step::kDone:
        break;
    }
  }
  return given || !ready_.empty();
}

void CatchUp::Unblock(absl::Time now) {
  now_ = now;
  std::vector<ReaderPtr> still_blocked;
  for (ReaderPtr& reader : blocked_) {
    if (!reader->attached || !all_.contains(reader)) continue;
    const bool hangs = reader->socket->write_pending();
    if (hangs && reader->pending_since.has_value() &&
        now - *reader->pending_since > options_.slow_socket_timeout) {
      reader->pending_since.reset();
      reader->socket->Close(CloseCode::kTooSlow, "too slow for too long");
    }
    if (hangs && reader->page_slot != nullptr && pages() > options_.max_pages / 2) {
      LetGoOfPage(reader.get());
    }
    if (hangs || now < reader->retry_at) {
      still_blocked.push_back(std::move(reader));
    } else {
      ready_.push_back(std::move(reader));
    }
  }
  blocked_ = std::move(still_blocked);
  CallForPages();
  counts_->waiting_for_page.Set(static_cast<int64_t>(waiting_for_page_.size()));
  counts_->oldest_page_wait_millis.Set(
      absl::ToInt64Milliseconds(waiting_for_page_.OldestWait(now)));
}

CatchUp::Step CatchUp::Advance(const ReaderPtr& reader, absl::Time now) {
  if (reader->socket->write_pending()) {
    if (!reader->pending_since.has_value()) reader->pending_since = now;
    return Step::kBlocked;
  }
  reader->pending_since.reset();
  if (now < reader->retry_at) return Step::kBlocked;
  if (!reader->started) return Begin(reader);
  if (reader->page != nullptr) return GivePage(reader, now);
  return Read(reader, now);
}

void CatchUp::Requeue(const ReaderPtr& reader) {
  reader->call.reset();
  if (!reader->attached || !all_.contains(reader)) return;
  ready_.push_back(reader);
  wake_();
}

// --- reading ---

CatchUp::Step CatchUp::Read(const ReaderPtr& reader, absl::Time now) {
  const Position& seam = fanout_->position();
  if (reader->position.sequence > seam.sequence) return WaitForRing(reader);
  const bool may_share = SeesEverything(*reader) && reader->position == reader->given;
  if (const auto* const found = may_share ? shared_.Next(reader->given, seam) : nullptr) {
    const SharedFrames::One next = *found;
    LetGoOfPage(reader.get());
    reader->position = next.until;
    Give(reader.get(), next.frame, next.transactions, next.until, next.live);
    return AfterPage(reader, next.live, now);
  }
  TransactionLog::ReadLimits limits = options_.frame_limits;
  limits.max_transactions = RowsOfFrame(*reader);
  TransactionLog::Page page = feed_->log.Read(reader->position, reader->filter, limits);
  switch (page.outcome) {
    case Outcome::kRead:
      break;
    case Outcome::kTooOld:
      return Fetch(reader);
    case Outcome::kAhead:
      return WaitForRing(reader);
    case Outcome::kUnknown:
      Resync(reader);
      return Step::kDone;
  }
  LetGoOfPage(reader.get());
  // The log may have grown since the fan-out last looked. The fan-out gives out what is beyond its
  // position, once this reader has joined.
  const bool joins = page.until.sequence >= seam.sequence;
  if (joins) {
    page.until = seam;
    std::erase_if(page.transactions, [&seam](const v1::Transaction* transaction) {
      return transaction->sequence() > seam.sequence;
    });
  }
  reader->position = page.until;
  const bool tells = !page.transactions.empty() ||
                     (joins && (!reader->told_live || !(reader->given == reader->position)));
  if (tells) SendTransactions(reader.get(), page.transactions, page.until, joins);
  return AfterPage(reader, joins, now);
}

CatchUp::Step CatchUp::AfterPage(const ReaderPtr& reader, bool joins, absl::Time now) {
  counts_->catch_up_pages.Add(1);
  reader->backoff.Reset();
  if (!joins) return Step::kGiven;
  Remove(reader);
  fanout_->Join(reader.get(), now);
  return Step::kDone;
}

int64_t CatchUp::RowsOfFrame(const Reader& reader) const {
  const int64_t most = options_.frame_limits.max_transactions;
  return SeesEverything(reader) ? most - reader.position.sequence % most : most;
}

CatchUp::Step CatchUp::WaitForRing(const ReaderPtr& reader) {
  const bool may_be_unknown = feed_->log.head().sequence < reader->position.sequence;
  if (may_be_unknown && !reader->confirmed) return Fetch(reader);
  return Step::kBlocked;
}

CatchUp::Step CatchUp::GivePage(const ReaderPtr& reader, absl::Time now) {
  const HistoryPage& page = *reader->page;
  const bool moved = page.until.sequence > reader->position.sequence;
  std::vector<const v1::Transaction*> frame;
  int64_t bytes = 0;
  for (const v1::Transaction& transaction : page.transactions) {
    // The service was asked for these only. A second check costs nothing and hides what does not
    // match.
    const bool is_next = transaction.sequence() > reader->position.sequence;
    if (!is_next || !reader->filter.Matches(transaction)) continue;
    bytes += static_cast<int64_t>(transaction.SpaceUsedLong());
    const bool full = static_cast<int64_t>(frame.size()) >= RowsOfFrame(*reader) ||
                      (!frame.empty() && bytes > options_.frame_limits.max_bytes);
    if (full) {
      // The rest of the page has its turn when this frame was written.
      reader->position = PositionAfter(*frame.back());
      SendTransactions(reader.get(), frame, reader->position, /*live=*/false);
      // Another reader may already have asked for the page that begins here.
      const bool next_is_shared =
          SeesEverything(*reader) &&
          reader->position.sequence % options_.shared_page_transactions == 0;
      if (next_is_shared) LetGoOfPage(reader.get());
      return Step::kGiven;
    }
    frame.push_back(&transaction);
  }
  reader->position = page.until;
  if (!frame.empty()) SendTransactions(reader.get(), frame, reader->position, /*live=*/false);
  LetGoOfPage(reader.get());
  counts_->history_pages.Add(1);
  if (moved) {
    reader->backoff.Reset();
    return Step::kGiven;
  }
  // The service has no more than was shown. The ring will soon have what comes next.
  reader->retry_at = now + reader->backoff.Next();
  return Step::kBlocked;
}

void CatchUp::LetGoOfPage(Reader* reader) {
  reader->page.reset();
  reader->page_slot.reset();
}

void CatchUp::SendTransactions(Reader* reader,
                               const std::vector<const v1::Transaction*>& transactions,
                               const Position& until, bool live) {
  Give(reader, FrameOf(*reader, transactions, until, live),
       static_cast<int64_t>(transactions.size()), until, live);
}

void CatchUp::Give(Reader* reader, const FramePtr& frame, int64_t transactions,
                   const Position& until, bool live) {
  reader->socket->Send(frame);
  reader->given = until;
  reader->told_live = live;
  counts_->frames_sent.Add(1);
  counts_->transactions_delivered.Add(transactions);
}

FramePtr CatchUp::FrameOf(const Reader& reader,
                          const std::vector<const v1::Transaction*>& transactions,
                          const Position& until, bool live) {
  const bool shares = SeesEverything(reader);
  const auto* const found = shares ? shared_.Find(reader.given, until, live) : nullptr;
  if (found != nullptr) return found->frame;
  TransactionsFrameBuilder builder;
  std::string text;
  for (const v1::Transaction* transaction : transactions) {
    text.clear();
    AppendTransactionJson(*transaction, ClassOf(reader.viewer, *transaction), &text);
    builder.Add(text);
  }
  FramePtr frame =
      make_frame_(builder.Finish(feed_->CursorText(reader.given), feed_->CursorText(until), live));
  if (shares) {
    const auto count = static_cast<int64_t>(transactions.size());
    shared_.Add({reader.given, until, live, count, frame});
  }
  return frame;
}

}  // namespace ledgercast
