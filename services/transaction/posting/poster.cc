#include "services/transaction/posting/poster.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "services/common/errors.h"

namespace ledgercast {
namespace {

constexpr absl::Duration kRetryDelay = absl::Milliseconds(100);

std::vector<std::string> AccountsOf(const std::vector<const PostingUnit*>& units) {
  absl::flat_hash_set<std::string> names;
  for (const PostingUnit* unit : units) {
    for (const Posting& posting : *unit) {
      names.insert(posting.request.from_account());
      names.insert(posting.request.to_account());
    }
  }
  return {names.begin(), names.end()};
}

absl::Status ShuttingDown() {
  return MakeError(absl::StatusCode::kUnavailable, reason::kShuttingDown,
                   "the service is stopping; try again under the same id");
}

}  // namespace

Poster::Poster(PostingSessionFactory connect, OnCommitted on_committed, Clock clock,
               Options options)
    : connect_(std::move(connect)),
      on_committed_(std::move(on_committed)),
      clock_(std::move(clock)),
      options_(options),
      memory_(AccountMemory::Options()),
      queue_(options.queue),
      thread_([this] { Loop(); }) {}

Poster::~Poster() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
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
  return counters;
}

void Poster::Loop() {
  Batch batch;
  while (TakeBatch(&batch)) {
    if (!batch.empty()) Post(std::exchange(batch, {}));
  }
  Batch refused = std::exchange(unsettled_, {});
  {
    absl::MutexLock lock(&mu_);
    while (auto item = queue_.Pop(0, /*first=*/true)) refused.push_back(std::move(*item));
  }
  Fail(refused, ShuttingDown());
}

bool Poster::TakeBatch(Batch* batch) {
  Batch late;
  {
    absl::MutexLock lock(&mu_);
    const auto due = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      return stopping_ || !queue_.empty();
    };
    if (unsettled_.empty()) mu_.Await(absl::Condition(&due));
    if (stopping_) return false;
    if (!unsettled_.empty()) {
      *batch = std::exchange(unsettled_, {});
      return true;
    }
    const absl::Time now = clock_();
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
  Decisions decisions;
  BatchTiming timing;
  const bool was_connected = session_ != nullptr;
  absl::Status status = TryPost(batch, &decisions, &timing);
  if (absl::IsUnavailable(status) && was_connected) {
    // The connection died while it was idle; nothing of this batch was sent on it that
    // could have been committed.
    session_.reset();
    memory_.Forget();
    status = TryPost(batch, &decisions, &timing);
  }
  if (!status.ok()) return SettleOrFail(std::move(batch), decisions, status);
  settle_until_ = absl::InfiniteFuture();
  {
    absl::MutexLock lock(&mu_);
    ++counters_.batches;
    counters_.posted += static_cast<int64_t>(decisions.entries.size());
  }
  timing.transactions = static_cast<int64_t>(decisions.entries.size());
  if (options_.on_batch) options_.on_batch(timing);
  if (!decisions.entries.empty()) {
    std::vector<v1::Transaction> committed;
    committed.reserve(decisions.entries.size());
    for (LedgerEntry& entry : decisions.entries) committed.push_back(std::move(entry.transaction));
    on_committed_(decisions.before, std::move(committed));
  }
  for (size_t i = 0; i < batch.size(); ++i) batch[i].done(std::move(decisions.outcomes[i]));
}

