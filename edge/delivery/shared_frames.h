#ifndef EDGE_DELIVERY_SHARED_FRAMES_H_
#define EDGE_DELIVERY_SHARED_FRAMES_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

#include "edge/protocol/wire_frame.h"
#include "services/common/ledger/cursor.h"

namespace ledgercast {

// The newest frames that were given to readers who see everything: others who come back from the
// same place are given the same. Confined to the shard's thread.
class SharedFrames {
 public:
  // Everything in (`after`, `until`].
  struct One {
    Position after;
    Position until;
    // Its reader was at the fan-out's position then.
    bool live = false;
    int64_t transactions = 0;
    FramePtr frame;
  };

  struct Limits {
    size_t max_frames = 64;
    size_t max_bytes = 4 << 20;
  };

  explicit SharedFrames(const Limits& limits) : limits_(limits) {}

  void Clear() {
    frames_.clear();
    bytes_ = 0;
  }

  void Add(One one) {
    bytes_ += one.frame->text().size();
    frames_.push_back(std::move(one));
    while (frames_.size() > limits_.max_frames || bytes_ > limits_.max_bytes) {
      bytes_ -= frames_.front().frame->text().size();
      frames_.pop_front();
    }
  }

  // Returns the frame of exactly that; null if there is none.
  const One* Find(const Position& after, const Position& until, bool live) const {
    for (const One& one : frames_) {
      if (one.after == after && one.until == until && one.live == live) return &one;
    }
    return nullptr;
  }

  // Returns a frame that goes on from `after`, while the fan-out is at `seam`; null if there is
  // none.
  const One* Next(const Position& after, const Position& seam) const {
    for (const One& one : frames_) {
      const bool fits = one.live ? one.until == seam : one.until.sequence < seam.sequence;
      if (fits && one.after == after) return &one;
    }
    return nullptr;
  }

 private:
  const Limits limits_;
  // The newest is the last.
  std::deque<One> frames_;
  // Sum of the sizes of their texts.
  size_t bytes_ = 0;
};

}  // namespace ledgercast

#endif  // EDGE_DELIVERY_SHARED_FRAMES_H_
