#ifndef EDGE_READER_H_
#define EDGE_READER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "edge/history.h"
#include "edge/socket.h"
#include "edge/turn_queue.h"
#include "ledgercast/v1/frames.pb.h"
#include "services/common/backoff.h"
#include "services/common/cursor.h"
#include "services/common/visibility.h"

namespace ledgercast {

class Group;

// One watch of one client, whatever its transport: a position and a filter. It is in one of two
// hands: the fan-out's while it is live (then it has no position of its own, its group has), or the
// catch-up's while it is behind.
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
  // `watching` is not sent: its transport has no such thing.
  bool quiet_start = false;
  // False once nobody may touch the socket for this reader any more.
  bool attached = true;
  // The watch is over because its position is of no use any more (`resync` was sent).
  std::function<void()> on_lost;

  // --- live: the fan-out's ---
  // Not null exactly while live; the group and the place in its list of members.
  Group* group = nullptr;
  size_t member_index = 0;

  // --- behind: the catch-up's ---
  // Everything up to here was sent or looked at ...
  Position position;
  // ... and up to here the client was told so. Frames start from here.
  Position given;
  // What `watching` is going to say, and of how many of the viewer's accounts that is known.
  std::unique_ptr<v1::WatchingFrame> opening;
  size_t balances_known = 0;
  // `watching` was sent.
  bool started = false;
  // What its last frame said of being live.
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
  // Since when the last write hangs.
  std::optional<absl::Time> pending_since;
};

using ReaderPtr = std::shared_ptr<Reader>;

}  // namespace ledgercast

#endif  // EDGE_READER_H_
