#ifndef EDGE_DELIVERY_READER_H_
#define EDGE_DELIVERY_READER_H_

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

// One watch of one client, whatever its transport: a position and a filter. While it is live the
// fan-out has it, and its group has its position. While it is behind the catch-up has it.
//
// Owned by its session; confined to the shard's thread.
struct Reader {
  Reader(uint64_t its_owner, Viewer its_viewer, AccountFilter its_filter, Backoff its_backoff)
      : owner(its_owner),
        viewer(std::move(its_viewer)),
        filter(std::move(its_filter)),
        backoff(std::move(its_backoff)) {}

  // Set before it is given to the hub; valid while `attached`.
  Socket* socket = nullptr;
  // Stands for the subject of its token: readers of one subject share that one's turns.
  const uint64_t owner;
  const Viewer viewer;
  const AccountFilter filter;
  // JSON text of the request's id; empty once it was answered.
  std::string request_id;
  // Whether it asked to be told how far the ledger is at Fanout::Options::progress_interval, though
  // the ledger be quiet.
  bool told_often = false;
  // Span of the request; ends with `watching`.
  Span span;
  // If true, `watching` is not sent, since the transport has no such frame.
  bool quiet_start = false;
  // False once nobody may touch the socket for this reader any more.
  bool attached = true;
  // Called when the watch is over because its position is of no use any more (`resync` was sent).
  std::function<void()> on_lost;

  // --- live: the fan-out's ---
  // Not null exactly while live; the group and the place in its list of members.
  Group* group = nullptr;
  size_t member_index = 0;

  // --- behind: the catch-up's ---
  // Everything up to here was sent, or was found not to concern the reader.
  Position position;
  // The client knows that it has everything up to here. Its next frame starts from here.
  Position given;
  // The `watching` frame in the making, and how many of the viewer's accounts were looked up for
  // it.
  std::unique_ptr<v1::WatchingFrame> opening;
  size_t balances_known = 0;
  // The watch has begun: `watching` was sent, unless `quiet_start`.
  bool started = false;
  // Whether its last frame said that it is live.
  bool told_live = false;
  // The service has confirmed `position`, which the ring cannot judge.
  bool confirmed = false;
  // The call to the service that is under way, if one is.
  std::shared_ptr<CallOff> call;
  // Where it waits for leave to ask for a page, if it does.
  std::optional<TurnQueue<std::shared_ptr<Reader>>::Ticket> waiting_for_page;
  // A page of history that came and was not sent yet.
  HistoryPagePtr page;
  // From when that is asked for until it was sent: see CatchUp::Options::max_pages.
  std::shared_ptr<const void> page_slot;
  Backoff backoff;
  absl::Time retry_at = absl::InfinitePast();
  // The time since which the last write hangs.
  std::optional<absl::Time> pending_since;
};

using ReaderPtr = std::shared_ptr<Reader>;

}  // namespace ledgercast

#endif  // EDGE_DELIVERY_READER_H_
