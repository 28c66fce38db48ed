#ifndef EDGE_NET_WEB_SOCKET_H_
#define EDGE_NET_WEB_SOCKET_H_

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "edge/metrics/histogram.h"
#include "edge/net/deflate.h"
#include "edge/net/keep_alive.h"
#include "edge/net/shard.h"
#include "edge/net/socket.h"
#include "edge/net/socket_options.h"
#include "edge/net/timers.h"
#include "edge/net/ws_library.h"
#include "edge/protocol/handshake.h"
#include "edge/protocol/wire_frame.h"

namespace ledgercast {

// One WebSocket message of the edge as it goes over the wire: the header and then the payload.
class PreparedFrame : public WireFrame {
 public:
  PreparedFrame(websocketpp::frame::opcode::value opcode, FrameText frame);

  std::string_view text() const override {
    return std::string_view(bytes_).substr(bytes_.size() - payload_bytes_);
  }
  const std::string& bytes() const { return bytes_; }
  // Returns the bytes of the compressed message, or the plain ones if compression is not worth it.
  // They are made when first asked for.
  const std::string& deflated(Deflater* deflater) const;

 private:
  const websocketpp::frame::opcode::value opcode_;
  const size_t payload_bytes_;
  const std::string bytes_;
  mutable std::optional<std::string> deflated_;
};

// One open WebSocket. The library only answers the upgrade and parses frames (FrameReader); this
// object is the connection. The library's own would take 3 kB for as long as it is open, and would
// pass each write through two queues.
//
// A frame goes to the kernel at once. Bytes that the kernel does not take wait in the outbox, and
// so does everything that follows, because bytes must never overtake each other.
//
// Closing follows RFC 6455, section 7: the edge's close frame, then the peer's, then the end of
// TCP, which is closed for sending first. A peer that takes too long for any of these steps is
// dropped.
//
// Confined to the shard's thread. Operations that wait for the kernel keep it alive, and so does
// the shard until `closed` runs.
class WebSocket : public Socket, public std::enable_shared_from_this<WebSocket> {
 public:
  // Holds what the sockets of a shard share. It outlives them.
  struct Context {
    SocketOptions options;
    Timers* timers = nullptr;
    ShardHandler* handler = nullptr;
    // Counts the bytes that the kernel took.
    OwnedCount* sent_bytes = nullptr;
    // Is called last, when a socket has ended.
    std::function<void(const std::shared_ptr<WebSocket>&)> closed;
    // Buffer that bytes are read into, by one socket at a time.
    std::array<char, 16 << 10> read_buffer;
    // A reader that sockets borrow one after the other. A socket keeps it while a message is
    // incomplete.
    std::unique_ptr<FrameReader> spare_reader;
  };

  using Tcp = asio::ip::tcp::socket;

  // `deflater` is null if the peer did not agree to compression; it outlives this. `admitted` is
  // kept until this is destroyed.
  WebSocket(Context* context, Tcp tcp, Deflater* deflater, Admitted admitted);

  // Hands the socket to the shard's handler.
  void Open(Handshake handshake);
  // Begins to read. `early` arrived together with the upgrade request; the bytes are changed.
  void Start(char* early, size_t early_bytes);
  // Ends the connection without a close frame. Neither the handler nor `closed` is called.
  void Abandon();

  void Send(const FramePtr& frame) override { Write(frame, WireOf(frame), {}); }
  void SendWithPing(const FramePtr& frame) override;
  void Close(CloseCode code, std::string_view reason) override;
  bool write_pending() const override { return outbox_ != nullptr; }
  size_t queued_bytes() const override { return outbox_ == nullptr ? 0 : outbox_->queued_bytes; }
  Link link() const override { return LinkOf(fd_); }

 private:
  using CloseStatus = websocketpp::close::status::value;
  using Message = WsConfig::message_type;

  enum class State {
    kOpen,
    // A close frame was sent.
    kClosing,
    // TCP is closed for sending; what the peer still sends is thrown away.
    kDraining,
    kEnded,
  };

  // A stretch of bytes, and the object that keeps them alive.
  struct Piece {
    std::shared_ptr<const void> owner;
    std::string_view bytes;
  };
  struct Outbox {
    // The first piece holds only the bytes that the kernel has not taken.
    std::vector<Piece> pieces;
    // Size of all pieces but the first.
    size_t queued_bytes = 0;
  };

  std::string_view WireOf(const FramePtr& frame) const;
  // Writes `bytes`, which `owner` keeps alive, and then `more`, which lives for ever. Does nothing
  // unless the socket is open.
  void Write(const std::shared_ptr<const void>& owner, std::string_view bytes,
             std::string_view more);
  void WriteOwn(std::string bytes);
  void Queue(Piece piece);
  void AwaitWritable();
  void OnWritable();

  void AwaitReadable();
  void OnReadable();
  // Parses the bytes that arrived, and handles the messages in them.
  void Take(char* bytes, size_t size);
  void OnFrame(const Message& message);
  void OnCloseFrame(const std::string& payload);

  void SendClose(CloseStatus code, std::string_view reason);
  // Closes TCP as soon as the outbox is empty.
  void Finish();
  void Shutdown();
  void Break();
  void End();
  void SetDeadline(void (WebSocket::*action)());

  // These members are read for every frame that is sent, so they lie together.
  const int fd_;
  State state_ = State::kOpen;
  bool finishes_ = false;
  Deflater* const deflater_;
  // It is null while the kernel has taken everything, which is nearly always.
  std::unique_ptr<Outbox> outbox_;

  Context& context_;
  Tcp tcp_;
  const Admitted admitted_;
  std::shared_ptr<SocketHandler> handler_;
  std::optional<KeepAlive> keep_alive_;
  // Deadline for the current step of closing.
  std::optional<Timer> deadline_;
  // It is non-null while a message is incomplete.
  std::unique_ptr<FrameReader> reader_;
  // Code that the connection was closed with; 0 while it is open.
  int close_code_ = 0;
  // Counts the bytes that came while draining.
  size_t drained_bytes_ = 0;
};

}  // namespace ledgercast

#endif  // EDGE_NET_WEB_SOCKET_H_
