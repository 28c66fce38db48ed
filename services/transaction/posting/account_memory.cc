#include "services/transaction/posting/account_memory.h"

#include <utility>

#include "absl/container/flat_hash_set.h"

namespace ledgercast {
namespace {

void Fold(const std::string& name, int64_t balance, int64_t sequence, AccountStates* accounts) {
  const auto it = accounts->find(name);
  if (it == accounts->end()) return;
  it->second.balance = balance;
  it->second.newest = sequence;
}

}  // namespace

std::vector<std::string> AccountMemory::Missing(const std::vector<std::string>& names) const {
  std::vector<std::string> missing;
  for (const std::string& name : names) {
    if (!accounts_.contains(name)) missing.push_back(name);
  }
  return missing;
}

absl::Status AccountMemory::Refresh(Fenced fenced, const std::vector<std::string>& names,
                                    const std::vector<std::string>& asked,
                                    PostingSession* session) {
  const Head& head = fenced.head;
  if (accounts_.size() + names.size() > options_.max_accounts) Forget();
  if (head.settings_version != at_.settings_version) {
    Forget();
    at_ = head;
  }
  if (head.hash != at_.hash) {
    const absl::Status status = CatchUp(head, session);
    if (!status.ok()) return status;
  }
  Learn(std::move(fenced.accounts));
  std::vector<std::string> missing = Missing(names);
  if (missing.empty()) return absl::OkStatus();
  // An account that the fence asked for and that is still missing does not exist.
  const absl::flat_hash_set<std::string> told(asked.begin(), asked.end());
  std::erase_if(missing, [&told](const std::string& name) { return told.contains(name); });
  if (missing.empty()) return absl::OkStatus();
  auto loaded = session->LoadAccounts(missing);
  if (!loaded.ok()) return loaded.status();
  Learn(std::move(*loaded));
  return absl::OkStatus();
}

void AccountMemory::Learn(std::vector<NamedAccountState> accounts) {
  for (NamedAccountState& account : accounts) {
    accounts_.insert_or_assign(std::move(account.name), std::move(account.state));
  }
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
  // The hash chain shows whether these rows follow the position of the memory. If they do not, the
  // history was rewound.
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
