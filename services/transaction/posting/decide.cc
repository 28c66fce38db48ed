#include "services/transaction/posting/decide.h"

#include <algorithm>
#include <utility>

#include "services/common/base/check.h"
#include "services/common/base/errors.h"
#include "services/common/base/proto_time.h"
#include "services/transaction/posting/limits.h"

namespace ledgercast {
namespace {

bool SameContent(const Posting& posting, const v1::Transaction& transaction) {
  const v1::CreateTransactionRequest& request = posting.request;
  const auto& asked = request.metadata();
  const auto& posted = transaction.metadata();
  const bool same_metadata = asked.size() == posted.size() &&
                             std::all_of(asked.begin(), asked.end(), [&](const auto& entry) {
                               const auto it = posted.find(entry.first);
                               return it != posted.end() && it->second == entry.second;
                             });
  return request.from_account() == transaction.from_account() &&
         request.to_account() == transaction.to_account() &&
         request.amount() == transaction.amount() &&
         request.description() == transaction.description() &&
         posting.reverses == transaction.reverses() && same_metadata;
}

absl::StatusOr<Posted> Replay(const Posting& posting, const LedgerEntry& entry) {
  if (entry.caller != posting.caller || !SameContent(posting, entry.transaction)) {
    return MakeError(absl::StatusCode::kAlreadyExists, reason::kTransactionExists,
                     "id " + posting.request.id() +
                         " was used for another transaction; make a new id for a new one",
                     {{"id", posting.request.id()}});
  }
  return Posted{entry.transaction, entry.transaction.hash() != posting.doubtful_hash};
}

// Makes BALANCE_OVERFLOW. `change` is " more" or " less".
absl::Status BalanceOverflow(const std::string& account, const AccountState& state, int64_t amount,
                             const char* change) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason::kBalanceOverflow,
                   "account '" + account + "' holds " + std::to_string(state.balance) + " " +
                       state.currency + "; " + std::to_string(amount) + change +
                       " would pass the limit of every balance, " + std::to_string(kMaxBalance),
                   {{"account", account},
                    {"balance", std::to_string(state.balance)},
                    {"amount", std::to_string(amount)}});
}

absl::Status CheckSender(const v1::CreateTransactionRequest& request, const AccountState& from) {
  int64_t balance = 0;
  const bool fits = !__builtin_sub_overflow(from.balance, request.amount(), &balance);
  if (from.minimum_balance && (!fits || balance < *from.minimum_balance)) {
    return MakeError(absl::StatusCode::kFailedPrecondition, reason::kInsufficientFunds,
                     "account '" + request.from_account() + "' holds " +
                         std::to_string(from.balance) + " " + from.currency +
                         ", not enough to send " + std::to_string(request.amount()),
                     {{"account", request.from_account()},
                      {"balance", std::to_string(from.balance)},
                      {"minimumBalance", std::to_string(*from.minimum_balance)},
                      {"amount", std::to_string(request.amount())}});
  }
  if (fits && balance >= -kMaxBalance) return absl::OkStatus();
  return BalanceOverflow(request.from_account(), from, request.amount(), " less");
}

// Checks the receiver by rule 6 of decide.h. `before` is its balance before the unit.
absl::Status CheckReceiver(const Posting& posting, const AccountState& to, int64_t before) {
  const int64_t amount = posting.request.amount();
  int64_t balance = 0;
  const bool fits = !__builtin_add_overflow(to.balance, amount, &balance) && balance <= kMaxBalance;
  if (posting.sees_receiver) {
    if (fits) return absl::OkStatus();
    return BalanceOverflow(posting.request.to_account(), to, amount, " more");
  }
  if (fits && before <= kMaxBalance - kMaxAmount) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, reason::kBalanceOverflow,
                   "'" + posting.request.from_account() +
                       "' cannot send to this account now, whatever the amount");
}

absl::Status CheckCurrencies(const Posting& posting, const AccountState& from,
                             const AccountState& to) {
  if (from.currency == to.currency) return absl::OkStatus();
  const v1::CreateTransactionRequest& request = posting.request;
  const std::string sender = "'" + request.from_account() + "' holds " + from.currency;
  if (!posting.sees_receiver) {
    return MakeError(absl::StatusCode::kFailedPrecondition, reason::kCurrencyMismatch,
                     sender + ", '" + request.to_account() + "' another currency",
                     {{"fromCurrency", from.currency}});
  }
  return MakeError(absl::StatusCode::kFailedPrecondition, reason::kCurrencyMismatch,
                   sender + ", '" + request.to_account() + "' " + to.currency,
                   {{"fromCurrency", from.currency}, {"toCurrency", to.currency}});
}

