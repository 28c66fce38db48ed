#include "services/transaction/warm_up.h"

#include <utility>

namespace ledgercast {

absl::Status WarmUp(Store* store, int64_t page_transactions, TransactionLog* log) {
  while (true) {
    auto page = store->ReadAfter(log->head(), AccountFilter::All(), page_transactions);
    if (!page.ok()) return page.status();
    if (!page->transactions.empty()) log->Append(std::move(page->transactions));
    if (page->at_head) return absl::OkStatus();
  }
}

}  // namespace ledgercast
