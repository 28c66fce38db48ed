#include "services/common/ledger/log_view.h"

#include <algorithm>

#include "services/common/base/proto_time.h"
#include "services/common/ledger/hash_chain.h"

namespace ledgercast {
namespace {

// Maximum number of transactions that a scan examines for each one that the page may hold. So a
// read stays short even if matches are rare.
constexpr int64_t kScanPerTransaction = 16;
// Maximum number of transactions of a chain that BalanceAt() follows. Beyond it, the caller has to
// ask the store.
constexpr int64_t kMaxBalanceSteps = 10'000;

int64_t PreviousOn(const std::string& account, const v1::Transaction& transaction) {
  return transaction.from_account() == account ? transaction.from_previous()
                                               : transaction.to_previous();
}

Position PositionOf(const v1::Transaction& transaction) {
  return {transaction.sequence(), CheckOfHex(transaction.hash())};
}

}  // namespace

const std::shared_ptr<const LogChunk>& LogView::ChunkOf(int64_t sequence) const {
  const int64_t index = (sequence - chunks_->front()->first) / chunk_transactions_;
  return (*chunks_)[static_cast<size_t>(index)];
}

const LogChunk::Row& LogView::At(int64_t sequence) const {
  const LogChunk& chunk = *ChunkOf(sequence);
  return chunk.rows[static_cast<size_t>(sequence - chunk.first)];
}

uint64_t LogView::CheckAt(int64_t sequence) const {
  if (sequence == base_.sequence) return base_.check;
  if (sequence == head_.sequence) return head_.check;
  return CheckOfHex(At(sequence).transaction.hash());
}

LogOutcome LogView::Place(const Position& after) const {
  if (after.sequence < base_.sequence) return LogOutcome::kTooOld;
  if (after.sequence > head_.sequence) return LogOutcome::kAhead;
  return CheckAt(after.sequence) == after.check ? LogOutcome::kRead : LogOutcome::kUnknown;
}

LogPage LogView::Read(const Position& after, const AccountFilter& filter,
                      const std::vector<int64_t>& newest, const LogReadLimits& limits) const {
  LogPage page;
  page.until = after;
  page.outcome = Place(after);
  if (page.outcome != LogOutcome::kRead) return page;
  if (filter.all || !ReadByChain(after, filter, newest, limits, &page)) {
    ReadByScan(after, filter, limits, &page);
  }
  for (const v1::Transaction* transaction : page.transactions) {
    const auto& chunk = ChunkOf(transaction->sequence());
    if (page.chunks.empty() || page.chunks.back() != chunk) page.chunks.push_back(chunk);
  }
  return page;
}

bool LogView::ReadByChain(const Position& after, const AccountFilter& filter,
                          const std::vector<int64_t>& newest, const LogReadLimits& limits,
                          LogPage* page) const {
  std::vector<int64_t> found;
  for (size_t i = 0; i < newest.size(); ++i) {
    for (int64_t sequence = newest[i]; sequence > after.sequence;
         sequence = PreviousOn(filter.accounts[i], At(sequence).transaction)) {
      if (static_cast<int64_t>(found.size()) >= limits.max_transactions) return false;
      found.push_back(sequence);
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  int64_t bytes = 0;
  for (const int64_t sequence : found) {
    const LogChunk::Row& row = At(sequence);
    bytes += row.bytes;
    if (bytes > limits.max_bytes && !page->transactions.empty()) {
      page->until = PositionOf(*page->transactions.back());
      return true;
    }
    page->transactions.push_back(&row.transaction);
  }
  page->until = head_;
  page->at_head = true;
  return true;
}

void LogView::ReadByScan(const Position& after, const AccountFilter& filter,
                         const LogReadLimits& limits, LogPage* page) const {
  const int64_t last =
      std::min(head_.sequence, after.sequence + kScanPerTransaction * limits.max_transactions);
  int64_t bytes = 0;
  int64_t sequence = after.sequence;
  for (; sequence < last; ++sequence) {
    const LogChunk::Row& row = At(sequence + 1);
    if (!filter.Matches(row.transaction)) continue;
    bytes += row.bytes;
    if (static_cast<int64_t>(page->transactions.size()) >= limits.max_transactions) break;
    if (bytes > limits.max_bytes && !page->transactions.empty()) break;
    page->transactions.push_back(&row.transaction);
  }
  page->until = {sequence, CheckAt(sequence)};
  page->at_head = sequence == head_.sequence;
}

std::optional<int64_t> LogView::BalanceAt(const std::string& account, int64_t newest,
                                          const Position& position) const {
  if (Place(position) != LogOutcome::kRead) return std::nullopt;
  const v1::Transaction* after = nullptr;
  int64_t sequence = newest;
  for (int64_t steps = 0; sequence > position.sequence; ++steps) {
    if (steps == kMaxBalanceSteps) return std::nullopt;
    after = &At(sequence).transaction;
    sequence = PreviousOn(account, *after);
  }
  if (after != nullptr) {
    return after->from_account() == account ? after->from_balance() + after->amount()
                                            : after->to_balance() - after->amount();
  }
  const v1::Transaction& last = At(sequence).transaction;
  return last.from_account() == account ? last.from_balance() : last.to_balance();
}

std::optional<absl::Time> LogView::CreateTimeAt(const Position& position) const {
  // The ring begins after `base`, so it does not hold the transaction at `base` itself.
  if (Place(position) != LogOutcome::kRead || position == base_) return std::nullopt;
  return FromProto(At(position.sequence).transaction.create_time());
}

}  // namespace ledgercast
