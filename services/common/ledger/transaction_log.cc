#include "services/common/ledger/transaction_log.h"

#include <algorithm>
#include <utility>

#include "services/common/base/check.h"
#include "services/common/ledger/hash_chain.h"

namespace ledgercast {
TransactionLog::TransactionLog(const Position& start, const Options& options)
    : options_(options), chunks_(std::make_shared<const LogChunks>()), base_(start), head_(start) {}

TransactionLog::~TransactionLog() = default;

Position TransactionLog::head() const {
  absl::MutexLock lock(&mu_);
  return head_;
}

Position TransactionLog::base() const {
  absl::MutexLock lock(&mu_);
  return base_;
}

int64_t TransactionLog::bytes() const {
  absl::MutexLock lock(&append_mu_);
  return stored_bytes_;
}

LogView TransactionLog::Look() const {
  return {chunks_, options_.chunk_transactions, base_, head_};
}

// --- appending ---

TransactionLog::AppendResult TransactionLog::Append(std::vector<v1::Transaction> batch) {
  return AppendBatch(std::nullopt, std::move(batch));
}

TransactionLog::AppendResult TransactionLog::AppendAfter(const Position& before,
                                                         std::vector<v1::Transaction> batch) {
  return AppendBatch(before, std::move(batch));
}

TransactionLog::AppendResult TransactionLog::AppendBatch(const std::optional<Position>& before,
                                                         std::vector<v1::Transaction> batch) {
  std::vector<std::function<void()>> wakes;
  {
    absl::MutexLock append_lock(&append_mu_);
    if (const Position at = head();
        before && before->sequence == at.sequence && before->check != at.check) {
      return AppendResult::kConflict;
    }
    const AppendResult result = DropKnown(&batch);
    if (result != AppendResult::kAppended) return result;
    std::vector<const v1::Transaction*> stored;
    Store(std::move(batch), &stored);
    wakes = Publish(stored);
  }
  for (const auto& wake : wakes) wake();
  return AppendResult::kAppended;
}

TransactionLog::AppendResult TransactionLog::DropKnown(std::vector<v1::Transaction>* batch) const {
  const LogView view = [this] {
    absl::MutexLock lock(&mu_);
    return Look();
  }();
  size_t known = 0;
  for (; known < batch->size() && (*batch)[known].sequence() <= view.head().sequence; ++known) {
    const v1::Transaction& transaction = (*batch)[known];
    if (transaction.sequence() >= view.base().sequence &&
        CheckOfHex(transaction.hash()) != view.CheckAt(transaction.sequence())) {
      return AppendResult::kConflict;
    }
  }
  batch->erase(batch->begin(), batch->begin() + static_cast<std::ptrdiff_t>(known));
  if (batch->empty()) return AppendResult::kNothingNew;
  int64_t expected = view.head().sequence + 1;
  for (const v1::Transaction& transaction : *batch) {
    if (transaction.sequence() != expected++) return AppendResult::kGap;
  }
  return AppendResult::kAppended;
}

void TransactionLog::Store(std::vector<v1::Transaction> batch,
                           std::vector<const v1::Transaction*>* stored) {
  stored->reserve(batch.size());
  for (v1::Transaction& transaction : batch) {
    if (filling_.empty() || filling_.back()->count == options_.chunk_transactions) {
      filling_.push_back(
          std::make_shared<LogChunk>(transaction.sequence(), options_.chunk_transactions));
    }
    LogChunk& open = *filling_.back();
    LogChunk::Row& row = open.rows[static_cast<size_t>(open.count++)];
    row.transaction = std::move(transaction);
    row.bytes = static_cast<int64_t>(row.transaction.SpaceUsedLong());
    open.bytes += row.bytes;
    stored_bytes_ += row.bytes;
    stored->push_back(&row.transaction);
  }
}

std::vector<std::function<void()>> TransactionLog::Publish(
    const std::vector<const v1::Transaction*>& stored) {
  std::vector<std::function<void()>> wakes;
  absl::MutexLock lock(&mu_);
  LC_CHECK(!stored.empty() && stored.front()->sequence() == head_.sequence + 1)
      << "a batch does not follow " << head_.sequence;
  const v1::Transaction& last = *stored.back();
  head_ = {last.sequence(), CheckOfHex(last.hash())};
  for (const v1::Transaction* transaction : stored) {
    for (const std::string* account : {&transaction->from_account(), &transaction->to_account()}) {
      newest_[*account] = transaction->sequence();
    }
    waiters_.TakeConcerned(*transaction, &wakes);
  }
  Evict();
  if (chunks_->empty() || chunks_->front() != filling_.front() ||
      chunks_->back() != filling_.back()) {
    chunks_ = std::make_shared<const LogChunks>(filling_.begin(), filling_.end());
  }
  return wakes;
}

void TransactionLog::Evict() {
  size_t evicted = 0;
  int64_t transactions = head_.sequence - filling_.front()->first + 1;
  while (evicted + 1 < filling_.size() && (transactions > options_.capacity_transactions ||
                                           stored_bytes_ > options_.capacity_bytes)) {
    const LogChunk& chunk = *filling_[evicted++];
    for (int64_t i = 0; i < chunk.count; ++i) {
      const v1::Transaction& transaction = chunk.rows[static_cast<size_t>(i)].transaction;
      for (const std::string* account : {&transaction.from_account(), &transaction.to_account()}) {
        const auto newest = newest_.find(*account);
        if (newest != newest_.end() && newest->second == transaction.sequence()) {
          newest_.erase(newest);
        }
      }
    }
    const v1::Transaction& last = chunk.rows[static_cast<size_t>(chunk.count - 1)].transaction;
    base_ = {last.sequence(), CheckOfHex(last.hash())};
    transactions -= chunk.count;
    stored_bytes_ -= chunk.bytes;
  }
  filling_.erase(filling_.begin(), filling_.begin() + static_cast<std::ptrdiff_t>(evicted));
}

void TransactionLog::Reset(const Position& start) {
  std::vector<std::function<void()>> wakes;
  {
    absl::MutexLock append_lock(&append_mu_);
    absl::MutexLock lock(&mu_);
    filling_.clear();
    stored_bytes_ = 0;
    chunks_ = std::make_shared<const LogChunks>();
    base_ = head_ = start;
    newest_.clear();
    waiters_.TakeAll(&wakes);
  }
  for (const auto& wake : wakes) wake();
}

// --- reading ---

TransactionLog::Page TransactionLog::Read(const Position& after, const AccountFilter& filter,
                                          const ReadLimits& limits) const {
  std::vector<int64_t> newest;
  newest.reserve(filter.accounts.size());
  const LogView view = [&] {
    absl::MutexLock lock(&mu_);
    for (const std::string& account : filter.accounts) {
      const auto it = newest_.find(account);
      newest.push_back(it == newest_.end() ? 0 : it->second);
    }
    return Look();
  }();
  return view.Read(after, filter, newest, limits);
}

std::optional<int64_t> TransactionLog::BalanceAt(const std::string& account,
                                                 const Position& position) const {
  int64_t newest = 0;
  const LogView view = [&] {
    absl::MutexLock lock(&mu_);
    const auto it = newest_.find(account);
    if (it != newest_.end()) newest = it->second;
    return Look();
  }();
  if (newest == 0) return std::nullopt;
  return view.BalanceAt(account, newest, position);
}

std::optional<Position> TransactionLog::QuietSince(const std::string& account,
                                                   const Position& position) const {
  const auto view = [&]() -> std::optional<LogView> {
    absl::MutexLock lock(&mu_);
    const auto it = newest_.find(account);
    if (it != newest_.end() && it->second > position.sequence) return std::nullopt;
    return Look();
  }();
  if (!view.has_value() || view->Place(position) != LogOutcome::kRead) return std::nullopt;
  return view->head();
}

std::optional<absl::Time> TransactionLog::CreateTimeAt(const Position& position) const {
  const LogView view = [&] {
    absl::MutexLock lock(&mu_);
    return Look();
  }();
  return view.CreateTimeAt(position);
}

// --- wake-ups ---

TransactionLog::WaitId TransactionLog::Wait(int64_t after, const AccountFilter& filter,
                                            std::function<void()> wake) {
  {
    absl::MutexLock lock(&mu_);
    if (head_.sequence <= after) return waiters_.Add(filter, std::move(wake));
  }
  wake();
  return 0;
}

bool TransactionLog::Cancel(WaitId id) {
  std::vector<std::function<void()>> dropped;
  absl::MutexLock lock(&mu_);
  waiters_.Take(id, &dropped);
  return !dropped.empty();
}

}  // namespace ledgercast
