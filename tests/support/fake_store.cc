#include "tests/support/fake_store.h"

#include <algorithm>
#include <utility>

#include "services/common/base/errors.h"
#include "services/common/base/proto_time.h"

namespace ledgercast::testing {
namespace {

absl::Status StoreAway() {
  return MakeError(absl::StatusCode::kUnavailable, reason::kDatabaseUnavailable,
                   "the fake database is away");
}

bool TakesPart(const v1::Transaction& transaction, const std::string& account) {
  return transaction.from_account() == account || transaction.to_account() == account;
}

bool IsAsked(const TransactionQuery& query, const v1::Transaction& transaction) {
  return transaction.sequence() > query.after_sequence &&
         (query.from_account.empty() || query.from_account == transaction.from_account()) &&
         (query.to_account.empty() || query.to_account == transaction.to_account()) &&
         (query.account.empty() || TakesPart(transaction, query.account)) &&
         query.visible.Matches(transaction);
}

}  // namespace

class FakeStore : public Store {
 public:
  explicit FakeStore(FakeLedger* ledger) : ledger_(*ledger) {}

  absl::StatusOr<Head> GetHead() override {
    absl::MutexLock lock(&ledger_.mu_);
    if (ledger_.away_) return StoreAway();
    return ledger_.ReadHead();
  }

  absl::StatusOr<Position> PositionAt(int64_t sequence) override {
    absl::MutexLock lock(&ledger_.mu_);
    if (ledger_.away_) return StoreAway();
    return ledger_.PositionAt(sequence);
  }

  absl::StatusOr<Position> PositionAtTime(absl::Time time) override {
    absl::MutexLock lock(&ledger_.mu_);
    if (ledger_.away_) return StoreAway();
    int64_t sequence = 0;
    for (const LedgerEntry& entry : ledger_.entries_) {
      if (FromProto(entry.transaction.create_time()) <= time) ++sequence;
    }
    return ledger_.PositionAt(sequence);
  }

  absl::StatusOr<StorePage> ReadAfter(const Position& after, const AccountFilter& filter,
                                      int64_t max_transactions) override {
    absl::MutexLock lock(&ledger_.mu_);
    if (ledger_.away_) return StoreAway();
    if (const absl::Status status = ledger_.CheckPosition(after); !status.ok()) return status;
    StorePage page;
    page.until = ledger_.head_.position();
    for (const LedgerEntry& entry : ledger_.entries_) {
      const v1::Transaction& transaction = entry.transaction;
      if (transaction.sequence() <= after.sequence || !filter.Matches(transaction)) continue;
      page.transactions.push_back(transaction);
      if (static_cast<int64_t>(page.transactions.size()) == max_transactions) {
        page.until = {transaction.sequence(), CheckOfHex(transaction.hash())};
        break;
      }
    }
    page.at_head = page.until.sequence == ledger_.head_.sequence;
    return page;
  }

  absl::StatusOr<ListedTransactions> ListTransactions(const TransactionQuery& query) override;

  absl::StatusOr<v1::Transaction> GetTransactionById(const std::string& id) override {
    return Find(id, [&](const v1::Transaction& transaction) { return transaction.id() == id; });
  }

  absl::StatusOr<v1::Transaction> GetTransactionBySequence(int64_t sequence) override {
    return Find(std::to_string(sequence), [&](const v1::Transaction& transaction) {
      return transaction.sequence() == sequence;
    });
  }

  absl::StatusOr<v1::Account> GetAccount(const std::string& name,
                                         const std::optional<Position>& at) override {
    absl::MutexLock lock(&ledger_.mu_);
    if (ledger_.away_) return StoreAway();
    if (at) {
      if (const absl::Status status = ledger_.CheckPosition(*at); !status.ok()) return status;
    }
    const auto it = ledger_.accounts_.find(name);
    if (it == ledger_.accounts_.end()) return AccountNotFound(name);
    return ledger_.WithBalance(it->second, at ? at->sequence : ledger_.head_.sequence);
  }

  absl::StatusOr<std::vector<v1::Account>> ListAccounts(const std::string& after_name,
                                                        int64_t max_accounts) override {
    absl::MutexLock lock(&ledger_.mu_);
    if (ledger_.away_) return StoreAway();
    std::vector<v1::Account> accounts;
    for (auto it = ledger_.accounts_.upper_bound(after_name);
         it != ledger_.accounts_.end() && static_cast<int64_t>(accounts.size()) < max_accounts;
         ++it) {
      accounts.push_back(ledger_.WithBalance(it->second, ledger_.head_.sequence));
    }
    return accounts;
  }

