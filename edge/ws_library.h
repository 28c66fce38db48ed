#ifndef EDGE_WS_LIBRARY_H_
#define EDGE_WS_LIBRARY_H_

#include <asio.hpp>
#include <cstddef>
#include <utility>
#include <websocketpp/concurrency/none.hpp>
#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/logger/stub.hpp>
#include <websocketpp/server.hpp>

#include "edge/connection.h"
#include "edge/tcp.h"

// The WebSocket library as the edge has it: one thread a shard, no logs of its own, and
// connections that end in a way that lets the peer read the reason. Only ws_shard.cc includes
// this: 7 s of compiling.
namespace ledgercast {

// A TCP socket that is closed for sending first. The library's own shuts down both ways as
// soon as the close frame is written; a peer that is still sending then gets a reset, which
// throws away what it has not read yet: our close frame, or our HTTP answer.
class DrainedSocket : public websocketpp::transport::asio::basic_socket::connection {
 protected:
  using Done = websocketpp::transport::asio::socket::shutdown_handler;

  // `done` keeps this object. The library gives up after `timeout_socket_shutdown`.
  void async_shutdown(Done done) {
    asio::error_code error;
    get_socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    if (error) return done(error);
    Drain(std::move(done), kMaxDrainedBytes);
  }

 private:
  static constexpr size_t kMaxDrainedBytes = 8 << 20;

  void Drain(Done done, size_t budget_bytes) {
    get_socket().async_wait(
        asio::ip::tcp::socket::wait_read,
        [this, done = std::move(done), budget_bytes](asio::error_code error) mutable {
          if (!error && DiscardReceived(get_socket().native_handle(), &budget_bytes)) {
            return Drain(std::move(done), budget_bytes);
          }
          done(error);
        });
  }
};

struct DrainedSocketPolicy : websocketpp::transport::asio::basic_socket::endpoint {
  using type = DrainedSocketPolicy;
  using socket_con_type = DrainedSocket;
  using socket_con_ptr = socket_con_type::ptr;
};

struct WsConfig : websocketpp::config::asio {
  using type = WsConfig;
  // A connection is only ever touched by its shard's thread.
  using concurrency_type = websocketpp::concurrency::none;
  using alog_type = websocketpp::log::stub;
  using elog_type = websocketpp::log::stub;
  using connection_base = Connection;  // Ours; the library derives its own from it.
  [[maybe_unused]] static const bool enable_multithreading = false;
  struct transport_config : websocketpp::config::asio::transport_config {
    using concurrency_type = type::concurrency_type;
    using alog_type = type::alog_type;
    using elog_type = type::elog_type;
    using socket_type = DrainedSocketPolicy;
    [[maybe_unused]] static const bool enable_multithreading = false;
    static const long timeout_socket_shutdown = 2000;  // ms
  };
  using transport_type = websocketpp::transport::asio::endpoint<transport_config>;
  [[maybe_unused]] static const size_t connection_read_buffer_size = 1024;
};

}  // namespace ledgercast

// A step of the library's reader. Its own asks only the last frame whether it is text, so that a
// text in several frames may end in the middle of a character.
namespace websocketpp::processor {

template <>
inline lib::error_code hybi13<ledgercast::WsConfig>::finalize_message() {
  const bool is_text = m_current_msg->msg_ptr->get_opcode() == frame::opcode::text;
  if (is_text && !m_current_msg->validator.complete()) return make_error_code(error::invalid_utf8);
  m_state = READY;
  return {};
}

}  // namespace websocketpp::processor

#endif  // EDGE_WS_LIBRARY_H_
