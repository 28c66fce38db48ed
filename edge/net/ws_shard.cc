// Runs the WebSocket library. It has these defects, each with what guards against it:
// - It accepts drafts of the protocol. The handler refuses all but Sec-WebSocket-Version 13.
// - It has limits of 32 MB, and pong timers that fire after a close. The edge has limits and pings
//   of its own.
// - Its get_buffered_amount() forgets the write under way. WebSocket counts what waits itself.
// - It spins when it accepts while no file can be opened. Connections are capped well below that
//   limit.
// - It leaks when the endpoint is stopped. So listening stops first, then the connections end, then
//   the loop.
// - It resets a peer that still sends, so that a close frame is lost. See ws_library.h.
// - It inflates without a limit, and lets a text in several frames end inside a character. See
//   ws_library.h.
// - Its stale handles throw. Connections carry their state, and only calls that return error codes
//   are used.
#include "edge/net/ws_shard.h"

#include <spdlog/spdlog.h>

#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "edge/net/http_request.h"
#include "edge/net/tcp.h"
#include "edge/net/timers.h"
#include "edge/net/web_socket.h"
#include "edge/net/ws_peer.h"
#include "edge/protocol/handshake.h"
#include "services/common/base/check.h"
#include "services/common/base/clock.h"

namespace ledgercast {
namespace {
constexpr int kListenBacklog = 4096;
constexpr char kExtensionsHeader[] = "Sec-WebSocket-Extensions";

// Returns a header, or nullopt if it was not sent. The library's own getter does not tell a missing
// header from an empty one.
std::optional<std::string> HeaderOf(const Peer& peer, const char* name) {
  const auto& headers = peer.get_request().get_headers();
  const auto header = headers.find(name);
  if (header == headers.end()) return std::nullopt;
  return header->second;
}

class LibraryShard : public WsShard {
 public:
  LibraryShard(const Options& options, Admission* admission)
      : options_(options), admission_(admission), io_(1), tick_timer_(io_) {
    SetUpEndpoint();
    sockets_.options = options.sockets;
    sockets_.timers = &timers_;
    sockets_.sent_bytes = &sent_bytes_.websocket;
    sockets_.closed = [this](const std::shared_ptr<WebSocket>& socket) { open_.erase(socket); };
  }

  void SetHandler(std::unique_ptr<ShardHandler> handler) override {
    handler_ = std::move(handler);
    sockets_.handler = handler_.get();
  }

  absl::Status Listen(const std::string& address, uint16_t port) override {
    ws::lib::error_code error;
    const auto parsed = asio::ip::make_address(address, error);
    if (!error) endpoint_.listen(asio::ip::tcp::endpoint(parsed, port), error);
    if (!error) endpoint_.start_accept(error);
    if (!error) return absl::OkStatus();
    return absl::UnavailableError("cannot listen on " + address + ": " + error.message());
  }

  void Start() override {
    Tick();
    thread_ = std::thread([this] { Run(); });
  }

  void Post(std::function<void()> task) override {
    asio::post(io_, [task = std::move(task)] { RunOrEnd(task); });
  }

  bool IsCurrent() const override { return current_ == this; }

  const SentBytes& sent_bytes() const override { return sent_bytes_; }

  void StopListening() override {
    Post([this] {
      ws::lib::error_code error;
      endpoint_.stop_listening(error);
    });
  }

  void Stop() override {
    Post([this] {
      for (const auto& socket : open_) socket->Abandon();
      handler_->OnStop();
      Post([this] { io_.stop(); });
    });
    if (thread_.joinable()) thread_.join();
  }

 private:
  void SetUpEndpoint() {
    ws::lib::error_code error;
    endpoint_.init_asio(&io_, error);
    endpoint_.set_reuse_addr(true);
    endpoint_.set_listen_backlog(kListenBacklog);
    endpoint_.set_user_agent("");
    endpoint_.set_max_message_size(options_.sockets.max_message_bytes);
    endpoint_.set_max_http_body_size(options_.max_body_bytes);
    endpoint_.set_open_handshake_timeout(absl::ToInt64Milliseconds(options_.handshake_timeout));
    endpoint_.set_tcp_pre_bind_handler([](const auto& acceptor) {
      const int failed = SharePort(acceptor->native_handle()) ? 0 : errno;
      return ws::lib::error_code(failed, std::system_category());
    });
    endpoint_.set_tcp_pre_init_handler([this](auto h) { OnAccepted(*Find(h)); });
    endpoint_.set_validate_handler([this](auto h) { return Validate(*Find(h)); });
    endpoint_.set_http_handler([this](auto h) { OnHttp(Find(h)); });
    endpoint_.set_open_handler([this](auto h) { OnOpen(Find(h)); });
  }

