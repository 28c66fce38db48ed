#ifndef EDGE_NET_SOCKET_H_
#define EDGE_NET_SOCKET_H_

// The border between the transports (WebSocket, server-sent events, long poll) and the rest of the
// edge. Code that sends and answers knows only these classes, and not the WebSocket library.
// Everything here belongs to one shard (one thread with its own sockets) and is called on that
// thread.

#include <cstddef>
#include <string_view>

#include "edge/net/tcp.h"
#include "edge/protocol/close_code.h"
#include "edge/protocol/wire_frame.h"

namespace ledgercast {

// The connection of one client. The server owns it. It is valid from ShardHandler::OnOpen() until
// SocketHandler::OnClose() returns.
class Socket {
 public:
  virtual ~Socket() = default;

  // Sends `frame` after everything that was sent before. Does nothing once the socket is closing.
  virtual void Send(const FramePtr& frame) = 0;

  // Does the same as Send(). Where the transport has pings, the same write also carries a ping,
  // which asks the peer for a sign of life.
  virtual void SendWithPing(const FramePtr& frame) { Send(frame); }

  // Starts the closing handshake, or does nothing if it has begun. OnClose() follows in any case,
  // within seconds.
  virtual void Close(CloseCode code, std::string_view reason) = 0;

  // Returns true until the kernel has taken everything that was sent. A reader whose write is
  // pending is given nothing more: its position is kept instead, so that a slow client costs one
  // write's worth of memory and not a queue.
  virtual bool write_pending() const = 0;

  // Returns how many bytes wait behind the write under way.
  virtual size_t queued_bytes() const = 0;

  // Returns what the kernel knows about the connection.
  virtual Link link() const = 0;
};

// Reacts to what a socket's client does.
class SocketHandler {
 public:
  virtual ~SocketHandler() = default;
  // Takes one complete text message, which is valid UTF-8.
  virtual void OnMessage(std::string_view text) = 0;
  // Takes one complete binary message.
  virtual void OnBinary(std::string_view bytes) = 0;
  // Takes a ping or a pong of the peer.
  virtual void OnControlFrame() {}
  // Is called last, when the socket is gone. `code` is the code that the edge or the client closed
  // it with, or kAbnormalClose.
  virtual void OnClose(int code) = 0;
};

}  // namespace ledgercast

#endif  // EDGE_NET_SOCKET_H_
