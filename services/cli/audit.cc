#include "services/cli/audit.h"
#include "services/common/ledger/hash_chain.h"

#include <map>
#include <utility>

namespace ledgercast::cli {
namespace {

// Limits of the contract. They apply to transactions after changes began to be recorded.
constexpr int64_t kMaxAmount = (int64_t{1} << 53) - 1;
constexpr int64_t kMaxBalance = int64_t{1} << 62;

std::string Text(int64_t value) { return std::to_string(value); }

// Holds sums of balances, which may need more than 64 bits.
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

std::string TextOf(const v1::Transaction& transaction, const std::string& column) {
  if (column == "amount") return Text(transaction.amount());
  if (column == "sequence") return Text(transaction.sequence());
  if (column == "from_account") return transaction.from_account();
  if (column == "to_account") return transaction.to_account();
  if (column == "from_previous") return Text(transaction.from_previous());
  if (column == "to_previous") return Text(transaction.to_previous());
  if (column == "from_balance") return Text(transaction.from_balance());
  if (column == "to_balance") return Text(transaction.to_balance());
  if (column == "currency") return transaction.currency();
  if (column == "create_time") return Text(MicrosOf(transaction)) + " microseconds";
  return "";
}

std::string Changed(const v1::Transaction& stored, const ChangedColumn& changed) {
  const std::string is = TextOf(stored, changed.column);
  const std::string was = TextOf(changed.original, changed.column);
  if (was.empty()) return changed.column + " was added: without it, the content gives its hash";
  return changed.column + " is " + is + ", while the hash and the transactions around it say " +
         was;
}

}  // namespace

Audit::Audit(const AuditedSettings* settings, Find find, Problems* problems, Options options)
    : settings_(*settings),
      find_(std::move(find)),
      problems_(problems),
      options_(options),
      hash_(GenesisHash(settings->ledger)) {}

absl::Status Audit::Add(const StoredTransaction& stored) {
  const v1::Transaction& as_stored = stored.transaction;
  digest_.Add(as_stored);
  Resolve(&as_stored);
  for (const StoredTransaction::Fault& fault : stored.faults) {
    Report(as_stored, "content", {fault.column}, fault.message);
  }
  const v1::Transaction transaction = CheckHash(as_stored, CheckSequence(as_stored));
  if (!transaction.reverses().empty()) {
    if (const auto checked = CheckReversal(transaction); !checked.ok()) return checked;
  }
  if (MicrosOf(transaction) < newest_micros_) {
    Report(transaction, "time", {"create_time"},
           "create_time is earlier than that of the transaction before it");
  }
  CheckLimits(transaction);
  CheckCaller(stored);
  CheckSide(transaction, {"from", transaction.from_account(), transaction.from_previous(),
                          transaction.from_balance(), -1});
  CheckSide(transaction, {"to", transaction.to_account(), transaction.to_previous(),
                          transaction.to_balance(), 1});
  ++count_;
  newest_ = as_stored.sequence();
  newest_micros_ = MicrosOf(transaction);
  return absl::OkStatus();
}

bool Audit::CheckSequence(const v1::Transaction& transaction) {
  if (transaction.sequence() == newest_ + 1) return true;
  Report(transaction, "sequence", {"sequence"},
         "comes behind sequence " + Text(newest_) + ": what is between them is missing, or has " +
             "another sequence now");
  return false;
}

v1::Transaction Audit::CheckHash(const v1::Transaction& transaction, bool follows) {
  const Hash computed = ChainHash(hash_, transaction);
  Hash stated;
  if (!HashFromHex(transaction.hash(), &stated)) {
    Report(transaction, "hash", {"hash"},
           "hash is not " + std::to_string(stated.size()) + " bytes");
    hash_ = computed;
    return transaction;
  }
  if (!follows || stated == computed) {
    hash_ = stated;
    return transaction;
  }
  Suspect suspect{transaction, Around(transaction), computed};
  hash_ = stated;
  const auto changed = FindChangedColumn(transaction, suspect.around);
  if (!changed) {
    suspect_ = std::move(suspect);
    return transaction;
  }
  Report(transaction, "hash", {changed->column}, Changed(transaction, *changed));
  return changed->original;
}

void Audit::Resolve(const v1::Transaction* next) {
  if (!suspect_) return;
  Suspect suspect = *std::move(suspect_);
  suspect_.reset();
  const v1::Transaction& transaction = suspect.transaction;
  std::vector<std::string> columns = ColumnsOnlyHashed();
  if (next != nullptr && next->sequence() == transaction.sequence() + 1) {
    Hash behind;
    const bool has_hash = HashFromHex(next->hash(), &behind);
    if (has_hash && ChainHash(suspect.computed, *next) == behind) {
      // The next hash was made from this content, so this hash alone was changed.
      hash_ = suspect.computed;
      return Report(transaction, "hash", {"hash"},
                    "hash is not that of its content, behind which the history goes on");
    }
    suspect.around.times_micros = {MicrosOf(*next)};
    const auto changed = FindChangedColumn(transaction, suspect.around);
    if (changed) {
      return Report(transaction, "hash", {changed->column}, Changed(transaction, *changed));
    }
  } else {
    columns.push_back("hash");
  }
  std::string listed;
  for (const std::string& column : columns) {
    listed += (listed.empty() ? "" : column == columns.back() ? " or " : ", ") + column;
  }
  Report(transaction, "hash", columns,
         "its content does not give its hash, and no other column than " + listed +
             " was changed alone: accounts, amount, balances and currency go with the "
             "transactions around it unless something else is said of them. Or the one before it "
             "was changed, and its hash made anew");
}

AccountBefore Audit::Before(const std::string& account) const {
  AccountBefore before{account, 0, 0, ""};
  if (const auto found = accounts_.find(account); found != accounts_.end()) {
    before.newest = found->second.newest;
    before.balance = found->second.balance;
  }
  const auto* const known = settings_.accounts.Find(account);
  if (known != nullptr) before.currency = known->currency;
  return before;
}

Surroundings Audit::Around(const v1::Transaction& transaction) const {
  return {hash_,
          newest_ + 1,
          Before(transaction.from_account()),
          Before(transaction.to_account()),
          {newest_micros_},
          [this](const std::function<bool(const AccountBefore&)>& take) {
            for (const auto& [number, account] : settings_.accounts.all()) {
              if (!take(Before(account.name))) return;
            }
          }};
}

void Audit::CheckSide(const v1::Transaction& transaction, const Side& side) {
  AccountState& account = accounts_[side.account];
  const std::string prefix = side.name;
  if (side.previous != account.newest) {
    Report(transaction, "chain", {prefix + "_previous"},
           prefix + "_previous is " + Text(side.previous) +
               ", while the transaction before it on '" + side.account + "' is " +
               Text(account.newest));
  }
  const Wide balance = account.balance + side.sign * static_cast<Wide>(transaction.amount());
  if (balance != side.balance) {
    Report(transaction, "balance", {prefix + "_balance", "amount"},
           prefix + "_balance is " + Text(side.balance) + ", while " + Text(account.balance) +
               " before it on '" + side.account + "' and the amount make " + Text(balance));
  }
  CheckCurrency(transaction, side);
  account = {transaction.sequence(), side.balance, transaction.currency()};
}

void Audit::CheckCurrency(const v1::Transaction& transaction, const Side& side) {
  const auto* const known = settings_.accounts.Find(side.account);
  if (known == nullptr || known->currency == transaction.currency()) return;
  Report(transaction, "currency", {"currency"},
         "currency is " + transaction.currency() + ", while '" + side.account + "' is in " +
             known->currency);
}

void Audit::CheckLimits(const v1::Transaction& transaction) {
  if (transaction.amount() <= 0) {
    Report(transaction, "balance", {"amount"},
           "amount is " + Text(transaction.amount()) + ", not above 0");
  }
  const auto* const from = settings_.accounts.Find(transaction.from_account());
  if (from != nullptr) {
    const auto limit = LimitAt(*from, transaction.sequence());
    if (limit && transaction.from_balance() < *limit) {
      Report(transaction, "limit", {"from_balance"},
             "from_balance is " + Text(transaction.from_balance()) + ", while the limit of '" +
                 from->name + "' was " + Text(*limit) + " then");
    }
  }
  if (transaction.sequence() <= settings_.recorded_since) return;
  // A reversal has the amount of its original, which may be older than the limit.
  if (transaction.amount() > kMaxAmount && transaction.reverses().empty()) {
    Report(transaction, "limit", {"amount"},
           "amount is " + Text(transaction.amount()) + ", above the limit of " + Text(kMaxAmount));
  }
  if (transaction.from_balance() < -kMaxBalance || transaction.to_balance() > kMaxBalance) {
    Report(transaction, "limit",
           {transaction.to_balance() > kMaxBalance ? "to_balance" : "from_balance"},
           "a balance is beyond the limit of " + Text(kMaxBalance));
  }
}

void Audit::CheckCaller(const StoredTransaction& stored) {
  const v1::Transaction& transaction = stored.transaction;
  const std::string& caller = stored.caller;
  if (caller == transaction.from_account()) return;
  const auto* const account = settings_.accounts.Find(caller);
  if (caller.empty()) {
    Report(transaction, "caller", {"caller"}, "caller is empty: somebody posts every transaction");
  } else if (options_.foreign_callers) {
    return;  // The provider decides who may act for which account.
  } else if (account == nullptr) {
    Report(transaction, "caller", {"caller"},
           "caller is '" + caller +
               "', which is no account; where an OpenID provider signs "
               "people in, give --foreign-callers");
  } else if (!account->was_admin && transaction.sequence() > account->known_since) {
    Report(transaction, "caller", {"caller"},
           "caller is '" + caller + "', which never was an admin, for a transaction of '" +
               transaction.from_account() + "'");
  }
}

absl::Status Audit::CheckReversal(const v1::Transaction& transaction) {
  const auto original = find_(transaction.reverses());
  const auto report = [&](std::vector<std::string> columns, std::string message) {
    Report(transaction, "reversal", std::move(columns), std::move(message));
  };
  if (absl::IsNotFound(original.status())) {
    report({"reverses"}, "reverses " + transaction.reverses() + ", which is not there");
    return absl::OkStatus();
  }
  if (!original.ok()) return original.status();
  const std::string which = "reverses sequence " + Text(original->sequence());
  if (original->sequence() >= transaction.sequence()) {
    report({"reverses"}, which + ", which is not before it");
  }
  if (original->from_account() != transaction.to_account() ||
      original->to_account() != transaction.from_account()) {
    report({"reverses", "from_account", "to_account"},
           which + ", whose sides are not the opposite of its own");
  }
  if (original->amount() != transaction.amount() ||
      original->currency() != transaction.currency()) {
    report({"reverses", "amount", "currency"},
           which + ", which moved " + Text(original->amount()) + " " + original->currency());
  }
  if (!reversed_.insert(original->sequence()).second) {
    report({"reverses"}, which + ", which was reversed before");
  }
  return absl::OkStatus();
}

void Audit::Report(const v1::Transaction& transaction, const char* check,
                   std::vector<std::string> columns, std::string message) {
  problems_->Add({kTransactionsTable, Text(transaction.sequence()), std::move(columns),
                  transaction.sequence(), transaction.id(), check, std::move(message)});
}

void Audit::Finish() {
  Resolve(nullptr);
  std::map<std::string, Wide> sums;
  for (const auto& [name, account] : accounts_) sums[account.currency] += account.balance;
  for (const auto& [currency, sum] : sums) {
    if (sum != 0) {
      problems_->Add("sum", "the balances in " + currency + " add up to " + Text(sum));
    }
  }
}

}  // namespace ledgercast::cli