  // Runs one of the edge's tasks, and ends the program if the task throws.
  static void RunOrEnd(const std::function<void()>& task) {
    try {
      task();
    } catch (const std::exception& error) {
      LC_CHECK(false) << "a task of a shard threw: " << error.what();
    }
  }

  // Returns the connection of a handle. Handlers run while the library holds the connection, so it
  // is never null.
  PeerPtr Find(const ws::connection_hdl& handle) {
    return std::static_pointer_cast<Peer>(handle.lock());
  }

  void Run() {
    current_ = this;
    shard_deflater = options_.compression ? &deflater_ : nullptr;
    while (true) {
      try {
        io_.run();
        return;
      } catch (const std::exception& error) {
        // The library threw because of one connection. The others go on.
        spdlog::error("the WebSocket library failed: {}", error.what());
      }
    }
  }

  void Tick() {
    tick_timer_.expires_after(absl::ToChronoMilliseconds(options_.tick));
    tick_timer_.async_wait([this](const asio::error_code& error) {
      if (error) return;
      RunOrEnd([this] {
        const absl::Time now = SteadyNow();
        timers_.RunDue(now);
        handler_->OnTick(now);
      });
      Tick();
    });
  }

  void OnAccepted(Peer& peer) {
    ws::lib::error_code error;
    const auto address = peer.get_raw_socket().remote_endpoint(error).address();
    peer.OnAccepted(admission_, error ? "" : address.to_string());
    if (peer.verdict() == AdmissionVerdict::kFlood) {
      // The library then fails to read from the socket, and releases the connection.
      peer.get_raw_socket().close(error);
      return;
    }
    TuneConnection(peer.get_raw_socket().native_handle(), options_.send_buffer_bytes,
                   options_.tcp_timeout);
  }

  HttpRequest RequestOf(const Peer& peer) const {
    HttpRequest request = MakeHttpRequest(
        peer.get_request().get_method(), peer.get_request().get_uri(), peer.get_request_body(),
        [&peer](const char* name) { return HeaderOf(peer, name); });
    request.verdict = peer.verdict();
    return request;
  }

  bool Validate(Peer& peer) {
    if (const auto refusal = handler_->Refuse(RequestOf(peer))) {
      peer.remove_header(kExtensionsHeader);
      Fill(*refusal, &peer);
      return false;
    }
    ws::lib::error_code error;
    peer.select_subprotocol(SelectSubprotocol(peer.get_requested_subprotocols()), error);
    return !error;
  }

  void OnHttp(const PeerPtr& peer) {
    (void)peer->defer_http_response();
    auto responder = std::make_shared<Responder>(peer, options_.sockets, &timers_, &sent_bytes_);
    peer->SetDeadline(&timers_, SteadyNow() + options_.http_timeout,
                      [raw = peer.get()] { DropHttp(raw); });
    handler_->OnHttp(RequestOf(*peer), std::move(responder));
  }

  void OnOpen(const PeerPtr& peer) {
    Handshake handshake{HandshakeToken(peer->get_request_header("Authorization"),
                                       peer->get_requested_subprotocols())};
    // The answer has this header only if compression was agreed on.
    const bool compresses = !peer->get_response_header(kExtensionsHeader).empty();
    if (!peer->get_raw_socket().is_open()) return;
    const auto socket =
        std::make_shared<WebSocket>(&sockets_, std::move(peer->get_raw_socket()),
                                    compresses ? &deflater_ : nullptr, peer->TakeAdmitted());
    open_.insert(socket);
    socket->Open(std::move(handshake));
    peer->SetUpgraded([socket](char* early, size_t bytes) { socket->Start(early, bytes); });
  }

  // The shard that runs on this thread.
  static thread_local const LibraryShard* current_;

  const Options options_;
  Admission* const admission_;
  // The handler is destroyed after the loop: tasks that are left in the loop may hold sessions,
  // which use the handler.
  std::unique_ptr<ShardHandler> handler_;
  Timers timers_;
  Deflater deflater_;
  asio::io_context io_;
  asio::steady_timer tick_timer_;
  Endpoint endpoint_;
  SentBytes sent_bytes_;
  WebSocket::Context sockets_;
  absl::flat_hash_set<std::shared_ptr<WebSocket>> open_;
  std::thread thread_;
};

thread_local const LibraryShard* LibraryShard::current_ = nullptr;

}  // namespace

std::unique_ptr<WsShard> WsShard::Make(const Options& options, Admission* admission) {
  return std::make_unique<LibraryShard>(options, admission);
}

FramePtr MakeWireFrame(FrameText frame) {
  return std::make_shared<PreparedFrame>(ws::frame::opcode::text, std::move(frame));
}

}  // namespace ledgercast
