#ifndef EDGE_PROTOCOL_WIRE_FRAME_H_
#define EDGE_PROTOCOL_WIRE_FRAME_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace ledgercast {

// One frame of the contract as it goes over the wire. It is made once and shared by every socket of
// the shard that sends it.
class WireFrame {
 public:
  explicit WireFrame(std::string cursor) : cursor_(std::move(cursor)) {}
  virtual ~WireFrame() = default;

  // Returns the frame's JSON text, {"state": ..., "data": ...}.
  virtual std::string_view text() const = 0;
  // Returns the frame as a server-sent event, which is made when it is first asked for.
  const std::string& event() const;
  // Returns the reader's cursor after this frame; "" if the frame does not move the cursor.
  const std::string& cursor() const { return cursor_; }

 private:
  const std::string cursor_;
  mutable std::string event_;
};
using FramePtr = std::shared_ptr<const WireFrame>;
using FrameMaker = std::function<FramePtr(std::string text, std::string cursor)>;

}  // namespace ledgercast

#endif  // EDGE_PROTOCOL_WIRE_FRAME_H_
