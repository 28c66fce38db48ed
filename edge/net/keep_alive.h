#ifndef EDGE_NET_KEEP_ALIVE_H_
#define EDGE_NET_KEEP_ALIVE_H_

#include <functional>
#include <utility>

#include "absl/time/time.h"
#include "edge/net/timers.h"
#include "services/common/base/clock.h"

namespace ledgercast {

// Pings a peer at an interval, and gives it up when it has answered none of several pings. This
// finds a peer that is gone before TCP notices, and keeps proxies from closing a silent connection.
// Confined to the shard's thread.
class KeepAlive {
 public:
  struct Options {
    // The interval is longer than Fanout::Options::quiet_progress_interval, because a ping is sent
    // along with the progress frame of that interval.
    absl::Duration interval = absl::Seconds(28);
    int max_missed = 2;
    absl::Time (*steady)() = &SteadyNow;
  };

  // `timers` outlives this. `give_up` may destroy this.
  KeepAlive(const Options& options, Timers* timers, std::function<void()> ping,
            std::function<void()> give_up)
      : options_(options), timer_(timers), ping_(std::move(ping)), give_up_(std::move(give_up)) {
    Schedule();
  }
  KeepAlive(const KeepAlive&) = delete;
  KeepAlive& operator=(const KeepAlive&) = delete;

  // Notes a sign of life of the peer.
  void OnSign() { missed_ = 0; }

  // Returns whether a ping may be sent along with another frame. That ping replaces the next one of
  // the timer. Returns false once the peer is to be given up.
  bool PingsAlong() {
    if (missed_ >= options_.max_missed) return false;
    ++missed_;
    Schedule();
    return true;
  }

 private:
  void Schedule() {
    timer_.Set(options_.steady() + options_.interval, [this] {
      if (missed_++ >= options_.max_missed) {
        const auto give_up = give_up_;  // It may destroy this.
        return give_up();
      }
      ping_();
      Schedule();
    });
  }

  const Options options_;
  Timer timer_;
  const std::function<void()> ping_;
  const std::function<void()> give_up_;
  int missed_ = 0;
};

}  // namespace ledgercast

#endif  // EDGE_NET_KEEP_ALIVE_H_
