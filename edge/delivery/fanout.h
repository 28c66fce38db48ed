#ifndef EDGE_DELIVERY_FANOUT_H_
#define EDGE_DELIVERY_FANOUT_H_

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "edge/delivery/feed.h"
#include "edge/delivery/frame_limits.h"
#include "edge/delivery/watch.h"
#include "edge/metrics/counts.h"
#include "edge/protocol/transaction_json.h"
#include "services/common/base/clock.h"

namespace ledgercast {

// Readers that are shown the same, because they have one filter and one viewer. Their frames are
// built once.
class Group;

// Gives a shard's live readers each new stretch of the log. Every live reader is at position(), so
// no reader stores a position of its own. Each group stores the last cursor that it was given, from
// which its next frame starts. No live member's client is behind that cursor. Each of them can
// therefore apply the group's frame by the contract's rule, and the frame is the same bytes for
// all. A transaction causes work only for the groups that may see it.
//
// When a group is given something, a member whose last write still hangs leaves the group. Its
// position is then the group's cursor, and `lagged` is called for it. It comes back by Join() once
// it has caught up to position(). This is the only seam between the two ways of reading.
//
// Confined to the shard's thread. Does not own readers.
class Fanout {
 public:
  struct Options {
    TransactionLog::ReadLimits frame_limits = kFrameLimits;
    // A group that was given nothing for this long is told how far the ledger is, if it does not
    // know or its readers asked to be told often.
    absl::Duration progress_interval = absl::Seconds(5);
    // A group that knows it already, because the ledger is quiet, is told again after this long. A
    // ping is sent along.
    absl::Duration quiet_progress_interval = absl::Seconds(25);
  };

  // `wall` measures how long after its create_time a transaction is given out. The `now` of the
  // methods is of a clock that never steps.
  Fanout(const Options& options, FrameMaker make_frame, std::function<void(Watch*)> lagged,
         Clock wall, ShardCounts* counts);
  ~Fanout();

  // Starts on another feed at its head. There must be no members.
  void Start(std::shared_ptr<Feed> feed);

  absl::Duration quiet_progress_interval() const { return options_.quiet_progress_interval; }

  // Returns the position up to which all groups have been given everything.
  const Position& position() const { return position_; }

  // Adds a reader. Its `position` and `given` must be position().
  void Join(Watch* watch, absl::Time now);
  // Removes a member. Its position is from then on the last one that its group was given.
  void Leave(Watch* watch);
  std::vector<Watch*> Members() const;

  // Gives out one page of what is new. Returns true if there is more.
  bool Advance(absl::Time now);
  // Tells groups that have heard nothing for their interval how far the ledger is.
  void SendProgress(absl::Time now);

 private:
  // Puts the index of each transaction of the page into the batches of the groups that see it.
  void Sort(const TransactionLog::Page& page, std::vector<Group*>* touched) const;
  Group* FindOrCreate(const Watch& watch, absl::Time now);
  void Erase(Group* group);
  // Moves a group to the end of `told_` if it knows how far the ledger is, else of `untold_`.
  // Groups that are told often always go to `untold_`.
  void NoteGiven(Group* group, bool knows, absl::Time now);
  absl::Duration ProgressInterval(const Group& group) const;
  // Removes the members whose write hangs. Returns false if no member is left.
  bool DropLagging(Group* group);
  void Give(Group* group, const FramePtr& frame, const Position& until,
            void (Socket::*send)(const FramePtr&));
  void GiveTransactions(Group* group, std::vector<TransactionTexts>* texts, const Position& until,
                        absl::Time now);

  const Options options_;
  const FrameMaker make_frame_;
  const std::function<void(Watch*)> lagged_;
  const Clock wall_;
  ShardCounts* const counts_;

  std::shared_ptr<Feed> feed_;
  Position position_;
  absl::flat_hash_map<std::string, std::unique_ptr<Group>> groups_;
  // The groups whose filter names an account, by account, and the groups whose filter takes
  // everything.
  absl::flat_hash_map<std::string, std::vector<Group*>> groups_of_account_;
  std::vector<Group*> groups_of_all_;
  // All groups, in two lists that are sorted by the time of the last frame, the oldest first.
  // `told_` holds groups whose last frame was a progress frame. `untold_` holds all others, and the
  // groups that are told often.
  std::list<Group*> told_;
  std::list<Group*> untold_;
};

}  // namespace ledgercast

#endif  // EDGE_DELIVERY_FANOUT_H_
