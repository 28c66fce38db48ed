#include "services/cli/audit.h"

#include <utility>

namespace ledgercast::cli {
namespace {

constexpr size_t kHashCharsShown = 16;

std::string Text(int64_t value) { return std::to_string(value); }

// Sums of balances may be beyond 64 bits.
using Wide = __int128;

std::string Text(Wide value) {
  if (value == 0) return "0";
  const bool negative = value < 0;
  std::string digits;
  for (Wide rest = negative ? -value : value; rest > 0; rest /= 10) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  }
  return negative ? "-" + digits : digits;
}

int64_t MicrosOf(const v1::Transaction& transaction) {
  const auto& time = transaction.create_time();
  return time.seconds() * 1'000'000 + time.nanos() / 1'000;
}

}  // namespace

void Problems::Add(Problem problem) {
  ++count_;
  if (kept_.size() < max_kept_) kept_.push_back(std::move(problem));
}

Audit::Audit(std::string ledger, Find find, size_t max_problems_kept)
    : find_(std::move(find)), problems_(max_problems_kept), hash_(GenesisHash(ledger)) {}

absl::Status Audit::Add(const v1::Transaction& transaction) {
  if (!transaction.reverses().empty()) {
    if (const auto checked = CheckReversal(transaction); !checked.ok()) return checked;
  }
  CheckHash(transaction, CheckSequence(transaction));
  if (MicrosOf(transaction) < newest_micros_) {
    Report(transaction, "time", "create_time is earlier than that of the transaction before it");
  }
  if (transaction.amount() <= 0) {
    Report(transaction, "balance", "amount is " + Text(transaction.amount()) + ", not above 0");
  }
  CheckSide(transaction, {"from", transaction.from_account(), transaction.from_previous(),
                          transaction.from_balance(), -1});
  CheckSide(transaction, {"to", transaction.to_account(), transaction.to_previous(),
                          transaction.to_balance(), 1});
  AddToDigest(transaction);
  ++count_;
  newest_ = transaction.sequence();
  newest_micros_ = MicrosOf(transaction);
  return absl::OkStatus();
}

bool Audit::CheckSequence(const v1::Transaction& transaction) {
  if (transaction.sequence() == newest_ + 1) return true;
  Report(transaction, "sequence",
         "comes after sequence " + Text(newest_) + ": what is between them is missing");
  return false;
}

void Audit::CheckHash(const v1::Transaction& transaction, bool follows) {
  const Hash computed = ChainHash(hash_, transaction);
  Hash stated;
  if (!HashFromHex(transaction.hash(), &stated)) {
    Report(transaction, "hash", "has no hash");
    hash_ = computed;
    return;
  }
  if (follows && stated != computed) {
    Report(transaction, "hash",
           "its content and the hash before it give " +
               HashToHex(computed).substr(0, kHashCharsShown) + "..., its hash is " +
               transaction.hash().substr(0, kHashCharsShown) +
               "...: it, or the hash of the one before it, was changed");
  }
  hash_ = stated;
}

void Audit::CheckSide(const v1::Transaction& transaction, const Side& side) {
  AccountState& account = accounts_[side.account];
  const std::string prefix = side.name;
  if (side.previous != account.newest) {
    Report(transaction, "chain",
           prefix + "_previous is " + Text(side.previous) +
               ", while the transaction before it on '" + side.account + "' is " +
               Text(account.newest));
  }
  const Wide balance = account.balance + side.sign * static_cast<Wide>(transaction.amount());
  if (balance != side.balance) {
    Report(transaction, "balance",
           prefix + "_balance is " + Text(side.balance) + ", while " + Text(account.balance) +
               " before it on '" + side.account + "' and the amount make " + Text(balance));
  }
  if (account.newest != 0 && account.currency != transaction.currency()) {
    Report(transaction, "currency",
           "is in " + transaction.currency() + ", while '" + side.account + "' is in " +
               account.currency);
  }
  account = {transaction.sequence(), side.balance, transaction.currency()};
}

absl::Status Audit::CheckReversal(const v1::Transaction& transaction) {
  const auto original = find_(transaction.reverses());
  if (absl::IsNotFound(original.status())) {
    Report(transaction, "reversal", "reverses " + transaction.reverses() + ", which is not there");
    return absl::OkStatus();
  }
  if (!original.ok()) return original.status();
  const std::string which = "reverses sequence " + Text(original->sequence());
  if (original->sequence() >= transaction.sequence()) {
    Report(transaction, "reversal", which + ", which is not before it");
  }
  if (original->from_account() != transaction.to_account() ||
      original->to_account() != transaction.from_account()) {
    Report(transaction, "reversal", which + ", whose sides are not the opposite of its own");
  }
  if (original->amount() != transaction.amount() ||
      original->currency() != transaction.currency()) {
    Report(transaction, "reversal",
           which + ", which moved " + Text(original->amount()) + " " + original->currency());
  }
  if (!reversed_.insert(original->sequence()).second) {
    Report(transaction, "reversal", which + ", which was reversed before");
  }
  return absl::OkStatus();
}

void Audit::AddToDigest(const v1::Transaction& transaction) { digest_.Add(transaction); }

void Audit::Report(const v1::Transaction& transaction, const char* check, std::string message) {
  problems_.Add({transaction.sequence(), transaction.id(), check, std::move(message)});
}

void Audit::Finish(const Position& head) {
  std::map<std::string, Wide> sums;
  for (const auto& [name, account] : accounts_) sums[account.currency] += account.balance;
  for (const auto& [currency, sum] : sums) {
    if (sum == 0) continue;
    problems_.Add({0, "", "sum", "the balances in " + currency + " add up to " + Text(sum)});
  }
  if (newest_ != head.sequence || CheckOf(hash_) != head.check) {
    problems_.Add({0, "", "cursor",
                   "the history ends at sequence " + Text(newest_) +
                       " with another hash than the cursor of the head has, which is at " +
                       Text(head.sequence)});
  }
}

}  // namespace ledgercast::cli
