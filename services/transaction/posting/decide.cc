#include "services/transaction/posting/decide.h"

#include <algorithm>
#include <utility>

#include "services/common/errors.h"
#include "services/common/proto_time.h"

namespace ledgercast {
namespace {

bool SameContent(const v1::CreateTransactionRequest& request, const v1::Transaction& transaction) {
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
         request.description() == transaction.description() && transaction.reverses().empty() &&
         same_metadata;
}

absl::StatusOr<Posted> Replay(const Posting& posting, const LedgerEntry& entry) {
  if (entry.caller != posting.caller || !SameContent(posting.request, entry.transaction)) {
    return MakeError(absl::StatusCode::kAlreadyExists, reason::kTransactionExists,
                     "id " + posting.request.id() +
                         " was used for another transaction; make a new id for a new one",
                     {{"id", posting.request.id()}});
  }
  return Posted{entry.transaction, true};
}

absl::Status AccountNotFound(const std::string& name) {
  return MakeError(absl::StatusCode::kNotFound, reason::kAccountNotFound,
                   "there is no account '" + name + "'", {{"account", name}});
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

// Decides one batch; see decide.h for the rules.
class Decider {
 public:
  Decider(const KnownEntries& known, const Head& head, absl::Time now, AccountStates* accounts)
      : known_(known), accounts_(accounts) {
    decisions_.head = head;
    time_ = std::max(now, head.create_time);
  }

  void Decide(const Posting& posting) { decisions_.outcomes.push_back(Outcome(posting)); }

  Decisions Take() { return std::move(decisions_); }

 private:
  absl::StatusOr<Posted> Outcome(const Posting& posting) {
    const v1::CreateTransactionRequest& request = posting.request;
    if (const auto it = known_.find(request.id()); it != known_.end()) {
      return Replay(posting, it->second);
    }
    if (const auto it = decided_.find(request.id()); it != decided_.end()) {
      return Replay(posting, decisions_.entries[it->second]);
    }
    const auto from = accounts_->find(request.from_account());
    if (from == accounts_->end()) return AccountNotFound(request.from_account());
    const auto to = accounts_->find(request.to_account());
    if (to == accounts_->end()) return AccountNotFound(request.to_account());
    if (from->second.currency != to->second.currency) {
      return MakeError(
          absl::StatusCode::kFailedPrecondition, reason::kCurrencyMismatch,
          "'" + request.from_account() + "' holds " + from->second.currency + ", '" +
              request.to_account() + "' " + to->second.currency,
          {{"fromCurrency", from->second.currency}, {"toCurrency", to->second.currency}});
    }
    const absl::Status balances = CheckBalances(request, from->second, to->second);
    if (!balances.ok()) return balances;
    return Post(posting, &from->second, &to->second);
  }

  Posted Post(const Posting& posting, AccountState* from, AccountState* to) {
    const v1::CreateTransactionRequest& request = posting.request;
    v1::Transaction transaction;
    transaction.set_id(request.id());
    transaction.set_from_account(request.from_account());
    transaction.set_to_account(request.to_account());
    transaction.set_amount(request.amount());
    transaction.set_currency(from->currency);
    transaction.set_description(request.description());
    *transaction.mutable_metadata() = request.metadata();
    *transaction.mutable_create_time() = ToProto(time_);
    transaction.set_from_previous(from->newest);
    transaction.set_to_previous(to->newest);
    transaction.set_from_balance(from->balance - request.amount());
    transaction.set_to_balance(to->balance + request.amount());
    if (request.validate_only()) return {std::move(transaction), false};

    Head& head = decisions_.head;
    transaction.set_sequence(head.sequence + 1);
    head.hash = ChainHash(head.hash, transaction);
    head.sequence = transaction.sequence();
    head.create_time = time_;
    transaction.set_hash(HashToHex(head.hash));
    from->balance = transaction.from_balance();
    to->balance = transaction.to_balance();
    from->newest = to->newest = transaction.sequence();
    decided_.emplace(transaction.id(), decisions_.entries.size());
    decisions_.entries.push_back({transaction, posting.caller, from->id, to->id});
    return {std::move(transaction), false};
  }

  const KnownEntries& known_;
  AccountStates* const accounts_;
  absl::Time time_;
  Decisions decisions_;
  // Id to index in entries.
  absl::flat_hash_map<std::string, size_t> decided_;
};

}  // namespace

Decisions Decide(const std::vector<const Posting*>& postings, const KnownEntries& known,
                 const Head& head, absl::Time now, AccountStates* accounts) {
  // What is hashed and shown is what is stored: whole microseconds.
  Decider decider(known, head, absl::FromUnixMicros(absl::ToUnixMicros(now)), accounts);
  for (const Posting* posting : postings) decider.Decide(*posting);
  return decider.Take();
}

}  // namespace ledgercast
