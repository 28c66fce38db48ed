#include "edge/status/status_scan.h"

#include <algorithm>
#include <optional>
#include <string>

#include "services/common/base/proto_time.h"

namespace ledgercast {
namespace {

std::string_view StateOf(const ClientView& client) {
  if (client.identity == nullptr) return "connected";
  if (client.watch == nullptr) return "authenticated";
  return client.watch->group != nullptr ? "live" : "catchingUp";
}

}  // namespace

void StatusScan::Start(const StatusQuery& query, const ClientSource* source, const Hub* hub,
                       Shard* shard, Done done) {
  std::shared_ptr<StatusScan>(new StatusScan(query, source, hub, shard, std::move(done)))->Turn();
}

void StatusScan::Begin(size_t transport) {
  transport_ = transport;
  const StatusQuery& query = page_.query();
  seen_ = !query.by_behind && query.after.has_value() ? query.after->id : 0;
}

void StatusScan::Turn() {
  int left = kTurnCost;
  while (transport_ < kTransportNames.size()) {
    const auto transport = static_cast<Transport>(transport_);
    const bool wanted = page_.query().transport.value_or(transport) == transport;
    bool no_more = !wanted;
    const auto see = [&](ClientId id, const std::optional<ClientView>& client) {
      seen_ = id;
      const int cost = client.has_value() ? Look(id, *client) : 1;
      no_more = cost == 0;
      left -= cost;
      return left > 0 && !no_more;
    };
    if (wanted && source_->Visit(transport, seen_, see)) no_more = true;
    if (!no_more) return shard_->Post([self = shared_from_this()] { self->Turn(); });
    Begin(transport_ + 1);
  }
  EncodeTurn();
}

void StatusScan::EncodeTurn() {
  if (!page_.Encode(kTurnEncodes)) return done_(std::move(page_));
  shard_->Post([self = shared_from_this()] { self->EncodeTurn(); });
}

int StatusScan::Look(ClientId id, const ClientView& client) {
  if (!page_.query().Matches(client)) return 1;
  std::optional<Position> position;
  if (client.watch != nullptr) position = hub_->PositionOf(*client.watch);
  const StatusKey key = page_.query().KeyOf(id, position);
  // In the order "connect_time" clients come in the order of the page, so no later one belongs on
  // it.
  if (!page_.Takes(key)) return page_.query().by_behind ? 1 : 0;
  page_.Add(key, Describe(id, client));
  return kDescribeCost;
}

v1::ClientStatus StatusScan::Describe(ClientId id, const ClientView& client) const {
  v1::ClientStatus status;
  status.set_id(id);
  status.set_transport(std::string(kTransportNames[transport_]));
  *status.mutable_connect_time() = ToProto(ConnectTimeOf(id));
  status.set_state(std::string(StateOf(client)));
  const bool has_socket = client.socket != nullptr;
  const Link link = has_socket ? client.socket->link() : client.responder->link();
  if (has_socket) status.set_queued_bytes(static_cast<int64_t>(client.socket->queued_bytes()));
  status.set_address(link.address);
  status.set_unacknowledged_bytes(link.unacknowledged_bytes);
  if (const Identity* const identity = client.identity) {
    status.set_subject(identity->subject);
    status.set_admin(identity->is_admin());
    *status.mutable_expires_at() = ToProto(identity->expires_at);
  }
  const Feed* const feed = hub_->feed();
  if (feed == nullptr) return status;
  if (client.acknowledged != nullptr) {
    status.set_acknowledged(feed->CursorText(*client.acknowledged));
  }
  if (const Watch* const watch = client.watch) {
    const Position position = hub_->PositionOf(*watch);
    status.set_cursor(feed->CursorText(position));
    status.set_behind(std::max<int64_t>(feed->log.head().sequence - position.sequence, 0));
    status.set_watches_all(watch->filter.all);
    for (const std::string& account : watch->filter.accounts) status.add_accounts(account);
  }
  return status;
}

}  // namespace ledgercast
