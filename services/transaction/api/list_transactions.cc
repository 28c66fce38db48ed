#include "services/transaction/api/list_transactions.h"

#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "services/common/base/errors.h"
#include "services/transaction/api/page_token.h"
#include "services/transaction/api/resolve_cursor.h"
#include "services/transaction/api/validate.h"

namespace ledgercast {
namespace {

// Maximum number of bytes in a page, which ends early if necessary. gRPC clients accept at most 4
// MiB in one message.
constexpr size_t kMaxPageBytes = 1 << 20;

absl::Status ReadOrder(std::string_view order_by, TransactionQuery* query) {
  constexpr std::string_view kDescending = " desc";
  if (order_by.size() > kDescending.size() && order_by.ends_with(kDescending)) {
    query->descending = true;
    order_by.remove_suffix(kDescending.size());
  }
  if (order_by.empty() || order_by == "sequence") {
    query->order = OrderKey::kSequence;
  } else if (order_by == "amount") {
    query->order = OrderKey::kAmount;
  } else if (order_by == "create_time") {
    query->order = OrderKey::kCreateTime;
  } else {
    return InvalidField("order_by",
                        "must be sequence, amount or create_time, each with ' desc' or without");
  }
  return absl::OkStatus();
}

absl::Status ReadAccounts(const Viewer& viewer, const v1::ListTransactionsRequest& request,
                          TransactionQuery* query) {
  for (const auto& [field, name] : {std::pair("account", &request.account()),
                                    std::pair("from_account", &request.from_account()),
                                    std::pair("to_account", &request.to_account())}) {
    if (!name->empty() && !IsAccountName(*name)) {
      return InvalidField(field, "must be the name of an account");
    }
  }
  query->from_account = request.from_account();
  query->to_account = request.to_account();
  query->account = request.account();
  // A member sees only transactions in which it takes part, whatever it asks for.
  auto visible = EffectiveFilter(viewer, {});
  if (visible.ok()) query->visible = *std::move(visible);
  return visible.status();
}

// Returns everything of the request that a page token is bound to.
std::string FingerprintText(const Viewer& viewer, const v1::ListTransactionsRequest& request) {
  v1::ListTransactionsRequest query = request;
  query.clear_page_token();
  query.clear_page_size();
  std::string text = "transactions/" + query.SerializeAsString();
  if (viewer.sees_all) return text;
  for (const std::string& account : viewer.accounts) text += '/' + account;
  return text;
}

std::string PlaceOf(int64_t amount, int64_t sequence) {
  return std::to_string(amount) + "." + std::to_string(sequence);
}

absl::Status ReadPlace(std::string_view place, TransactionQuery* query) {
  std::pair<int64_t, int64_t> after;
  const char* end = place.data() + place.size();
  const auto amount = std::from_chars(place.data(), end, after.first);
  if (amount.ec == std::errc() && amount.ptr != end && *amount.ptr == '.') {
    const auto sequence = std::from_chars(amount.ptr + 1, end, after.second);
    if (sequence.ec == std::errc() && sequence.ptr == end && after.first > 0 && after.second > 0) {
      query->resume_after = after;
      return absl::OkStatus();
    }
  }
  return DamagedPageToken();
}

// Returns how many of `found` make up a page: at most `page_size` and kMaxPageBytes, but at least
// one.
size_t CountThatFit(const std::vector<v1::Transaction>& found, int64_t page_size) {
  size_t bytes = 0;
  size_t count = 0;
  while (count < found.size() && count < static_cast<size_t>(page_size)) {
    bytes += found[count].ByteSizeLong();
    if (count > 0 && bytes > kMaxPageBytes) break;
    ++count;
  }
  return count;
}

}  // namespace

absl::Status ListTransactions(const Viewer& viewer, std::string_view ledger,
                              const v1::ListTransactionsRequest& request, Store* store,
                              v1::ListTransactionsResponse* response) {
  TransactionQuery query;
  int64_t page_size = 0;
  absl::Status status = ResolvePageSize(request.page_size(), &page_size);
  if (status.ok()) status = ReadOrder(request.order_by(), &query);
  if (status.ok()) status = ReadAccounts(viewer, request, &query);
  const std::string fingerprint = FingerprintText(viewer, request);
  if (status.ok() && !request.page_token().empty()) {
    const auto place = ReadPageToken(request.page_token(), fingerprint);
    status = place.ok() ? ReadPlace(*place, &query) : place.status();
  }
  if (!status.ok()) return status;
  if (!request.after().empty()) {
    const auto after = ResolveCursor(request.after(), "after", ledger, store);
    if (!after.ok()) return after.status();
    query.after_sequence = after->sequence;
  }

  // Asks for one more than the page size, to see whether there is a next page.
  query.max_transactions = page_size + 1;
  auto listed = store->ListTransactions(query);
  if (!listed.ok()) return listed.status();
  std::vector<v1::Transaction>& found = listed->transactions;
  if (const size_t count = CountThatFit(found, page_size); count < found.size()) {
    found.resize(count);
    response->set_next_page_token(
        MakePageToken(fingerprint, PlaceOf(found.back().amount(), found.back().sequence())));
  } else if (listed->looked_until) {
    // A page may have fewer transactions than asked for, or none, although more pages follow
    // (AIP-158).
    response->set_next_page_token(MakePageToken(fingerprint, PlaceOf(0, *listed->looked_until)));
  }
  for (v1::Transaction& transaction : found) {
    Redact(viewer, &transaction);
    *response->add_transactions() = std::move(transaction);
  }
  return absl::OkStatus();
}

}  // namespace ledgercast
