#ifndef EDGE_DELIVERY_SHARED_FRAMES_H_
#define EDGE_DELIVERY_SHARED_FRAMES_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

#include "edge/protocol/wire_frame.h"
#include "services/common/ledger/cursor.h"

namespace ledgercast {

// Keeps the newest frames that were given to readers that see everything. Other such readers at the
// same position are given the same frames. Confined to the shard's thread.
class SharedFrames {
 public:
  // A frame with everything after `after`, up to and including `until`.
  struct One {
    Position after;
    Position until;
    // True if the frame brought its reader to the fan-out's position.
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

  // Returns the frame that has exactly these bounds; null if there is none.
  const One* Find(const Position& after, const Position& until, bool live) const {
    for (const One& one : frames_) {
      if (one.after == after && one.until == until && one.live == live) return &one;
    }
    return nullptr;
  }

  // Returns a frame that begins at `after` and is right while the fan-out is at `seam`; null if
  // there is none.
  const One* Next(const Position& after, const Position& seam) const {
    for (const One& one : frames_) {
      const bool fits = one.live ? one.until == seam : one.until.sequence < seam.sequence;
      if (fits && one.after == after) return &one;
    }
    return nullptr;
  }

 private:
  const Limits limits_;
  // The frames, the newest one last.
  std::deque<One> frames_;
  // Size of the texts of all frames.
  size_t bytes_ = 0;
};

}  // namespace ledgercast

#endif  // EDGE_DELIVERY_SHARED_FRAMES_H_
