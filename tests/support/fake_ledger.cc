// Implements the fake ledger's positions and balances.

#include <utility>

#include "services/common/base/errors.h"
#include "tests/support/fake_store.h"

namespace ledgercast::testing {

FakeLedger::FakeLedger(std::string name) {
  head_.ledger = std::move(name);
  head_.hash = GenesisHash(head_.ledger);
}

Head FakeLedger::ReadHead() const {
  Head head = head_;
  head.read_time = clock_();
  return head;
}

absl::StatusOr<Position> FakeLedger::PositionAt(int64_t sequence) const {
  if (sequence == 0) return Position{0, CheckOf(GenesisHash(head_.ledger))};
  if (sequence < 0 || sequence > head_.sequence) {
    return CursorUnknown(head_.ledger, FormatCursor(head_.ledger, head_.position()),
                         "no such position");
  }
  return Position{sequence,
                  CheckOfHex(entries_[static_cast<size_t>(sequence) - 1].transaction.hash())};
}

absl::Status FakeLedger::CheckPosition(const Position& position) const {
  const auto there = PositionAt(position.sequence);
  if (!there.ok()) return there.status();
  if (*there == position) return absl::OkStatus();
  return CursorUnknown(head_.ledger, FormatCursor(head_.ledger, head_.position()), "rewound");
}

std::pair<int64_t, int64_t> FakeLedger::NewestOf(const std::string& account, int64_t until) const {
  for (int64_t sequence = until; sequence > 0; --sequence) {
    const v1::Transaction& transaction = entries_[static_cast<size_t>(sequence) - 1].transaction;
    if (transaction.from_account() == account) return {transaction.from_balance(), sequence};
    if (transaction.to_account() == account) return {transaction.to_balance(), sequence};
  }
  return {0, 0};
}

v1::Account FakeLedger::WithBalance(const AccountRow& row, int64_t until) const {
  v1::Account account = row.account;
  account.set_balance(NewestOf(row.account.name(), until).first);
  return account;
}

}  // namespace ledgercast::testing