// Decides one batch; see decide.h for the rules.
class Decider {
 public:
  Decider(const KnownEntries& known, const Head& head, absl::Time now, AccountStates* accounts)
      : known_(known), accounts_(accounts) {
    decisions_.before = head.position();
    decisions_.head = head;
    time_ = std::max(now, head.create_time);
  }

  void Decide(const PostingUnit& unit) { decisions_.outcomes.push_back(Outcome(unit)); }

  Decisions Take() {
    Check();
    return std::move(decisions_);
  }

 private:
  // The state at the start of a unit, for undoing the unit. It holds only what the unit touched.
  struct Checkpoint {
    Head head;
    size_t entries = 0;
    std::vector<std::pair<AccountState*, AccountState>> touched;
    // Balances before the unit of the receivers that the caller may not see.
    absl::flat_hash_map<const AccountState*, int64_t> balances;
  };

  // Checks that the batch neither makes nor loses money, and that its entries follow the head
  // without a gap. A batch that breaks this must not be committed.
  void Check() const {
    __int128 change = 0;
    for (const auto& [account, balance] : balances_before_) change += account->balance - balance;
    LC_CHECK(change == 0) << "a batch changes the sum of all balances";
    int64_t sequence = decisions_.before.sequence;
    for (const LedgerEntry& entry : decisions_.entries) {
      LC_CHECK(entry.transaction.sequence() == ++sequence)
          << entry.transaction.sequence() << " stands where " << sequence << " belongs";
    }
    LC_CHECK(decisions_.head.sequence == sequence)
        << decisions_.head.sequence << " is not the last entry, " << sequence;
  }

  absl::StatusOr<std::vector<Posted>> Outcome(const PostingUnit& unit) {
    const bool dry = unit.front().request.validate_only();
    Checkpoint checkpoint{decisions_.head, decisions_.entries.size(), {}, {}};
    undo_ = dry || unit.size() > 1 ? &checkpoint : nullptr;
    std::vector<Posted> all;
    all.reserve(unit.size());
    for (const Posting& posting : unit) {
      absl::StatusOr<Posted> one = OutcomeOf(posting);
      if (!one.ok()) {
        const size_t index = all.size();
        if (undo_ != nullptr) RollBack(checkpoint);
        return unit.size() == 1 ? one.status() : AtIndex(one.status(), "requests", index);
      }
      all.push_back(std::move(*one));
    }
    if (dry) {
      RollBack(checkpoint);
      for (Posted& posted : all) {
        if (posted.transaction.sequence() <= checkpoint.head.sequence) continue;
        posted.transaction.clear_sequence();
        posted.transaction.clear_hash();
      }
    }
    return all;
  }

  absl::StatusOr<Posted> OutcomeOf(const Posting& posting) {
    const v1::CreateTransactionRequest& request = posting.request;
    if (const LedgerEntry* entry = Find(request.id())) return Replay(posting, *entry);
    const absl::Status reversible = CheckReversal(posting);
    if (!reversible.ok()) return reversible;
    const auto from = accounts_->find(request.from_account());
    if (from == accounts_->end()) return AccountNotFound(request.from_account());
    const auto to = accounts_->find(request.to_account());
    if (to == accounts_->end()) return AccountNotFound(request.to_account());
    absl::Status status = CheckCurrencies(posting, from->second, to->second);
    if (status.ok()) status = CheckSender(request, from->second);
    if (status.ok()) status = CheckReceiver(posting, to->second, BalanceBefore(to->second));
    if (!status.ok()) return status;
    return Post(posting, &from->second, &to->second);
  }

  // Returns the balance of `to` as it was before the current unit, as far as that is recorded.
  int64_t BalanceBefore(const AccountState& to) const {
    if (undo_ == nullptr) return to.balance;
    const auto it = undo_->balances.find(&to);
    return it == undo_->balances.end() ? to.balance : it->second;
  }

