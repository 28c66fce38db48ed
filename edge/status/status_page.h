#ifndef EDGE_STATUS_STATUS_PAGE_H_
#define EDGE_STATUS_STATUS_PAGE_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "edge/sessions/client_id.h"
#include "edge/sessions/client_view.h"
#include "ledgercast/v1/status.pb.h"

namespace ledgercast {

// A client's place in the order of a query: the smaller comes first.
struct StatusKey {
  // In the order "behind": the client's position in the ledger. Positions only grow, so a client
  // that was not shown yet still belongs on a later page. In the order "connect_time": 0.
  int64_t rank = 0;
  ClientId id = 0;

  friend auto operator<=>(const StatusKey&, const StatusKey&) = default;
};

// Which clients a page of GET /v1/status shows, and in what order.
struct StatusQuery {
  bool by_behind = false;
  // "" = any.
  std::string subject;
  // nullopt = any.
  std::optional<Transport> transport;
  size_t page_size = 0;
  // Only clients that come after this key; nullopt = all.
  std::optional<StatusKey> after;

  bool Matches(const ClientView& client) const;
  StatusKey KeyOf(ClientId id, const std::optional<Position>& position) const;
};

// Returns INVALID_ARGUMENT, naming the first field, if one is not valid.
absl::StatusOr<StatusQuery> ParseStatusQuery(const v1::StatusRequest& request);

// Collects the first clients of a query; they may be added in any order. Keeps at most one client
// more than the page, which tells that there is another page.
class StatusPage {
 public:
  explicit StatusPage(const StatusQuery& query) : query_(query) {}

  const StatusQuery& query() const { return query_; }
  // Whether a client with this key belongs on the page, for all that is known so far.
  bool Takes(const StatusKey& key) const;
  // Adds a client whose key the page takes.
  void Add(const StatusKey& key, v1::ClientStatus client);
  // Writes the JSON of up to `clients` more clients. Returns false once all have been written.
  bool Encode(int clients);
  // Adds the clients of `other`, which must be encoded.
  void Merge(StatusPage other);

  // Returns the JSON of the StatusResponse. The page must be encoded.
  std::string Finish(const v1::EdgeStatus& edge) const;

 private:
  struct Row {
    v1::ClientStatus client;
    // Empty until it is encoded.
    std::string json;
  };

  StatusQuery query_;
  std::map<StatusKey, Row> rows_;
  // Clients up to this key are encoded.
  StatusKey encoded_;
};

}  // namespace ledgercast

#endif  // EDGE_STATUS_STATUS_PAGE_H_
