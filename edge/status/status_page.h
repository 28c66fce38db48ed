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

// A client's place in the order of a query. The smaller key comes first.
struct StatusKey {
  // The client's position in the ledger in the order "behind"; 0 in the order "connect_time".
  // Positions only grow, so a client that was not shown yet still belongs on a later page.
  int64_t rank = 0;
  ClientId id = 0;

  friend auto operator<=>(const StatusKey&, const StatusKey&) = default;
};

// Says which clients a page of GET /v1/status shows, and in what order.
struct StatusQuery {
  bool by_behind = false;
  // "" means any subject.
  std::string subject;
  // nullopt means any transport.
  std::optional<Transport> transport;
  size_t page_size = 0;
  // Only clients that come after this key are shown; nullopt means all.
  std::optional<StatusKey> after;

  bool Matches(const ClientView& client) const;
  StatusKey KeyOf(ClientId id, const std::optional<Position>& position) const;
};

// Reads a request. Returns INVALID_ARGUMENT, naming the first field that is not valid.
absl::StatusOr<StatusQuery> ParseStatusQuery(const v1::StatusRequest& request);

// Collects the first clients of a query, which may be added in any order. Keeps at most one client
// more than the page holds; that one tells that there is another page.
class StatusPage {
 public:
  explicit StatusPage(const StatusQuery& query) : query_(query) {}

  const StatusQuery& query() const { return query_; }
  // Returns whether a client with this key belongs on the page, as far as is known by now.
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
    // It is empty until the client is encoded.
    std::string json;
  };

  StatusQuery query_;
  std::map<StatusKey, Row> rows_;
  // Clients up to this key are encoded.
  StatusKey encoded_;
};

}  // namespace ledgercast

#endif  // EDGE_STATUS_STATUS_PAGE_H_
