#include "services/transaction/posting/account_memory.h"

#include <utility>

namespace ledgercast {
namespace {

void Fold(const std::string& name, int64_t balance, int64_t sequence, AccountStates* accounts) {
  const auto it = accounts->find(name);
  if (it == accounts->end()) return;
  it->second.balance = balance;
  it->second.newest = sequence;
}

}  // namespace

absl::Status AccountMemory::Refresh(const Head& head, const std::vector<std::string>& names,
                                    PostingSession* session) {
  if (accounts_.size() + names.size() > options_.max_accounts) Forget();
  if (head.settings_version != at_.settings_version) {
    Forget();
    at_ = head;
  }
  if (head.hash != at_.hash) {
    const absl::Status status = CatchUp(head, session);
    if (!status.ok()) return status;
  }
  std::vector<std::string> missing;
  for (const std::string& name : names) {
    if (!accounts_.contains(name)) missing.push_back(name);
  }
  if (missing.empty()) return absl::OkStatus();
  auto loaded = session->LoadAccounts(missing);
  if (!loaded.ok()) return loaded.status();
  for (NamedAccountState& account : *loaded) {
    accounts_.insert_or_assign(std::move(account.name), std::move(account.state));
  }
  return absl::OkStatus();
}

absl::Status AccountMemory::CatchUp(const Head& head, PostingSession* session) {
  const int64_t behind = head.sequence - at_.sequence;
  if (accounts_.empty() || behind <= 0 || behind > options_.max_catch_up_transactions) {
    Forget();
    at_ = head;
    return absl::OkStatus();
  }
  const auto rows = session->ReadAfter(at_.sequence, behind);
  if (!rows.ok()) return rows.status();
  // The chain tells whether these rows follow on what the memory knows: if not, the
  // history was rewound since.
  Hash hash = at_.hash;
  for (const v1::Transaction& row : *rows) {
    hash = ChainHash(hash, row);
    Fold(row.from_account(), row.from_balance(), row.sequence(), &accounts_);
    Fold(row.to_account(), row.to_balance(), row.sequence(), &accounts_);
  }
  if (hash != head.hash) Forget();
  at_ = head;
  return absl::OkStatus();
}

void AccountMemory::Forget() { accounts_.clear(); }

}  // namespace ledgercast
