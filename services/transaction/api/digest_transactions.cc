#include "services/transaction/api/digest_transactions.h"

#include <string>
#include <vector>

#include "services/common/base/errors.h"
#include "services/common/ledger/transaction_digest.h"
#include "services/transaction/api/resolve_cursor.h"

namespace ledgercast {
namespace {

constexpr int64_t kPageTransactions = 1'000;

absl::Status DigestStretch(Position at, const Position& until, const AccountFilter& filter,
                           const std::function<bool()>& is_cancelled, Store* store,
                           TransactionDigest* digest, int64_t* count) {
  while (at.sequence < until.sequence) {
    if (is_cancelled()) return absl::CancelledError("the caller has gone");
    const auto page = store->ReadAfter(at, filter, kPageTransactions);
    if (!page.ok()) return page.status();
    for (const v1::Transaction& transaction : page->transactions) {
      if (transaction.sequence() > until.sequence) return absl::OkStatus();
      digest->Add(transaction);
      ++*count;
    }
    at = page->until;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status DigestTransactions(const Viewer& viewer, std::string_view ledger,
                                const v1::DigestTransactionsRequest& request,
                                const std::function<bool()>& is_cancelled, Store* store,
                                v1::DigestTransactionsResponse* response) {
  std::vector<std::string> accounts;
  if (!request.account().empty()) accounts.push_back(request.account());
  const auto filter = EffectiveFilter(viewer, std::move(accounts));
  if (!filter.ok()) return filter.status();
  const auto after = request.after().empty()
                         ? store->PositionAt(0)
                         : ResolveCursor(request.after(), "after", ledger, store);
  if (!after.ok()) return after.status();
  absl::StatusOr<Position> until;
  if (request.until().empty()) {
    const auto head = store->GetHead();
    if (!head.ok()) return head.status();
    until = head->position();
  } else {
    until = ResolveCursor(request.until(), "until", ledger, store);
  }
  if (!until.ok()) return until.status();
  if (until->sequence < after->sequence) {
    return InvalidField("until", "must not come before `after`");
  }
  TransactionDigest digest;
  int64_t count = 0;
  const absl::Status status =
      DigestStretch(*after, *until, *filter, is_cancelled, store, &digest, &count);
  if (!status.ok()) return status;
  response->set_count(count);
  response->set_sha256(digest.Finish());
  response->set_after(FormatCursor(ledger, *after));
  response->set_until(FormatCursor(ledger, *until));
  return absl::OkStatus();
}

}  // namespace ledgercast
