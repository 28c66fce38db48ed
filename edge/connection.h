#ifndef EDGE_CONNECTION_H_
#define EDGE_CONNECTION_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "edge/admission.h"
#include "edge/http.h"
#include "edge/keep_alive.h"
#include "edge/socket.h"
#include "edge/timers.h"

namespace ledgercast {

// What is known of one connection beside the WebSocket library's own state, and what happens
// in its life: accepted, perhaps opened as a socket, closed. Confined to the shard's thread.
class Connection {
 public:
  Connection() = default;
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // From here to its end it counts in `admission`, which outlives it.
  void OnAccepted(Admission* admission, const std::string& address);
  Crowd crowd() const { return crowd_; }

  // Runs `give_up` at `due` unless the connection has ended by then. Once. `timers` outlives
  // this.
  void SetDeadline(Timers* timers, absl::Time due, std::function<void()> give_up);

  void ClearDeadline() { deadline_.reset(); }

  // The upgrade is done: `keep_alive` begins, and `shard`'s handler gets the socket.
  void OnOpen(std::unique_ptr<Socket> socket, std::unique_ptr<KeepAlive> keep_alive,
              Handshake handshake, ShardHandler* shard);
  // From OnOpen() on.
  Socket* socket() const { return socket_.get(); }
  // A message, or a ping or pong: signs of the peer's life. Only while open.
  void OnMessage(bool is_text, std::string_view payload);
  void OnControlFrame();
  // We close it: the code of that counts, however the connection then ends.
  void OnClosing(int code);
  // Of an open one; the last call. `code` is how it ended.
  void OnClose(int code);

 private:
  Admission* admission_ = nullptr;
  Admission::TicketPtr of_address_;
  Crowd crowd_ = Crowd::kFine;
  std::optional<Timer> deadline_;
  // 0 until OnClosing().
  int closing_code_ = 0;
  std::unique_ptr<Socket> socket_;
  std::unique_ptr<KeepAlive> keep_alive_;
  std::shared_ptr<SocketHandler> handler_;
};

// `target` is the path with its query; `header` answers nullopt for a header that was not sent.
HttpRequest MakeHttpRequest(std::string method, const std::string& target, std::string body,
                            const std::function<std::optional<std::string>(const char*)>& header);

}  // namespace ledgercast

#endif  // EDGE_CONNECTION_H_
