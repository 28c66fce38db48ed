#ifndef EDGE_NET_SOCKET_H_
#define EDGE_NET_SOCKET_H_

// The border between the transports (WebSocket, Server-Sent Events, long poll) and the rest of the
// edge: code that sends and answers sees only this; only ws_shard.cc and web_socket.cc see the
// library. Everything here belongs to one shard (one thread with its own sockets) and is called on
// that thread.

#include <cstddef>
#include <string_view>

#include "edge/net/tcp.h"
#include "edge/protocol/close_code.h"
#include "edge/protocol/wire_frame.h"

namespace ledgercast {

// One client. Owned by the server; valid from ShardHandler::OnOpen until the return of
// SocketHandler::OnClose.
class Socket {
 public:
  virtual ~Socket() = default;

  // Sends `frame` after everything that was sent before; ignored once closing.
  virtual void Send(const FramePtr& frame) = 0;

  // Does the same, and asks the peer for a sign of life in the same write, where the transport has
  // pings.
  virtual void SendWithPing(const FramePtr& frame) { Send(frame); }

  // Starts the closing handshake; ignored if it has begun. OnClose follows in any case,
  // within seconds.
  virtual void Close(CloseCode code, std::string_view reason) = 0;

  // Returns true until the kernel has taken everything that was sent. A reader whose write is
  // pending is given nothing more: its position is kept instead, so that a slow client costs one
  // write's worth of memory and not a queue.
  virtual bool write_pending() const = 0;

  // Bytes waiting behind the write under way.
  virtual size_t queued_bytes() const = 0;

  // Asks the kernel about the connection.
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
  // Is called last, when the socket is gone. `code` is what the edge closed it with, or what the
  // client did.
  virtual void OnClose(int code) = 0;
};

}  // namespace ledgercast

#endif  // EDGE_NET_SOCKET_H_
