#include "services/cli/audit_accounts.h"

#include <set>

namespace ledgercast::cli {
namespace {

constexpr int kAuditPageAccounts = 1'000;

void ReportFault(Audit* audit, const std::string& message) {
  audit->problems()->Add("account", message);
}

absl::Status Compare(const AccountSource& source, const std::string& until,
                     const v1::Account& account, Audit* audit) {
  const auto found = audit->accounts().find(account.name());
  const bool has_moved = found != audit->accounts().end();
  const int64_t balance = has_moved ? found->second.balance : 0;
  if (has_moved && found->second.currency != account.currency()) {
    ReportFault(audit, "account '" + account.name() + "' is in " + account.currency() +
                           ", its transactions are in " + found->second.currency);
  }
  if (account.balance() == balance) return absl::OkStatus();
  v1::GetAccountRequest request;
  request.set_name(account.name());
  request.set_at(until);
  const auto then = source.get(request);
  if (!then.ok()) return then.status();
  if (then->balance() != balance) {
    ReportFault(audit, "account '" + account.name() + "' has " + std::to_string(then->balance()) +
                           " there, its transactions make " + std::to_string(balance));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CompareAccounts(const AccountSource& source, const std::string& until, Audit* audit) {
  absl::flat_hash_set<std::string> listed;
  v1::ListAccountsRequest request;
  request.set_page_size(kAuditPageAccounts);
  do {
    const auto page = source.list(request);
    if (!page.ok()) return page.status();
    for (const v1::Account& account : page->accounts()) {
      listed.insert(account.name());
      if (const auto compared = Compare(source, until, account, audit); !compared.ok()) {
        return compared;
      }
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  std::set<std::string> unlisted;
  for (const auto& [name, state] : audit->accounts()) {
    if (!listed.contains(name)) unlisted.insert(name);
  }
  for (const std::string& name : unlisted) {
    ReportFault(audit, "account '" + name + "' has transactions and is not there");
  }
  return absl::OkStatus();
}

}  // namespace ledgercast::cli