  absl::StatusOr<v1::Account> CreateAccount(const v1::Account& account,
                                            const std::string& password_hash) override {
    absl::MutexLock lock(&ledger_.mu_);
    if (ledger_.away_) return StoreAway();
    if (ledger_.accounts_.contains(account.name())) {
      return MakeError(absl::StatusCode::kAlreadyExists, reason::kAccountExists, "taken",
                       {{"account", account.name()}});
    }
    const auto [currency, is_new] =
        ledger_.currencies_.try_emplace(account.currency(), account.minor_unit_digits());
    if (account.has_minor_unit_digits() && account.minor_unit_digits() != currency->second) {
      return InvalidField("account.minor_unit_digits", "is another one");
    }
    FakeLedger::AccountRow row{static_cast<int64_t>(ledger_.accounts_.size()) + 1, account,
                               password_hash};
    row.account.clear_balance();
    row.account.set_no_minimum(!account.has_minimum_balance());
    row.account.set_minor_unit_digits(currency->second);
    *row.account.mutable_create_time() = ToProto(absl::Now());
    const auto it = ledger_.accounts_.emplace(account.name(), std::move(row)).first;
    return ledger_.WithBalance(it->second, ledger_.head_.sequence);
  }

  absl::StatusOr<v1::Account> UpdateAccount(const std::string& name,
                                            const AccountChanges& changes) override {
    absl::MutexLock lock(&ledger_.mu_);
    if (ledger_.away_) return StoreAway();
    const auto it = ledger_.accounts_.find(name);
    if (it == ledger_.accounts_.end()) return AccountNotFound(name);
    v1::Account& account = it->second.account;
    if (changes.display_name) account.set_display_name(*changes.display_name);
    if (changes.department && *changes.department != account.department()) {
      account.set_department(*changes.department);
      ++it->second.token_generation;
      it->second.tokens_revoked_time = absl::Now();
    }
    if (changes.minimum_balance) {
      ++ledger_.head_.settings_version;
      account.clear_minimum_balance();
      account.set_no_minimum(!changes.minimum_balance->has_value());
      if (*changes.minimum_balance) account.set_minimum_balance(**changes.minimum_balance);
    }
    return ledger_.WithBalance(it->second, ledger_.head_.sequence);
  }

  absl::StatusOr<Credentials> GetCredentials(const std::string& name) override {
    absl::MutexLock lock(&ledger_.mu_);
    if (ledger_.away_) return StoreAway();
    const auto it = ledger_.accounts_.find(name);
    if (it == ledger_.accounts_.end()) return AccountNotFound(name);
    return Credentials{it->second.account, it->second.password_hash, it->second.token_generation};
  }

  absl::StatusOr<int64_t> RevokeTokens(const std::string& name) override {
    return RaiseGeneration(name, std::nullopt, std::nullopt);
  }

  absl::StatusOr<int64_t> SetPassword(const std::string& name, const std::string& password_hash,
                                      std::optional<int64_t> after) override {
    return RaiseGeneration(name, password_hash, after);
  }

  absl::StatusOr<std::vector<Revocation>> ListRevocations(absl::Duration max_age,
                                                          int64_t max_revocations) override;

  // A ledger in memory has no tables.
  absl::StatusOr<v1::ListStoredTablesResponse> ListStoredTables() override {
    return v1::ListStoredTablesResponse();
  }
  absl::StatusOr<StoredPage> ReadStoredRows(const StoredQuery& query) override {
    return InvalidField("table", "names none: there is no table '" + query.table + "'");
  }

  absl::Status BeginFamily(const std::string& family, const std::string& account,
                           absl::Duration lifetime, int64_t max_families) override {
    if (const auto owner = GetCredentials(account); !owner.ok()) return owner.status();
    return ledger_.families_.BeginFamily(family, account, lifetime, max_families);
  }

  absl::StatusOr<RefreshResult> UseRefreshToken(const RefreshUse& use) override {
    const auto owner = GetCredentials(use.account);
    if (absl::IsNotFound(owner.status())) return RefreshResult();
    if (!owner.ok()) return owner.status();
    return ledger_.families_.UseRefreshToken(use);
  }

