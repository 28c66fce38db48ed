#ifndef EDGE_DELIVERY_WATCH_H_
#define EDGE_DELIVERY_WATCH_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "edge/delivery/history.h"
#include "edge/delivery/turn_queue.h"
#include "edge/net/socket.h"
#include "ledgercast/v1/frames.pb.h"
#include "services/common/base/backoff.h"
#include "services/common/ledger/cursor.h"
#include "services/common/ledger/visibility.h"
#include "services/trace/span.h"

namespace ledgercast {

class Group;

// One watch of one client, whatever its transport: a position and a filter. Comments call the
// client its reader. While a watch is live, the fan-out has it and its group stores its position.
// While it is behind, the catch-up has it.
//
// Owned by its session; confined to the shard's thread.
struct Watch {
  Watch(uint64_t its_owner, Viewer its_viewer, AccountFilter its_filter, Backoff its_backoff)
      : owner(its_owner),
        viewer(std::move(its_viewer)),
        filter(std::move(its_filter)),
        backoff(std::move(its_backoff)) {}

  // The client's socket. It is set before the watch is given to the hub, and valid while
  // `attached`.
  Socket* socket = nullptr;
  // Stands for the subject of the reader's token. Watches of one subject share that subject's
  // turns.
  const uint64_t owner;
  const Viewer viewer;
  const AccountFilter filter;
  // JSON text of the request's id. It is empty once the request was answered.
  std::string request_id;
  // True if the client asked to be told how far the ledger is at
  // Fanout::Options::progress_interval, even while the ledger is quiet.
  bool told_often = false;
  // Span of the request. It ends with `watching`.
  Span span;
  // True if `watching` is not sent, because the transport has no such frame.
  bool quiet_start = false;
  // False once nobody may touch the socket for this watch any more.
  bool attached = true;
  // Is called when the watch is over because its position is of no use any more, after `resync` was
  // sent.
  std::function<void()> on_lost;

  // --- live: the fan-out's ---
  // The group and the watch's place in its list of members. `group` is non-null while the watch
  // is live, and only then.
  Group* group = nullptr;
  size_t member_index = 0;

  // --- behind: the catch-up's ---
  // Everything up to here was sent, or was found not to concern the reader.
  Position position;
  // The client knows that it has everything up to here, and its next frame starts from here.
  Position given;
  // The `watching` frame while it is made, and how many of the viewer's accounts were looked up for
  // it.
  std::unique_ptr<v1::WatchingFrame> opening;
  size_t balances_known = 0;
  // True once the watch has begun: `watching` was sent, unless `quiet_start`.
  bool started = false;
  // True if its last frame said that it is live.
  bool told_live = false;
  // True once `position` is known to be of this history. If the ring cannot judge that, the service
  // does.
  bool confirmed = false;
  // The call to the service that is under way; null if there is none.
  std::shared_ptr<CallOff> call;
  // The watch's place among those that wait for permission to ask for a page, if it waits.
  std::optional<TurnQueue<std::shared_ptr<Watch>>::Ticket> waiting_for_page;
  // A page of history that has come and was not sent completely yet.
  HistoryPagePtr page;
  // Held from when a page is asked for until it was sent, see CatchUp::Options::max_pages.
  std::shared_ptr<const void> page_slot;
  Backoff backoff;
  absl::Time retry_at = absl::InfinitePast();
  // The time since which the last write hangs; nullopt if it does not hang.
  std::optional<absl::Time> pending_since;
};

using WatchPtr = std::shared_ptr<Watch>;

}  // namespace ledgercast

#endif  // EDGE_DELIVERY_WATCH_H_