void Poster::SettleOrFail(Batch batch, const Decisions& decisions, const absl::Status& status) {
  session_.reset();
  memory_.Forget();
  if (absl::IsUnknown(status)) {
    for (size_t i = 0; i < batch.size(); ++i) {
      const absl::StatusOr<std::vector<Posted>>& outcome = decisions.outcomes[i];
      if (!outcome.ok()) continue;
      PostingUnit& unit = batch[i].unit;
      for (size_t k = 0; k < unit.size(); ++k) {
        unit[k].in_doubt = unit[k].in_doubt || !(*outcome)[k].replayed;
      }
    }
  }
  const bool settling = settle_until_ != absl::InfiniteFuture();
  // Only these may be tried again: in doubt, a conflict, or still settling either.
  if (absl::IsUnknown(status) || absl::IsAborted(status) || settling) {
    if (!settling) {
      spdlog::warn("settling {} transactions: {}", batch.size(), MessageOf(status));
      settle_until_ = clock_() + options_.settle_timeout;
    }
    if (clock_() < settle_until_) {
      unsettled_ = std::move(batch);
      return Pause(kRetryDelay);
    }
  }
  settle_until_ = absl::InfiniteFuture();
  spdlog::error("could not post {} transactions: {}", batch.size(), MessageOf(status));
  Fail(batch, absl::IsUnknown(status) || absl::IsAborted(status)
                  ? MakeError(absl::StatusCode::kUnavailable, reason::kDatabaseUnavailable,
                              MessageOf(status))
                  : status);
}

absl::Status Poster::TryPost(const Batch& batch, Decisions* decisions, BatchTiming* timing) {
  if (session_ == nullptr) {
    auto session = connect_();
    if (!session.ok()) return session.status();
    session_ = std::move(*session);
  }
  absl::Time mark = absl::Now();
  const auto lap = [&mark] {
    const absl::Time before = std::exchange(mark, absl::Now());
    return mark - before;
  };
  std::vector<const PostingUnit*> units;
  units.reserve(batch.size());
  for (const PostingItem& item : batch) units.push_back(&item.unit);
  const std::vector<std::string> names = AccountsOf(units);
  const FenceQuery query{memory_.Missing(names), IdsToFind(batch)};
  auto fenced = session_->Fence(query);
  if (!fenced.ok()) return fenced.status();
  timing->fence = lap();
  const Head head = fenced->head;
  const auto known = LookUp(batch, std::move(fenced->known_ids));
  if (!known.ok()) return known.status();
  const absl::Status refreshed =
      memory_.Refresh(std::move(*fenced), names, query.accounts, session_.get());
  if (!refreshed.ok()) return refreshed;
  timing->look_up = lap();

  *decisions = Decide(units, *known, head, clock_(), memory_.accounts());
  timing->decide = lap();
  const absl::Status written = decisions->entries.empty()
                                   ? session_->Release()
                                   : session_->Commit(decisions->entries, decisions->head);
  timing->write = lap();
  if (written.ok()) memory_.MovedTo(decisions->head);
  return written;
}

std::vector<std::string> Poster::IdsToFind(const Batch& batch) const {
  const bool settling = settle_until_ != absl::InfiniteFuture();
  std::vector<std::string> ids;
  for (const PostingItem& item : batch) {
    if (!item.chosen_ids && !settling) continue;
    for (const Posting& posting : item.unit) ids.push_back(posting.request.id());
  }
  return ids;
}

absl::StatusOr<KnownEntries> Poster::LookUp(const Batch& batch, std::vector<std::string> ids) {
  std::vector<std::string> reversed;
  for (const PostingItem& item : batch) {
    for (const Posting& posting : item.unit) {
      if (!posting.reverses.empty()) reversed.push_back(posting.reverses);
    }
  }
  ids.insert(ids.end(), reversed.begin(), reversed.end());
  KnownEntries known;
  if (!ids.empty()) {
    auto found = session_->FindByIds(ids);
    if (!found.ok()) return found.status();
    for (LedgerEntry& entry : *found) {
      known.by_id.emplace(entry.transaction.id(), std::move(entry));
    }
  }
  if (!reversed.empty()) {
    const auto found = session_->FindReversals(reversed);
    if (!found.ok()) return found.status();
    known.reversed_by.insert(found->begin(), found->end());
  }
  return known;
}

void Poster::Fail(const Batch& batch, const absl::Status& status) {
  for (const PostingItem& item : batch) item.done(status);
}

void Poster::Pause(absl::Duration delay) {
  absl::MutexLock lock(&mu_);
  mu_.AwaitWithTimeout(absl::Condition(&stopping_), delay);
}

}  // namespace ledgercast
