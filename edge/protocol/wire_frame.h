#ifndef EDGE_PROTOCOL_WIRE_FRAME_H_
#define EDGE_PROTOCOL_WIRE_FRAME_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace ledgercast {

// A stretch of a text.
struct TextSpan {
  size_t begin = 0;
  size_t size = 0;

  std::string_view In(std::string_view text) const { return text.substr(begin, size); }
};

// Names the parts of a frame, for the transports that send only some of them.
struct FrameParts {
  std::string state;
  // JSON text of the data; empty for an `error`.
  TextSpan data;
  // Elements of the list of a `transactions` frame, without the brackets.
  TextSpan transactions;
  // The reader's cursor after this frame; empty if the frame does not move it.
  std::string cursor;
  // Whether a `transactions` frame says that its reader is live.
  bool live = false;
};

// One frame of the protocol as JSON text, {"state": ..., "data": ...}. The spans of its parts are
// stretches of `text`.
struct FrameText {
  std::string text;
  FrameParts parts;
};

// One frame of the protocol as it goes over the wire. It is made once, and all sockets of a shard
// that send it share it. Confined to the shard's thread.
class WireFrame {
 public:
  explicit WireFrame(FrameParts parts) : parts_(std::move(parts)) {}
  virtual ~WireFrame() = default;

  // Returns {"state": ..., "data": ...}
  virtual std::string_view text() const = 0;
  // Returns the frame as a server-sent event
  // (https://html.spec.whatwg.org/multipage/server-sent-events.html). The event's name is the
  // state, and its id is the cursor. It is made when it is first asked for.
  const std::string& event() const;

  const std::string& state() const { return parts_.state; }
  std::string_view data() const { return parts_.data.In(text()); }
  std::string_view transactions() const { return parts_.transactions.In(text()); }
  const std::string& cursor() const { return parts_.cursor; }
  bool live() const { return parts_.live; }

 private:
  const FrameParts parts_;
  mutable std::string event_;
};
using FramePtr = std::shared_ptr<const WireFrame>;
using FrameMaker = std::function<FramePtr(FrameText)>;

}  // namespace ledgercast

#endif  // EDGE_PROTOCOL_WIRE_FRAME_H_
