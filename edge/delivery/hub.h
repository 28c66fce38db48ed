#ifndef EDGE_DELIVERY_HUB_H_
#define EDGE_DELIVERY_HUB_H_

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "edge/delivery/catch_up.h"
#include "edge/delivery/fanout.h"
#include "edge/delivery/feed.h"
#include "services/common/base/clock.h"

namespace ledgercast {

// Runs a shard's readers. When the log grows, and at ticks, it takes a turn: the fan-out gives out
// one page and the catch-up runs one round. Between two turns the shard's loop writes what was
// sent. Only then does Socket::write_pending() tell slow clients from quick ones.
//
// Confined to the shard's thread.
class Hub {
 public:
  struct Options {
    Fanout::Options fanout;
    CatchUp::Options catch_up;
  };

  Hub(const Options& options, const FrameMaker& make_frame, const FeedSource* source,
      History* history, Shard* shard, const Clocks& clocks, ShardCounts* counts);

  // Tells the hub that the feed has grown or was replaced. A replaced feed ends every watch, and
  // each client is told.
  void OnGrowth();
  void OnTick(absl::Time now);

  absl::Duration quiet_progress_interval() const { return fanout_.quiet_progress_interval(); }

  // Returns null until the service was reached for the first time.
  const Feed* feed() const { return feed_.get(); }

  // Forgets all readers without telling their clients, and calls off what is under way for them. It
  // is called when the edge has stopped.
  void LetGo();

  // Begins a watch from `watch->position`.
  void Add(WatchPtr watch);
  // Ends a watch. Nothing is sent for `watch` any more.
  void Remove(const WatchPtr& watch);
  // Returns the position up to which `watch` was sent everything that it may see.
  Position PositionOf(const Watch& watch) const;

 private:
  void Switch(std::shared_ptr<Feed> feed);
  // Begins a turn. If one is under way, another turn follows it.
  void Wake();
  void TakeTurn();
  // Counts, for the metrics, how far behind each reader is.
  void CountLag(absl::Time now);

  const FeedSource* const source_;
  Shard* const shard_;
  const Clock steady_;
  ShardCounts* const counts_;
  Fanout fanout_;
  CatchUp catch_up_;
  absl::Time lag_counted_at_ = absl::InfinitePast();

  std::shared_ptr<Feed> feed_;
  // All readers by address, because the fan-out knows only their addresses.
  absl::flat_hash_map<Watch*, WatchPtr> watches_;
  bool turning_ = false;
  bool again_ = false;
};

}  // namespace ledgercast

#endif  // EDGE_DELIVERY_HUB_H_
