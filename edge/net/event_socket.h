#ifndef EDGE_NET_EVENT_SOCKET_H_
#define EDGE_NET_EVENT_SOCKET_H_

#include <asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "edge/metrics/histogram.h"
#include "edge/net/keep_alive.h"
#include "edge/net/socket.h"
#include "edge/net/socket_options.h"
#include "edge/net/timers.h"
#include "edge/protocol/wire_frame.h"

namespace ledgercast {

// Writes the body of an HTTP answer that stays open: each frame is one server-sent event. At an
// interval it also sends a comment, so that no proxy takes the connection for dead.
//
// Confined to the shard's thread. Keeps itself alive until it ends.
class EventSocket : public Socket, public std::enable_shared_from_this<EventSocket> {
 public:
  // Starts a socket that writes `head` first. `tcp` is valid while `owner` is held. `on_end` runs
  // once, in a task of its own, with the close code.
  static std::shared_ptr<EventSocket> Start(asio::ip::tcp::socket* tcp, std::shared_ptr<void> owner,
                                            std::string head, const SocketOptions& options,
                                            Timers* timers, OwnedCount* sent_bytes,
                                            std::function<void(int)> on_end);

  void Send(const FramePtr& frame) override;
  void Close(CloseCode code, std::string_view reason) override;
  bool write_pending() const override { return writing_ || !queue_.empty(); }
  size_t queued_bytes() const override { return queued_bytes_; }
  Link link() const override { return LinkOf(tcp_->native_handle()); }

  // Ends the socket because the client has left.
  void OnGone();

 private:
  EventSocket(asio::ip::tcp::socket* tcp, std::shared_ptr<void> owner, absl::Duration close_timeout,
              Timers* timers, OwnedCount* sent_bytes, std::function<void(int)> on_end)
      : tcp_(tcp),
        owner_(std::move(owner)),
        close_timeout_(close_timeout),
        sent_bytes_(sent_bytes),
        on_end_(std::move(on_end)),
        deadline_(timers) {}

  void Enqueue(std::shared_ptr<const std::string> text);
  // Writes everything that is queued in one operation.
  void Write();
  void End(int code);

  asio::ip::tcp::socket* const tcp_;
  std::shared_ptr<void> owner_;
  const absl::Duration close_timeout_;
  OwnedCount* const sent_bytes_;
  // It is null once its task was posted.
  std::function<void(int)> on_end_;
  std::unique_ptr<KeepAlive> keep_alive_;
  std::vector<std::shared_ptr<const std::string>> queue_;
  size_t queued_bytes_ = 0;
  bool writing_ = false;
  // The code that the socket is closed with; 0 until then.
  int close_code_ = 0;
  // Deadline for writing what was sent before Close().
  Timer deadline_;
};

// Runs `gone` when the peer ends the connection, breaks it, or sends more than `budget_bytes`. What
// it sends is thrown away. `owner` keeps `tcp` until then.
void WatchForEnd(asio::ip::tcp::socket* tcp, std::shared_ptr<void> owner,
                 std::function<void()> gone, size_t budget_bytes = 64 << 10);

}  // namespace ledgercast

#endif  // EDGE_NET_EVENT_SOCKET_H_
