#include "services/cli/changed_column.h"

#include <utility>

#include "services/cli/stored_transaction.h"
#include "services/common/ledger/hash_chain.h"

namespace ledgercast::cli {
namespace {

// Tries changes of a transaction and keeps the first with which the content gives the stated hash.
class Tries {
 public:
  Tries(const v1::Transaction& transaction, const Hash& before)
      : transaction_(transaction), before_(before) {}

  // Returns whether this or an earlier change gave the hash.
  template <typename Change>
  bool Try(const char* column, const Change& change) {
    if (found_) return true;
    v1::Transaction other = transaction_;
    change(&other);
    if (HashToHex(ChainHash(before_, other)) != transaction_.hash()) return false;
    found_ = ChangedColumn{column, std::move(other)};
    return true;
  }

  std::optional<ChangedColumn> Take() { return std::move(found_); }

 private:
  const v1::Transaction& transaction_;
  const Hash& before_;
  std::optional<ChangedColumn> found_;
};

// Add and subtract without overflow: a changed value may be any number, so they wrap around.
int64_t Sum(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
int64_t Difference(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}

// Tries each account whose balance and newest transaction fit to this transaction.
void TryAccounts(const v1::Transaction& stored, const Surroundings& around, Tries* tries) {
  if (!around.for_each_account) return;
  const int64_t from_balance = Sum(stored.from_balance(), stored.amount());
  const int64_t to_balance = Difference(stored.to_balance(), stored.amount());
  around.for_each_account([&](const AccountBefore& account) {
    const bool pays =
        account.newest == stored.from_previous() && account.balance == from_balance &&
        tries->Try("from_account", [&](auto* t) { t->set_from_account(account.name); });
    const bool is_paid =
        account.newest == stored.to_previous() && account.balance == to_balance &&
        tries->Try("to_account", [&](auto* t) { t->set_to_account(account.name); });
    return !pays && !is_paid;
  });
}

}  // namespace

std::optional<ChangedColumn> FindChangedColumn(const v1::Transaction& stored,
                                               const Surroundings& around) {
  Tries tries(stored, around.hash_before);
  const AccountBefore& from = around.from;
  const AccountBefore& to = around.to;
  tries.Try("sequence", [&](auto* t) { t->set_sequence(around.sequence); });
  tries.Try("amount",
            [&](auto* t) { t->set_amount(Difference(from.balance, stored.from_balance())); });
  tries.Try("amount", [&](auto* t) { t->set_amount(Difference(stored.to_balance(), to.balance)); });
  tries.Try("from_previous", [&](auto* t) { t->set_from_previous(from.newest); });
  tries.Try("to_previous", [&](auto* t) { t->set_to_previous(to.newest); });
  tries.Try("from_balance",
            [&](auto* t) { t->set_from_balance(Difference(from.balance, stored.amount())); });
  tries.Try("to_balance", [&](auto* t) { t->set_to_balance(Sum(to.balance, stored.amount())); });
  tries.Try("currency", [&](auto* t) { t->set_currency(from.currency); });
  tries.Try("currency", [&](auto* t) { t->set_currency(to.currency); });
  for (const int64_t micros : around.times_micros) {
    tries.Try("create_time", [&](auto* t) { SetMicros(micros, t); });
  }
  // Most transactions have none of these.
  tries.Try("reverses", [](auto* t) { t->clear_reverses(); });
  tries.Try("description", [](auto* t) { t->clear_description(); });
  tries.Try("metadata", [](auto* t) { t->clear_metadata(); });
  TryAccounts(stored, around, &tries);
  return tries.Take();
}

std::vector<std::string> ColumnsOnlyHashed() {
  return {"id", "create_time", "reverses", "description", "metadata"};
}

}  // namespace ledgercast::cli