  const LedgerEntry* Find(const std::string& id) const {
    if (const auto it = known_.by_id.find(id); it != known_.by_id.end()) return &it->second;
    const auto it = decided_.find(id);
    return it == decided_.end() ? nullptr : &decisions_.entries[it->second];
  }

  absl::Status CheckReversal(const Posting& posting) const {
    const std::string& id = posting.reverses;
    if (id.empty()) return absl::OkStatus();
    if (Find(id) == nullptr) return TransactionNotFound(id);
    auto reversal = known_.reversed_by.find(id);
    if (reversal == known_.reversed_by.end()) {
      reversal = reversed_.find(id);
      if (reversal == reversed_.end()) return absl::OkStatus();
    }
    return MakeError(absl::StatusCode::kAlreadyExists, reason::kAlreadyReversed,
                     "transaction " + id + " was reversed by " + reversal->second,
                     {{"transaction", id}, {"reversal", reversal->second}});
  }

  Posted Post(const Posting& posting, AccountState* from, AccountState* to) {
    const v1::CreateTransactionRequest& request = posting.request;
    Head& head = decisions_.head;
    v1::Transaction transaction;
    transaction.set_sequence(head.sequence + 1);
    transaction.set_id(request.id());
    transaction.set_from_account(request.from_account());
    transaction.set_to_account(request.to_account());
    transaction.set_amount(request.amount());
    transaction.set_currency(from->currency);
    transaction.set_description(request.description());
    *transaction.mutable_metadata() = request.metadata();
    *transaction.mutable_create_time() = ToProto(time_);
    transaction.set_reverses(posting.reverses);
    transaction.set_from_previous(from->newest);
    transaction.set_to_previous(to->newest);
    transaction.set_from_balance(from->balance - request.amount());
    transaction.set_to_balance(to->balance + request.amount());
    head.hash = ChainHash(head.hash, transaction);
    head.sequence = transaction.sequence();
    head.create_time = time_;
    transaction.set_hash(HashToHex(head.hash));
    balances_before_.try_emplace(from, from->balance);
    balances_before_.try_emplace(to, to->balance);
    if (undo_ != nullptr) {
      undo_->touched.emplace_back(from, *from);
      undo_->touched.emplace_back(to, *to);
      if (!posting.sees_receiver) undo_->balances.try_emplace(to, to->balance);
    }
    from->balance = transaction.from_balance();
    to->balance = transaction.to_balance();
    from->newest = to->newest = transaction.sequence();
    decided_.emplace(transaction.id(), decisions_.entries.size());
    if (!posting.reverses.empty()) reversed_.emplace(posting.reverses, transaction.id());
    decisions_.entries.push_back({transaction, posting.caller, from->id, to->id});
    return {std::move(transaction), false};
  }

  void RollBack(const Checkpoint& checkpoint) {
    std::vector<LedgerEntry>& entries = decisions_.entries;
    for (size_t i = checkpoint.entries; i < entries.size(); ++i) {
      decided_.erase(entries[i].transaction.id());
      reversed_.erase(entries[i].transaction.reverses());
    }
    entries.resize(checkpoint.entries);
    decisions_.head = checkpoint.head;
    for (auto it = checkpoint.touched.rbegin(); it != checkpoint.touched.rend(); ++it) {
      *it->first = it->second;
    }
  }

  const KnownEntries& known_;
  AccountStates* const accounts_;
  absl::Time time_;
  // Balances before the batch of the accounts that it touched. `accounts_` may hold a million
  // others.
  absl::flat_hash_map<const AccountState*, int64_t> balances_before_;
  Decisions decisions_;
  // For each id that this batch posts, its index in `decisions_.entries`.
  absl::flat_hash_map<std::string, size_t> decided_;
  absl::flat_hash_map<std::string, std::string> reversed_;
  // Checkpoint of the current unit; null if the unit never has to be undone.
  Checkpoint* undo_ = nullptr;
};

}  // namespace

Decisions Decide(const std::vector<const PostingUnit*>& units, const KnownEntries& known,
                 const Head& head, absl::Time now, AccountStates* accounts) {
  // The time is cut to whole microseconds, so that what is hashed and shown is also what is stored.
  Decider decider(known, head, absl::FromUnixMicros(absl::ToUnixMicros(now)), accounts);
  for (const PostingUnit* unit : units) decider.Decide(*unit);
  return decider.Take();
}

}  // namespace ledgercast
