#include "services/transaction/posting/decide.h"

#include <algorithm>
#include <utility>

#include "services/common/errors.h"
#include "services/common/proto_time.h"

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

absl::Status CheckBalances(const v1::CreateTransactionRequest& request, const AccountState& from,
                           const AccountState& to) {
  int64_t from_balance = 0;
  int64_t to_balance = 0;
  const bool from_fits = !__builtin_sub_overflow(from.balance, request.amount(), &from_balance);
  if (from.minimum_balance && (!from_fits || from_balance < *from.minimum_balance)) {
    return MakeError(absl::StatusCode::kFailedPrecondition, reason::kInsufficientFunds,
                     "account '" + request.from_account() + "' holds " +
                         std::to_string(from.balance) + " " + from.currency +
                         ", not enough to send " + std::to_string(request.amount()),
                     {{"account", request.from_account()},
                      {"balance", std::to_string(from.balance)},
                      {"minimumBalance", std::to_string(*from.minimum_balance)},
                      {"amount", std::to_string(request.amount())}});
  }
  if (!from_fits || __builtin_add_overflow(to.balance, request.amount(), &to_balance)) {
    return MakeError(absl::StatusCode::kFailedPrecondition, reason::kBalanceOverflow,
                     "a balance would not fit 64 bits",
                     {{"account", from_fits ? request.to_account() : request.from_account()}});
  }
  return absl::OkStatus();
}

absl::Status CheckCurrencies(const v1::CreateTransactionRequest& request, const AccountState& from,
                             const AccountState& to) {
  if (from.currency == to.currency) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, reason::kCurrencyMismatch,
                   "'" + request.from_account() + "' holds " + from.currency + ", '" +
                       request.to_account() + "' " + to.currency,
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

  Decisions Take() { return std::move(decisions_); }

 private:
  // Where a unit began, to go back to. What is restored is only what it touched.
  struct Checkpoint {
    Head head;
    size_t entries = 0;
    std::vector<std::pair<AccountState*, AccountState>> touched;
  };

  absl::StatusOr<std::vector<Posted>> Outcome(const PostingUnit& unit) {
    const bool dry = unit.front().request.validate_only();
    Checkpoint checkpoint{decisions_.head, decisions_.entries.size(), {}};
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
    absl::Status status = CheckCurrencies(request, from->second, to->second);
    if (status.ok()) status = CheckBalances(request, from->second, to->second);
    if (!status.ok()) return status;
    return Post(posting, &from->second, &to->second);
  }

  const LedgerEntry* Find(const std::string& id) const {
    if (const auto it = known_.by_id.find(id); it != known_.by_id.end()) return &it->second;
    const auto it = decided_.find(id);
    return it == decided_.end() ? nullptr : &decisions_.entries[it->second];
  }

  absl::Status CheckReversal(const Posting& posting) const {
    const std::string& id = posting.reverses;
    if (id.empty()) return absl::OkStatus();
    if (Find(id) == nullptr) {
      return MakeError(absl::StatusCode::kNotFound, reason::kTransactionNotFound,
                       "there is no transaction '" + id + "'", {{"transaction", id}});
    }
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
    if (undo_ != nullptr) {
      undo_->touched.emplace_back(from, *from);
      undo_->touched.emplace_back(to, *to);
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
  Decisions decisions_;
  // Id to index in entries.
  absl::flat_hash_map<std::string, size_t> decided_;
  absl::flat_hash_map<std::string, std::string> reversed_;
  // Of the unit in hand, where it may have to be undone.
  Checkpoint* undo_ = nullptr;
};

}  // namespace

Decisions Decide(const std::vector<const PostingUnit*>& units, const KnownEntries& known,
                 const Head& head, absl::Time now, AccountStates* accounts) {
  // What is hashed and shown is what is stored: whole microseconds.
  Decider decider(known, head, absl::FromUnixMicros(absl::ToUnixMicros(now)), accounts);
  for (const PostingUnit* unit : units) decider.Decide(*unit);
  return decider.Take();
}

}  // namespace ledgercast
