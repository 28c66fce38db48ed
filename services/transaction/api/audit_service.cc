#include "services/transaction/api/audit_service.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "services/transaction/api/page_token.h"
#include "services/transaction/api/validate.h"

namespace ledgercast {
namespace {

constexpr int kMaxKeyColumns = 8;
constexpr int kMaxNameBytes = 63;

absl::Status CheckAdmin(const absl::StatusOr<Identity>& caller) {
  if (!caller.ok()) return caller.status();
  return caller->is_admin() ? absl::OkStatus() : NotAllowed("only an admin reads what is stored");
}

absl::Status CheckRequest(const v1::ListStoredRowsRequest& request) {
  if (request.table().empty() || request.table().size() > kMaxNameBytes) {
    return InvalidField("table", "must be the name of a table");
  }
  if (request.start_key_size() > kMaxKeyColumns) {
    return InvalidField("start_key", "has more values than a primary key has columns");
  }
  if (request.start_key_size() > 0 && !request.page_token().empty()) {
    return InvalidField("start_key", "goes with the first page only");
  }
  return absl::OkStatus();
}

// Returns the query that a page token is bound to: one table in one direction.
std::string QueryOf(const v1::ListStoredRowsRequest& request) {
  return "stored rows " + request.table() + (request.descending() ? " descending" : "");
}

// Returns the values of the key as a JSON array of strings.
std::string PlaceOf(const std::vector<std::string>& key) {
  return nlohmann::json(key).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

absl::Status ReadPlace(const v1::ListStoredRowsRequest& request, std::vector<std::string>* key) {
  key->assign(request.start_key().begin(), request.start_key().end());
  if (request.page_token().empty()) return absl::OkStatus();
  const auto place = ReadPageToken(request.page_token(), QueryOf(request));
  if (!place.ok()) return place.status();
  const auto json = nlohmann::json::parse(*place, nullptr, /*allow_exceptions=*/false);
  const absl::Status forged = InvalidField("page_token", "is not one that was made for this table");
  if (!json.is_array() || json.empty() || json.size() > kMaxKeyColumns) return forged;
  for (const auto& value : json) {
    if (!value.is_string()) return forged;
    key->push_back(value.get<std::string>());
  }
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* AuditServiceImpl::ListStoredTables(
    grpc::CallbackServerContext* context, const v1::ListStoredTablesRequest* /*request*/,
    v1::ListStoredTablesResponse* response) {
  const absl::Status allowed = CheckAdmin(Authenticate(*context, *deps_.verifier));
  if (!allowed.ok()) return FinishWith(context, allowed);
  return FinishOnPool(context, deps_.pool, [=, this] {
    auto tables = deps_.store->ListStoredTables();
    if (tables.ok()) *response = *std::move(tables);
    return tables.status();
  });
}

grpc::ServerUnaryReactor* AuditServiceImpl::ListStoredRows(grpc::CallbackServerContext* context,
                                                           const v1::ListStoredRowsRequest* request,
                                                           v1::ListStoredRowsResponse* response) {
  const absl::Status allowed = CheckAdmin(Authenticate(*context, *deps_.verifier));
  if (!allowed.ok()) return FinishWith(context, allowed);
  return FinishOnPool(context, deps_.pool, [=, this] { return ListRows(*request, response); });
}

absl::Status AuditServiceImpl::ListRows(const v1::ListStoredRowsRequest& request,
                                        v1::ListStoredRowsResponse* response) {
  StoredQuery query;
  query.table = request.table();
  query.descending = request.descending();
  absl::Status valid = CheckRequest(request);
  if (valid.ok()) valid = ReadPlace(request, &query.key);
  query.after_key = !request.page_token().empty();
  if (valid.ok() && request.page_size() != 0) {
    valid = ResolvePageSize(request.page_size(), &query.max_rows);
  }
  if (!valid.ok()) return valid;
  auto page = deps_.store->ReadStoredRows(query);
  if (!page.ok()) return page.status();
  *response = std::move(page->response);
  if (!page->next_key.empty()) {
    response->set_next_page_token(MakePageToken(QueryOf(request), PlaceOf(page->next_key)));
  }
  return absl::OkStatus();
}

}  // namespace ledgercast
