#include "services/transaction/api/account_service.h"

#include <optional>
#include <utility>

#include "services/common/auth/password.h"
#include "services/transaction/api/page_token.h"
#include "services/transaction/api/resolve_cursor.h"
#include "services/transaction/api/validate.h"

namespace ledgercast {
namespace {

constexpr char kListQuery[] = "accounts";

// Returns whether `time` is in the years 1 to 9999. RFC 3339 and a Timestamp have only these, and
// PostgreSQL holds them as well.
bool IsInRange(absl::Time time) {
  static const absl::Time first = absl::FromCivil(absl::CivilYear(1), absl::UTCTimeZone());
  static const absl::Time end = absl::FromCivil(absl::CivilYear(10'000), absl::UTCTimeZone());
  return time >= first && time < end;
}

// Gives a new account the limit 0, unless the request sets another limit or none.
v1::Account WithItsLimit(v1::Account account) {
  if (!account.no_minimum() && !account.has_minimum_balance()) account.set_minimum_balance(0);
  return account;
}

}  // namespace

grpc::ServerUnaryReactor* AccountServiceImpl::CreateAccount(grpc::CallbackServerContext* context,
                                                            const v1::CreateAccountRequest* request,
                                                            v1::Account* response) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  const absl::Status valid = ValidateCreateAccount(*request);
  if (!valid.ok()) return FinishWith(context, valid);
  if (!caller->is_admin()) return FinishWith(context, NotAllowed("only admins make accounts"));
  return FinishOnPool(context, deps_.password_pool, [=, this] {
    std::string password_hash;
    if (!request->password().empty()) {
      auto hashed = HashPassword(request->password());
      if (!hashed.ok()) return hashed.status();
      password_hash = std::move(*hashed);
    }
    auto created = deps_.store->CreateAccount(WithItsLimit(request->account()), password_hash);
    if (created.ok()) *response = std::move(*created);
    return created.status();
  });
}

grpc::ServerUnaryReactor* AccountServiceImpl::GetAccount(grpc::CallbackServerContext* context,
                                                         const v1::GetAccountRequest* request,
                                                         v1::Account* response) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  if (!IsAccountName(request->name())) {
    return FinishWith(context, InvalidField("name", "must be the name of an account"));
  }
  if (!MaySeeAccount(caller->viewer(), request->name())) {
    return FinishWith(context, NotAllowed("account '" + request->name() + "' is not yours to see"));
  }
  return FinishOnPool(context, deps_.pool, [=, this] { return Get(*request, response); });
}

absl::Status AccountServiceImpl::Get(const v1::GetAccountRequest& request, v1::Account* response) {
  std::optional<Position> at;
  if (!request.at().empty()) {
    const auto position = ResolveMoment(request.at());
    if (!position.ok()) return position.status();
    at = *position;
  }
  auto account = deps_.store->GetAccount(request.name(), at);
  if (account.ok()) *response = std::move(*account);
  return account.status();
}

absl::StatusOr<Position> AccountServiceImpl::ResolveMoment(const std::string& at) {
  // A time always contains a colon, and a cursor never does.
  if (at.find(':') == std::string::npos) {
    return ResolveCursor(at, "at", deps_.ledger, deps_.store);
  }
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, at, &time, &error) || !IsInRange(time)) {
    return InvalidField("at", "must be a cursor, or a time such as 2026-01-31T12:00:00Z");
  }
  return deps_.store->PositionAtTime(time);
}

grpc::ServerUnaryReactor* AccountServiceImpl::UpdateAccount(grpc::CallbackServerContext* context,
                                                            const v1::UpdateAccountRequest* request,
                                                            v1::Account* response) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  auto changes = ReadAccountChanges(*request);
  if (!changes.ok()) return FinishWith(context, changes.status());
  if (!caller->is_admin()) return FinishWith(context, NotAllowed("only admins change accounts"));
  return FinishOnPool(context, deps_.pool, [=, this, changes = *std::move(changes)] {
    auto updated = deps_.store->UpdateAccount(request->account().name(), changes);
    if (updated.ok()) *response = std::move(*updated);
    return updated.status();
  });
}

grpc::ServerUnaryReactor* AccountServiceImpl::ListAccounts(grpc::CallbackServerContext* context,
                                                           const v1::ListAccountsRequest* request,
                                                           v1::ListAccountsResponse* response) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  return FinishOnPool(context, deps_.pool, [=, this, viewer = caller->viewer()] {
    return List(viewer, *request, response);
  });
}

absl::StatusOr<std::vector<v1::Account>> AccountServiceImpl::ListOwn(const Viewer& viewer,
                                                                     const std::string& after_name,
                                                                     int64_t max_accounts) {
  std::vector<v1::Account> accounts;
  for (const std::string& name : viewer.accounts) {
    if (name <= after_name || std::ssize(accounts) == max_accounts) continue;
    auto account = deps_.store->GetAccount(name, std::nullopt);
    if (account.ok()) {
      accounts.push_back(*std::move(account));
    } else if (!absl::IsNotFound(account.status())) {
      return account.status();
    }
  }
  return accounts;
}

absl::Status AccountServiceImpl::List(const Viewer& viewer, const v1::ListAccountsRequest& request,
                                      v1::ListAccountsResponse* response) {
  int64_t page_size = 0;
  const absl::Status valid = ResolvePageSize(request.page_size(), &page_size);
  if (!valid.ok()) return valid;
  std::string after_name;
  if (!request.page_token().empty()) {
    auto place = ReadPageToken(request.page_token(), kListQuery);
    if (!place.ok()) return place.status();
    if (!IsAccountName(*place)) return DamagedPageToken();
    after_name = std::move(*place);
  }
  auto found = viewer.sees_all ? deps_.store->ListAccounts(after_name, page_size + 1)
                               : ListOwn(viewer, after_name, page_size + 1);
  if (!found.ok()) return found.status();
  if (static_cast<int64_t>(found->size()) > page_size) {
    found->resize(static_cast<size_t>(page_size));
    response->set_next_page_token(MakePageToken(kListQuery, found->back().name()));
  }
  for (v1::Account& account : *found) *response->add_accounts() = std::move(account);
  return absl::OkStatus();
}

}  // namespace ledgercast
