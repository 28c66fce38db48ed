#include "services/transaction/warm_up.h"

#include <algorithm>
#include <utility>

namespace ledgercast {

absl::StatusOr<WarmLedger> WarmUp(Store* store, int64_t transactions, int64_t page_transactions,
                                  const TransactionLog::Options& options) {
  const auto head = store->GetHead();
  if (!head.ok()) return head.status();
  const auto start = store->PositionAt(std::max<int64_t>(0, head->sequence - transactions));
  if (!start.ok()) return start.status();
  WarmLedger ledger{head->ledger, std::make_unique<TransactionLog>(*start, options)};
  while (true) {
    auto page = store->ReadAfter(ledger.log->head(), AccountFilter::All(), page_transactions);
    if (!page.ok()) return page.status();
    if (!page->transactions.empty()) ledger.log->Append(std::move(page->transactions));
    if (page->at_head) return ledger;
  }
}

}  // namespace ledgercast
