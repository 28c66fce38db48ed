#include "edge/status/status_page.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>

#include "edge/protocol/json_text.h"
#include "edge/protocol/proto_json.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

constexpr int kDefaultPageSize = 100;
constexpr int kMaxPageSize = 1'000;
constexpr std::string_view kConnectTime = "connect_time";
constexpr std::string_view kBehind = "behind";

std::string PageToken(const StatusQuery& query, const StatusKey& last) {
  return std::string(query.by_behind ? kBehind : kConnectTime) + '.' + std::to_string(last.rank) +
         '.' + std::to_string(last.id);
}

absl::StatusOr<StatusKey> ReadPageToken(std::string_view token, const StatusQuery& query) {
  StatusKey key;
  const size_t dot = token.find('.');
  const size_t last_dot = token.rfind('.');
  if (dot != last_dot) {
    std::from_chars(token.data() + dot + 1, token.data() + last_dot, key.rank);
    std::from_chars(token.data() + last_dot + 1, token.data() + token.size(), key.id);
  }
  if (token != PageToken(query, key)) {
    return InvalidField("page_token", "is none of this query; start without it");
  }
  return key;
}

absl::StatusOr<Transport> TransportNamed(std::string_view name) {
  const auto found = std::find(kTransportNames.begin(), kTransportNames.end(), name);
  if (found == kTransportNames.end()) {
    return InvalidField("transport", "is neither `socket` nor `events` nor `poll`");
  }
  return static_cast<Transport>(found - kTransportNames.begin());
}

}  // namespace

bool StatusQuery::Matches(const ClientView& client) const {
  if (subject.empty()) return true;
  return client.identity != nullptr && client.identity->subject == subject;
}

StatusKey StatusQuery::KeyOf(ClientId id, const std::optional<Position>& position) const {
  if (!by_behind) return {0, id};
  return {position.has_value() ? position->sequence : std::numeric_limits<int64_t>::max(), id};
}

absl::StatusOr<StatusQuery> ParseStatusQuery(const v1::StatusRequest& request) {
  if (request.page_size() < 0) return InvalidField("page_size", "must not be negative");
  const std::string_view order = request.order_by();
  if (!order.empty() && order != kConnectTime && order != kBehind) {
    return InvalidField("order_by", "is neither `connect_time` nor `behind`");
  }
  StatusQuery query;
  query.by_behind = order == kBehind;
  query.subject = request.subject();
  const int asked = request.page_size() == 0 ? kDefaultPageSize : request.page_size();
  query.page_size = static_cast<size_t>(std::min(asked, kMaxPageSize));
  if (!request.transport().empty()) {
    const auto transport = TransportNamed(request.transport());
    if (!transport.ok()) return transport.status();
    query.transport = *transport;
  }
  if (!request.page_token().empty()) {
    const auto after = ReadPageToken(request.page_token(), query);
    if (!after.ok()) return after.status();
    query.after = *after;
  }
  return query;
}

bool StatusPage::Takes(const StatusKey& key) const {
  if (query_.after.has_value() && key <= *query_.after) return false;
  return rows_.size() <= query_.page_size || key < rows_.rbegin()->first;
}

void StatusPage::Add(const StatusKey& key, v1::ClientStatus client) {
  rows_.insert_or_assign(key, Row{std::move(client), ""});
  if (rows_.size() > query_.page_size + 1) rows_.erase(std::prev(rows_.end()));
}

bool StatusPage::Encode(int clients) {
  auto row = rows_.upper_bound(encoded_);
  for (; clients > 0 && row != rows_.end(); --clients, ++row) {
    row->second.json = ToJson(row->second.client);
    encoded_ = row->first;
  }
  return row != rows_.end();
}

void StatusPage::Merge(StatusPage other) {
  rows_.merge(other.rows_);
  while (rows_.size() > query_.page_size + 1) rows_.erase(std::prev(rows_.end()));
}

std::string StatusPage::Finish(const v1::EdgeStatus& edge) const {
  std::string json = "{\"edge\":" + ToJson(edge) + ",\"clients\":[";
  size_t count = 0;
  StatusKey last;
  for (const auto& [key, row] : rows_) {
    if (count == query_.page_size) break;
    if (count++ > 0) json += ',';
    json += row.json;
    last = key;
  }
  json += "],\"nextPageToken\":";
  AppendJsonString(rows_.size() > count ? PageToken(query_, last) : "", &json);
  return json + '}';
}

}  // namespace ledgercast
