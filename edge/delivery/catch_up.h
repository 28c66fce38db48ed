#ifndef EDGE_DELIVERY_CATCH_UP_H_
#define EDGE_DELIVERY_CATCH_UP_H_

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "edge/delivery/fanout.h"
#include "edge/delivery/feed.h"
#include "edge/delivery/frame_limits.h"
#include "edge/delivery/history.h"
#include "edge/delivery/shared_frames.h"
#include "edge/delivery/turn_queue.h"
#include "edge/delivery/watch.h"
#include "edge/metrics/counts.h"
#include "edge/net/shard.h"
#include "edge/protocol/wire_frame.h"

namespace ledgercast {

// Brings a shard's readers that are behind to the head: readers that begin in the past, and readers
// whose socket was too slow. A reader is given one bounded page after the other. It is given the
// next page only when the kernel has taken the last one. Pages come from the ring or, where the
// ring does not reach back far enough, from the service. At the fan-out's position the reader joins
// the fan-out.
//
// A new reader is sent `watching` first. If the ring cannot judge its position, `watching` waits
// until the service has confirmed that position.
//
// Confined to the shard's thread.
class CatchUp {
 public:
  struct Options {
    TransactionLog::ReadLimits frame_limits = kFrameLimits;
    // Maximum number of readers given a page in one round; the others wait for the next.
    int round_watches = 64;
    // Maximum number of pages of the service that are asked for or held at once. Further readers
    // wait, and subjects take turns. A reader whose socket hangs loses its page while more than
    // half of all pages are taken.
    int max_pages = 16;
    // Readers that see everything ask for the service's next page at multiples of this, so that
    // they soon need the same pages. It is a multiple of the frames' limit.
    int64_t shared_page_transactions = 1'000;
    // Limits of the frames that are kept for other readers at the same position.
    SharedFrames::Limits shared_frames;
    // A socket whose write hangs for longer than this is closed with 4409.
    absl::Duration slow_socket_timeout = absl::Seconds(60);
  };

  // `wake` is called when an answer of the service makes another round worthwhile.
  CatchUp(const Options& options, FrameMaker make_frame, Fanout* fanout, History* history,
          Shard* shard, std::function<void()> wake, ShardCounts* counts);

  // Begins on another feed. Readers of the old feed must then be told by Resync().
  void Start(std::shared_ptr<Feed> feed);

  void Add(WatchPtr watch);
  // Forgets a reader, if the catch-up has it, and calls off what is under way for it.
  void Remove(const WatchPtr& watch);
  std::vector<WatchPtr> Watches() const;

  // Tells the client of `watch` that the watch is over, and forgets the reader.
  void Resync(const WatchPtr& watch);

  // Runs one round. Returns true if another round may give more.
  bool Pump(absl::Time now);
  // Looks again at readers that were waiting for their socket or for the time to retry. Call it at
  // each tick.
  void Unblock(absl::Time now);
  bool has_ready() const { return !ready_.empty(); }

 private:
  enum class Step {
    // The reader was given something and wants more.
    kGiven,
    // The reader cannot go on for now; the next tick looks at it again.
    kBlocked,
    // The reader waits for an answer of the service, or for its turn to ask.
    kWaiting,
    // The reader has left the catch-up.
    kDone,
  };

  Step Advance(const WatchPtr& watch, absl::Time now);
  Step Begin(const WatchPtr& watch);
  Step Read(const WatchPtr& watch, absl::Time now);
  // Ends the reading of one page. If `joins`, the reader is at the fan-out's position and moves
  // there.
  Step AfterPage(const WatchPtr& watch, bool joins, absl::Time now);
  // Handles a position beyond the fan-out's. Beyond the ring's head only the service can judge it.
  Step WaitForRing(const WatchPtr& watch);
  Step GivePage(const WatchPtr& watch, absl::Time now);
  // Returns how many transactions the reader's next frame may have. Frames of readers that see
  // everything end at multiples of the limit, so that these readers soon need the same frames,
  // wherever they began.
  int64_t RowsOfFrame(const Watch& watch) const;
  Step Fetch(const WatchPtr& watch);
  Step FetchBalance(const WatchPtr& watch, const std::string& account);
  void OnPage(const WatchPtr& watch, absl::StatusOr<HistoryPagePtr> page);
  void OnBalance(const WatchPtr& watch, const absl::StatusOr<std::optional<int64_t>>& balance);
  // Adds the balance of the viewer's next account to the `watching` frame. nullopt means that there
  // is no such account.
  void AddBalance(Watch* watch, std::optional<int64_t> balance);
  void SendWatching(Watch* watch);
  void Give(Watch* watch, const FramePtr& frame, int64_t transactions, const Position& until,
            bool live);
  void SendTransactions(Watch* watch, const std::vector<const v1::Transaction*>& transactions,
                        const Position& until, bool live);
  // Returns the frame that begins at `watch.given`, from `shared_` if it is there.
  FramePtr FrameOf(const Watch& watch, const std::vector<const v1::Transaction*>& transactions,
                   const Position& until, bool live);
  void RetryLater(Watch* watch, const absl::Status& why);
  int pages() const { return static_cast<int>(page_slots_.use_count()) - 1; }
  void LetGoOfPage(Watch* watch);
  // Lets waiting readers ask for a page, as many as there is room for.
  void CallForPages();
  // Calls off what is under way for `watch`.
  void CallOffAll(Watch* watch);
  void Requeue(const WatchPtr& watch);

  const Options options_;
  const FrameMaker make_frame_;
  Fanout* const fanout_;
  History* const history_;
  Shard* const shard_;
  const std::function<void()> wake_;
  ShardCounts* const counts_;

  // Counts the service's pages by its shares. A page holds one share, and so does a call for a page
  // until it is answered. A reader that goes away makes room only then.
  const std::shared_ptr<const void> page_slots_ = std::make_shared<const int>();

  std::shared_ptr<Feed> feed_;
  // Time of the newest round or tick.
  absl::Time now_ = absl::InfinitePast();
  // Each reader of the catch-up is in one of these three, or in none while a call is under way.
  std::deque<WatchPtr> ready_;
  std::vector<WatchPtr> blocked_;
  TurnQueue<WatchPtr> waiting_for_page_;
  absl::flat_hash_set<WatchPtr> all_;
  SharedFrames shared_;
};

}  // namespace ledgercast

#endif  // EDGE_DELIVERY_CATCH_UP_H_
