#ifndef EDGE_STATUS_SCAN_H_
#define EDGE_STATUS_SCAN_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "edge/client_view.h"
#include "edge/hub.h"
#include "edge/socket.h"
#include "edge/status_page.h"

namespace ledgercast {

// Looks through the clients of one shard for a page of GET /v1/status: so many in a turn, and
// between two turns the shard does what else there is to do. Clients may come and go meanwhile:
// whoever was there all the time is looked at once.
//
// Confined to the shard's thread. Keeps itself alive until its end.
class StatusScan : public std::enable_shared_from_this<StatusScan> {
 public:
  // What a turn may cost, to look at one client costing 1 ...
  static constexpr int kTurnCost = 128;
  // ... and to put it on the page, this.
  static constexpr int kDescribeCost = 16;
  // How many a turn writes as JSON, once all were looked at.
  static constexpr int kTurnEncodes = 4;

  using Done = std::function<void(StatusPage)>;

  // `source`, `hub` and `shard` outlive it. `done` runs once, on the shard's thread.
  static void Start(const StatusQuery& query, const ClientSource* source, const Hub* hub,
                    Shard* shard, Done done);

 private:
  StatusScan(const StatusQuery& query, const ClientSource* source, const Hub* hub, Shard* shard,
             Done done)
      : source_(source), hub_(hub), shard_(shard), done_(std::move(done)), page_(query) {
    Begin(0);
  }

  void Turn();
  void EncodeTurn();
  // The transport of this index, from its first client on that may be on the page.
  void Begin(size_t transport);
  // What looking at it has cost; 0: no client of this transport belongs on the page any more.
  int Look(ClientId id, const ClientView& client);
  v1::ClientStatus Describe(ClientId id, const ClientView& client) const;

  const ClientSource* const source_;
  const Hub* const hub_;
  Shard* const shard_;
  const Done done_;
  StatusPage page_;
  // Up to where it has looked.
  size_t transport_ = 0;
  ClientId seen_ = 0;
};

}  // namespace ledgercast

#endif  // EDGE_STATUS_SCAN_H_
