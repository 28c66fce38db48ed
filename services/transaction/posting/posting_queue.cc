#include "services/transaction/posting/posting_queue.h"

#include <utility>

namespace ledgercast {
namespace {

// Number of transactions that a caller may post in one turn. So a batch holds some transactions of
// each of several busy callers.
constexpr int64_t kTurnTransactions = 100;

int64_t BytesOf(const PostingUnit& unit) {
  size_t bytes = 0;
  for (const Posting& posting : unit) {
    bytes += sizeof(Posting) + posting.request.ByteSizeLong() + posting.caller.size();
  }
  return static_cast<int64_t>(bytes);
}

}  // namespace

bool PostingQueue::Push(PostingItem& item) {
  const auto count = static_cast<int64_t>(item.unit.size());
  const int64_t bytes = BytesOf(item.unit);
  const std::string& name = item.unit.front().caller;
  const auto known = callers_.find(name);
  const int64_t callers_own = known == callers_.end() ? 0 : known->second->transactions;
  if (!empty() &&
      (transactions_ + count > limits_.max_transactions || bytes_ + bytes > limits_.max_bytes ||
       callers_own + count > limits_.max_caller_transactions)) {
    return false;
  }
  const auto caller =
      known != callers_.end() ? known->second : turns_.insert(turns_.end(), Caller{name, {}, 0, 0});
  if (known == callers_.end()) callers_.emplace(name, caller);
  caller->items.push_back({std::move(item), bytes});
  caller->transactions += count;
  transactions_ += count;
  bytes_ += bytes;
  return true;
}

std::optional<PostingItem> PostingQueue::Pop(int64_t room, bool first) {
  if (empty()) return std::nullopt;
  while (true) {
    Caller& caller = turns_.front();
    const auto count = static_cast<int64_t>(caller.items.front().item.unit.size());
    if (caller.credit < count) {
      caller.credit += kTurnTransactions;
      turns_.splice(turns_.end(), turns_, turns_.begin());
      continue;
    }
    if (!first && count > room) return std::nullopt;
    caller.credit -= count;
    caller.transactions -= count;
    transactions_ -= count;
    bytes_ -= caller.items.front().bytes;
    PostingItem item = std::move(caller.items.front().item);
    caller.items.pop_front();
    if (caller.items.empty()) {
      callers_.erase(caller.name);
      turns_.pop_front();
    }
    return item;
  }
}

}  // namespace ledgercast
