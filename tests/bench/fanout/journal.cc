#include "tests/bench/fanout/journal.h"

#include <algorithm>

#include "edge/protocol/transaction_json.h"

namespace ledgercast::bench {

v1::Transaction Journal::Add(int64_t now_ns) {
  v1::Transaction transaction;
  const std::string digits = std::to_string(++head_);
  transaction.set_sequence(head_);
  transaction.set_id("00000000-0000-7000-8000-" + std::string(12 - digits.size(), '0') + digits);
  transaction.set_from_account("alice");
  transaction.set_to_account(head_ == 1 ? kWatcher : "bob");
  transaction.set_amount(1);
  transaction.set_currency("PTS");
  const size_t bare = TextOf(transaction).size();
  if (bare < text_bytes_) transaction.set_description(std::string(text_bytes_ - bare, 'x'));
  const std::string text = TextOf(transaction);
  Entry& entry = entries_[static_cast<size_t>(head_) % kKept];
  std::copy_n(text.begin(), kComparedBytes, entry.start.begin());
  entry.published_at_ns = now_ns;
  return transaction;
}

std::string Journal::TextOf(const v1::Transaction& transaction) const {
  std::string text;
  AppendTransactionJson(transaction, ViewerClass::kAll, &text);
  return text;
}

}  // namespace ledgercast::bench
