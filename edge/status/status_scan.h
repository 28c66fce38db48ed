#ifndef EDGE_STATUS_STATUS_SCAN_H_
#define EDGE_STATUS_STATUS_SCAN_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "edge/delivery/hub.h"
#include "edge/net/shard.h"
#include "edge/sessions/client_view.h"
#include "edge/status/status_page.h"

namespace ledgercast {

// Looks through the clients of one shard for a page of GET /v1/status. It looks at a bounded number
// in a turn, and between two turns the shard does its other work. Clients may come and go
// meanwhile; a client that was there all the time is looked at once.
//
// Confined to the shard's thread. Keeps itself alive until its end.
class StatusScan : public std::enable_shared_from_this<StatusScan> {
 public:
  // Maximum cost of a turn. Looking at one client costs 1.
  static constexpr int kTurnCost = 128;
  // Cost of putting a client on the page.
  static constexpr int kDescribeCost = 16;
  // Number of clients that a turn writes as JSON, once all were looked at.
  static constexpr int kTurnEncodes = 4;

  using Done = std::function<void(StatusPage)>;

  // Starts a scan. `source`, `hub` and `shard` outlive it. `done` runs once, on the shard's thread.
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
  // Goes on with the transport of this index, at the first client that may be on the page.
  void Begin(size_t transport);
  // Looks at a client and returns what that has cost. Returns 0 if no further client of this
  // transport belongs on the page.
  int Look(ClientId id, const ClientView& client);
  v1::ClientStatus Describe(ClientId id, const ClientView& client) const;

  const ClientSource* const source_;
  const Hub* const hub_;
  Shard* const shard_;
  const Done done_;
  StatusPage page_;
  // The transport that is looked through, and the last of its clients that was looked at.
  size_t transport_ = 0;
  ClientId seen_ = 0;
};

}  // namespace ledgercast

#endif  // EDGE_STATUS_STATUS_SCAN_H_
