#include "edge/delivery/balance_cache.h"

#include "services/common/ledger/cursor.h"

namespace ledgercast {
namespace {

// Returns the position up to which a balance holds that is known at one of these positions and
// wanted at the other. That is the ring's head, if the ring shows no transaction of `account` since
// the earlier position. Returns nullopt if there is one, or if the ring cannot tell.
std::optional<Position> HoldsUntil(const TransactionLog& log, const std::string& account,
                                   const Position& one, const Position& other) {
  const bool in_order = one.sequence < other.sequence;
  // The later position is looked at first. When the earlier one is looked at, the log then holds
  // both.
  const auto head = log.QuietSince(account, in_order ? other : one);
  if (!head.has_value() || !log.QuietSince(account, in_order ? one : other)) return std::nullopt;
  return head;
}

}  // namespace

void BalanceCache::Balance(std::string account, Cursor at, const std::shared_ptr<CallOff>& call_off,
                           BalanceDone done) {
  std::optional<int64_t> balance;
  {
    absl::MutexLock lock(&mu_);
    balance = Find(account, at);
  }
  if (balance.has_value()) return done(balance);
  const Calls::Call call = calls_.Join(account, {at, call_off, std::move(done)});
  if (call == nullptr) return;
  history_->Balance(account, at, call,
                    [this, account, at, call](absl::StatusOr<std::optional<int64_t>> answer) {
                      OnAnswer(account, at, call, answer);
                    });
}

const BalanceCache::Known* BalanceCache::KnownOf(const std::string& account) const {
  for (const Accounts* accounts : {&newer_, &older_}) {
    const auto found = accounts->find(account);
    if (found != accounts->end()) return &found->second;
  }
  return nullptr;
}

bool BalanceCache::KnowsLater(const std::string& account, const Cursor& at) const {
  const Known* const known = KnownOf(account);
  if (known == nullptr || known->at.position.sequence <= at.position.sequence) return false;
  const std::shared_ptr<Feed> feed = feeds_->current();
  return feed != nullptr && feed->ledger == known->at.ledger &&
         feed->log.QuietSince(account, known->at.position).has_value();
}

std::optional<int64_t> BalanceCache::Find(const std::string& account, const Cursor& at) {
  const Known* const found = KnownOf(account);
  if (found == nullptr || found->at.ledger != at.ledger) return std::nullopt;
  Known known = *found;
  if (known.at.position == at.position) return known.balance;
  const std::shared_ptr<Feed> feed = feeds_->current();
  if (feed == nullptr || feed->ledger != at.ledger) return std::nullopt;
  const auto until = HoldsUntil(feed->log, account, known.at.position, at.position);
  if (!until.has_value()) return std::nullopt;
  // A balance at the newer position can be proven for longer, because the ring forgets its oldest
  // transactions first.
  known.at.position = *until;
  Remember(account, known);
  return known.balance;
}

void BalanceCache::Remember(const std::string& account, const Known& known) {
  if (newer_.size() >= options_.max_accounts / 2 && !newer_.contains(account)) {
    older_ = std::exchange(newer_, {});
  }
  newer_.insert_or_assign(account, known);
}

void BalanceCache::OnAnswer(const std::string& account, const Cursor& at, const Calls::Call& call,
                            const absl::StatusOr<std::optional<int64_t>>& balance) {
  // A missing account is not remembered. It may be created later, and no transaction tells of that.
  if (balance.ok() && balance->has_value()) {
    absl::MutexLock lock(&mu_);
    if (!KnowsLater(account, at)) Remember(account, {at, **balance});
  }
  const bool is_of_cursor = balance.ok() || absl::IsOutOfRange(balance.status());
  for (Calls::Asker& asker : calls_.End(account, call)) {
    if (asker.detail == at || !is_of_cursor) {
      asker.done(balance);
    } else {
      // The balance at this cursor may differ from the one that was asked for.
      Balance(account, std::move(asker.detail), asker.call_off, std::move(asker.done));
    }
  }
}

}  // namespace ledgercast