  absl::StatusOr<std::vector<EndedFamily>> ListEndedFamilies(absl::Duration max_age,
                                                             int64_t max_families) override {
    absl::MutexLock lock(&ledger_.mu_);
    if (ledger_.away_) return StoreAway();
    return ledger_.families_.ListEndedFamilies(max_age, max_families);
  }

 private:
  static absl::Status AccountNotFound(const std::string& name) {
    return MakeError(absl::StatusCode::kNotFound, reason::kAccountNotFound, "no such account",
                     {{"account", name}});
  }

  absl::StatusOr<int64_t> RaiseGeneration(const std::string& name,
                                          const std::optional<std::string>& password_hash,
                                          std::optional<int64_t> after);

  template <typename Matches>
  absl::StatusOr<v1::Transaction> Find(const std::string& key, const Matches& matches) {
    absl::MutexLock lock(&ledger_.mu_);
    if (ledger_.away_) return StoreAway();
    for (const LedgerEntry& entry : ledger_.entries_) {
      if (matches(entry.transaction)) return entry.transaction;
    }
    return MakeError(absl::StatusCode::kNotFound, reason::kTransactionNotFound,
                     "no such transaction", {{"transaction", key}});
  }

  FakeLedger& ledger_;
};

absl::StatusOr<ListedTransactions> FakeStore::ListTransactions(const TransactionQuery& query) {
  absl::MutexLock lock(&ledger_.mu_);
  if (ledger_.away_) return StoreAway();
  using Key = std::pair<int64_t, int64_t>;
  const auto key_of = [&](int64_t amount, int64_t sequence) {
    return Key(query.order == OrderKey::kAmount ? amount : 0, sequence);
  };
  std::map<Key, v1::Transaction> sorted;
  for (const LedgerEntry& entry : ledger_.entries_) {
    const v1::Transaction& transaction = entry.transaction;
    const Key key = key_of(transaction.amount(), transaction.sequence());
    if (!IsAsked(query, transaction)) continue;
    if (query.resume_after) {
      const Key resume = key_of(query.resume_after->first, query.resume_after->second);
      if (query.descending ? key >= resume : key <= resume) continue;
    }
    sorted.emplace(key, transaction);
  }
  std::vector<v1::Transaction> found;
  for (auto& [key, transaction] : sorted) found.push_back(std::move(transaction));
  if (query.descending) std::reverse(found.begin(), found.end());
  if (static_cast<int64_t>(found.size()) > query.max_transactions) {
    found.resize(static_cast<size_t>(query.max_transactions));
  }
  return ListedTransactions{std::move(found), std::nullopt};
}

absl::StatusOr<int64_t> FakeStore::RaiseGeneration(const std::string& name,
                                                   const std::optional<std::string>& password_hash,
                                                   std::optional<int64_t> after) {
  absl::MutexLock lock(&ledger_.mu_);
  if (ledger_.away_) return StoreAway();
  const auto it = ledger_.accounts_.find(name);
  if (it == ledger_.accounts_.end()) return AccountNotFound(name);
  if (after && *after != it->second.token_generation) {
    return absl::FailedPreconditionError("revoked meanwhile");
  }
  if (password_hash) it->second.password_hash = *password_hash;
  it->second.tokens_revoked_time = absl::Now();
  return ++it->second.token_generation;
}

absl::StatusOr<std::vector<Revocation>> FakeStore::ListRevocations(absl::Duration max_age,
                                                                   int64_t max_revocations) {
  absl::MutexLock lock(&ledger_.mu_);
  if (ledger_.away_) return StoreAway();
  std::vector<Revocation> found;
  for (const auto& [name, row] : ledger_.accounts_) {
    if (absl::Now() - row.tokens_revoked_time >= max_age) continue;
    found.push_back({name, row.token_generation, row.tokens_revoked_time});
  }
  std::sort(found.begin(), found.end(),
            [](const Revocation& a, const Revocation& b) { return a.time > b.time; });
  if (static_cast<int64_t>(found.size()) > max_revocations) {
    found.resize(static_cast<size_t>(max_revocations));
  }
  return found;
}

std::unique_ptr<Store> FakeLedger::MakeStore() { return std::make_unique<FakeStore>(this); }

}  // namespace ledgercast::testing
