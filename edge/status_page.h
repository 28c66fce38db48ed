#ifndef EDGE_STATUS_PAGE_H_
#define EDGE_STATUS_PAGE_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "edge/client_id.h"
#include "edge/client_view.h"
#include "ledgercast/v1/status.pb.h"

namespace ledgercast {

// A client's place in the order of a query: the smaller comes first.
struct StatusKey {
  // By "behind": where it stands in the ledger. Positions only grow, so whoever was not shown yet
  // is still ahead when the next page is asked for. By "connect_time": 0.
  int64_t rank = 0;
  ClientId id = 0;

  friend auto operator<=>(const StatusKey&, const StatusKey&) = default;
};

// Which clients a page of GET /v1/status shows, and in what order.
struct StatusQuery {
  bool by_behind = false;
  // "" = any.
  std::string subject;
  // Nothing = any.
  std::optional<Transport> transport;
  size_t page_size = 0;
  // Those behind this only.
  std::optional<StatusKey> after;

  bool Matches(const ClientView& client) const;
  StatusKey KeyOf(ClientId id, const std::optional<Position>& position) const;
};

// INVALID_ARGUMENT naming the first field that cannot be.
absl::StatusOr<StatusQuery> ParseStatusQuery(const v1::StatusRequest& request);

// The first clients of a query among those that were added, whoever comes first in whatever order:
// never more than the page and one, which tells that there is another page.
class StatusPage {
 public:
  explicit StatusPage(const StatusQuery& query) : query_(query) {}

  const StatusQuery& query() const { return query_; }
  // Whether a client with this key belongs on it, for all that is known so far.
  bool Takes(const StatusKey& key) const;
  // Adds a client whose key the page takes.
  void Add(const StatusKey& key, v1::ClientStatus client);
  // Writes the JSON of so many more of them. False: of all that there are.
  bool Encode(int clients);
  // `other` was encoded.
  void Merge(StatusPage other);

  // The JSON of the StatusResponse; of a page that was encoded.
  std::string Finish(const v1::EdgeStatus& edge) const;

 private:
  struct Row {
    v1::ClientStatus client;
    // Empty until it is encoded.
    std::string json;
  };

  StatusQuery query_;
  std::map<StatusKey, Row> rows_;
  // Those up to here are encoded.
  StatusKey encoded_;
};

}  // namespace ledgercast

#endif  // EDGE_STATUS_PAGE_H_
