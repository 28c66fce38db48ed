#include "services/transaction/posting/poster.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "services/common/base/call_ids.h"
#include "services/common/base/check.h"
#include "services/common/base/errors.h"
#include "services/trace/span.h"
#include "services/transaction/head_checks.h"
#include "services/transaction/posting/look_up.h"
#include "services/transaction/refused_data.h"

namespace ledgercast {
namespace {

constexpr absl::Duration kRetryDelay = absl::Milliseconds(100);

absl::Status ShuttingDown() {
  return MakeError(absl::StatusCode::kUnavailable, reason::kShuttingDown,
                   "the service is stopping; try again under the same id");
}

// Begins the span of a batch. It is a part of the first call whose trace is kept, and is linked to
// the others.
Span BeginSpan(const std::vector<PostingItem>& batch) {
  constexpr size_t kMaxLinks = 32;
  if (!Span::enabled()) return Span();
  std::string parent;
  std::vector<std::string> links;
  for (const PostingItem& item : batch) {
    if (links.size() == kMaxLinks) break;
    if (!IsSampled(item.traceparent)) continue;
    if (parent.empty()) {
      parent = item.traceparent;
    } else {
      links.push_back(item.traceparent);
    }
  }
  if (parent.empty()) return Span();
  return Span::Begin("posting batch", SpanKind::kInternal, parent, links);
}

}  // namespace

Poster::Poster(PostingSessionFactory connect, OnCommitted on_committed, Clocks clocks,
               Options options)
    : connect_(std::move(connect)),
      on_committed_(std::move(on_committed)),
      clocks_(std::move(clocks)),
      options_(std::move(options)),
      memory_(AccountMemory::Options()),
      queue_(options_.queue),
      thread_([this] { Loop(); }) {}

Poster::~Poster() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  stop_.Set();
  thread_.join();
}

void Poster::Submit(std::vector<PostingItem> items) {
  std::vector<PostingItem> refused;
  absl::Status refusal =
      MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy,
                "too many transactions are waiting; try again under the same id");
  {
    absl::MutexLock lock(&mu_);
    if (stopping_) {
      refusal = ShuttingDown();
      refused.swap(items);
    }
    for (PostingItem& item : items) {
      if (!queue_.Push(item)) refused.push_back(std::move(item));
    }
  }
  for (const PostingItem& item : refused) item.done(refusal);
}

Poster::Counters Poster::counters() const {
  absl::MutexLock lock(&mu_);
  Counters counters = counters_;
  counters.queued = queue_.transactions();
  counters.blocked = std::max(absl::ZeroDuration(), clocks_.steady() - blocked_since_);
  return counters;
}

void Poster::Loop() {
  Batch batch;
  while (TakeBatch(&batch)) {
    if (!batch.empty()) Post(std::exchange(batch, {}));
  }
  for (const Batch& refused : again_) Fail(refused, ShuttingDown());
  {
    absl::MutexLock lock(&mu_);
    while (auto item = queue_.Pop(0, /*first=*/true)) batch.push_back(std::move(*item));
  }
  Fail(batch, ShuttingDown());
}

bool Poster::TakeBatch(Batch* batch) {
  Batch late;
  {
    absl::MutexLock lock(&mu_);
    const auto due = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      return stopping_ || !queue_.empty();
    };
    if (again_.empty()) mu_.Await(absl::Condition(&due));
    if (stopping_) return false;
    if (!again_.empty()) {
      *batch = std::move(again_.front());
      again_.pop_front();
      return true;
    }
    const absl::Time now = clocks_.steady();
    int64_t room = options_.max_batch_transactions;
    while (auto item = queue_.Pop(room, batch->empty())) {
      Batch& where = item->deadline > now ? *batch : late;
      if (&where == batch) room -= static_cast<int64_t>(item->unit.size());
      where.push_back(std::move(*item));
    }
  }
  Fail(late, absl::DeadlineExceededError("the deadline passed before it was posted"));
  return true;
}

void Poster::Post(Batch batch) {
  const Span span = BeginSpan(batch);
  const CurrentSpan current(span);
  Decisions decisions;
  BatchTiming timing;
  const bool was_connected = session_ != nullptr;
  absl::Status status = TryPost(batch, &decisions, &timing);
  if (distrusted_) {
    settle_until_ = absl::InfiniteFuture();
    span.End(status);
    return Fail(batch, status);
  }
  if (absl::IsUnavailable(status) && was_connected) {
    // The connection probably broke while it was idle. Nothing of this batch that could have been
    // committed was sent, so the batch is tried once more.
    session_.reset();
    memory_.Forget();
    status = TryPost(batch, &decisions, &timing);
  }
  span.Set("ledgercast.transactions", static_cast<int64_t>(decisions.entries.size()));
  span.End(status);
  if (!status.ok()) return TryAgainOrFail(std::move(batch), decisions, status);
  settle_until_ = absl::InfiniteFuture();
  {
    absl::MutexLock lock(&mu_);
    ++counters_.batches;
    counters_.posted += static_cast<int64_t>(decisions.entries.size());
  }
  timing.transactions = static_cast<int64_t>(decisions.entries.size());
  if (options_.on_batch) options_.on_batch(timing);
  LC_CHECK(decisions.outcomes.size() == batch.size()) << "an item has no outcome";
  if (!decisions.entries.empty()) {
    // What follows the log's head must be its next, or those who watch would miss some.
    LC_CHECK(decisions.entries.front().transaction.sequence() == decisions.before.sequence + 1 &&
             decisions.entries.back().transaction.sequence() == decisions.head.sequence)
        << "a committed batch does not go from " << decisions.before.sequence << " to "
        << decisions.head.sequence;
    std::vector<v1::Transaction> committed;
    committed.reserve(decisions.entries.size());
    for (LedgerEntry& entry : decisions.entries) committed.push_back(std::move(entry.transaction));
    on_committed_(decisions.before, std::move(committed));
  }
  for (size_t i = 0; i < batch.size(); ++i) batch[i].done(std::move(decisions.outcomes[i]));
}

void Poster::TryAgainOrFail(Batch batch, const Decisions& decisions, const absl::Status& status) {
  session_.reset();
  memory_.Forget();
  if (KeepInDoubt(&batch, decisions, status)) return;
  settle_until_ = absl::InfiniteFuture();
  if (IsRefusedData(status) && batch.size() > 1) {
    const auto middle = batch.begin() + static_cast<ptrdiff_t>(batch.size() / 2);
    Batch second(std::make_move_iterator(middle), std::make_move_iterator(batch.end()));
    batch.erase(middle, batch.end());
    again_.push_front(std::move(second));
    again_.push_front(std::move(batch));
    return;
  }
  spdlog::error("could not post {} transactions: {}", batch.size(), MessageOf(status));
  absl::Status answer = status;
  if (absl::IsUnknown(status) || absl::IsAborted(status)) {
    answer =
        MakeError(absl::StatusCode::kUnavailable, reason::kDatabaseUnavailable, MessageOf(status));
  } else if (IsRefusedData(status)) {
    answer = MakeError(absl::StatusCode::kInternal, reason::kInternal,
                       "the database refused this transaction; the service's log says why");
  } else if (absl::IsInternal(status)) {
    answer = MakeError(absl::StatusCode::kInternal, reason::kInternal,
                       "the database cannot post at present; the service's log says why");
  }
  Fail(batch, answer);
}

bool Poster::KeepInDoubt(Batch* batch, const Decisions& decisions, const absl::Status& status) {
  if (absl::IsUnknown(status)) {
    for (size_t i = 0; i < batch->size(); ++i) {
      PostingItem& item = (*batch)[i];
      item.chosen_ids = true;
      const absl::StatusOr<std::vector<Posted>>& outcome = decisions.outcomes[i];
      if (!outcome.ok()) continue;
      for (size_t k = 0; k < item.unit.size(); ++k) {
        const Posted& posted = (*outcome)[k];
        if (!posted.replayed) item.unit[k].doubtful_hash = posted.transaction.hash();
      }
    }
  }
  const bool settling = settle_until_ != absl::InfiniteFuture();
  // Three errors are tried again: a commit in doubt, a conflict, and while settling one of these, a
  // database that is unavailable.
  const bool may_help = settling && absl::IsUnavailable(status);
  if (!absl::IsUnknown(status) && !absl::IsAborted(status) && !may_help) return false;
  if (!settling) {
    spdlog::warn("settling {} transactions: {}", batch->size(), MessageOf(status));
    settle_until_ = clocks_.steady() + options_.settle_timeout;
  }
  if (clocks_.steady() >= settle_until_) return false;
  again_.push_front(std::move(*batch));
  stop_.WaitFor(kRetryDelay);
  return true;
}

absl::StatusOr<Fenced> Poster::Fence(const FenceQuery& query) {
  {
    absl::MutexLock lock(&mu_);
    blocked_since_ = std::min(blocked_since_, clocks_.steady());
  }
  const absl::Time asked = clocks_.wall();
  auto fenced = session_->Fence(query);
  if (!fenced.ok()) return fenced;
  {
    absl::MutexLock lock(&mu_);
    blocked_since_ = absl::InfiniteFuture();
  }
  absl::Status trusted = CheckLedger(fenced->head, options_.ledger);
  if (trusted.ok()) {
    trusted = CheckClock(fenced->head, asked, clocks_.wall(), options_.max_clock_skew);
  }
  distrusted_ = !trusted.ok();
  if (trusted.ok()) return fenced;
  // The next batch checks again, on the same connection if that still works.
  if (!session_->Release().ok()) session_.reset();
  return trusted;
}

absl::Status Poster::TryPost(const Batch& batch, Decisions* decisions, BatchTiming* timing) {
  distrusted_ = false;
  if (session_ == nullptr) {
    auto session = connect_();
    if (!session.ok()) return session.status();
    session_ = std::move(*session);
  }
  absl::Time mark = clocks_.steady();
  const auto lap = [this, &mark] {
    const absl::Time before = std::exchange(mark, clocks_.steady());
    return mark - before;
  };
  std::vector<const PostingUnit*> units;
  units.reserve(batch.size());
  for (const PostingItem& item : batch) units.push_back(&item.unit);
  const std::vector<std::string> names = AccountsOf(units);
  const FenceQuery query{memory_.Missing(names), IdsToFind(batch)};
  auto fenced = Fence(query);
  if (!fenced.ok()) return fenced.status();
  timing->fence = lap();
  const Head head = fenced->head;
  const auto known = LookUp(units, std::move(fenced->known_ids), session_.get());
  if (!known.ok()) return known.status();
  const absl::Status refreshed =
      memory_.Refresh(std::move(*fenced), names, query.accounts, session_.get());
  if (!refreshed.ok()) return refreshed;
  timing->look_up = lap();

  *decisions = Decide(units, *known, head, head.read_time, memory_.accounts());
  timing->decide = lap();
  const absl::Status written = decisions->entries.empty()
                                   ? session_->Release()
                                   : session_->Commit(decisions->entries, decisions->head);
  timing->write = lap();
  if (written.ok()) memory_.MovedTo(decisions->head);
  return written;
}

void Poster::Fail(const Batch& batch, const absl::Status& status) {
  for (const PostingItem& item : batch) item.done(status);
}

}  // namespace ledgercast
