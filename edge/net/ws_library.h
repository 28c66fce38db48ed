#ifndef EDGE_NET_WS_LIBRARY_H_
#define EDGE_NET_WS_LIBRARY_H_

#include <asio.hpp>
#include <cstddef>
#include <memory>
#include <utility>
#include <websocketpp/concurrency/none.hpp>
#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/extensions/permessage_deflate/disabled.hpp>
#include <websocketpp/logger/stub.hpp>
#include <websocketpp/server.hpp>

#include "edge/net/connection.h"
#include "edge/net/deflate.h"
#include "edge/net/tcp.h"

// Sets up the WebSocket library for the edge: each shard has one thread, the library writes no
// logs, and a connection keeps no state for compression. Connections end in a way that lets the
// peer read the reason. This header takes 7 s to compile.
namespace ledgercast {

// A TCP socket that is closed for sending first. The library's own socket is closed both ways as
// soon as the close frame is written. A peer that still sends then gets a reset, which throws away
// what it has not read yet: the edge's close frame or HTTP answer.
class DrainedSocket : public websocketpp::transport::asio::basic_socket::connection {
 protected:
  using Done = websocketpp::transport::asio::socket::shutdown_handler;

  // `done` keeps this object alive. The library gives up after `timeout_socket_shutdown`.
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

// The deflater of the shard that runs on this thread; null if the shard does not compress. It is
// global because the library makes the extensions of its connections itself and hands them nothing.
inline thread_local Deflater* shard_deflater = nullptr;

// Decides whether a connection may send and receive compressed messages. The library's own
// extension keeps 40 kB for each connection and compresses every message anew for each one. It also
// inflates messages to any size.
class DeflateExtension : public websocketpp::extensions::permessage_deflate::disabled<void> {
 public:
  bool is_implemented() const { return shard_deflater != nullptr; }
  bool is_enabled() const { return is_enabled_; }

  std::pair<websocketpp::lib::error_code, std::string> negotiate(
      const websocketpp::http::attribute_list& offer) {
    const auto answer = AnswerDeflateOffer(offer);
    if (!answer.has_value()) return disabled::negotiate(offer);
    is_enabled_ = true;
    return {{}, *answer};
  }
  void Enable(bool enabled) { is_enabled_ = enabled; }

 private:
  bool is_enabled_ = false;
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
  [[maybe_unused]] static const size_t connection_read_buffer_size = 4096;
  using permessage_deflate_type = DeflateExtension;
};

}  // namespace ledgercast

// Replaces two steps of the library's reader. The library's steps pass compressed bytes on as they
// come, so the size limit is checked when they have already grown. They also let a text in several
// frames end in the middle of a character. Here a compressed message is gathered up to the limit
// and then inflated as a whole, again up to the limit.
namespace websocketpp::processor {

template <>
inline size_t hybi13<ledgercast::WsConfig>::process_payload_bytes(uint8_t* buf, size_t len,
                                                                  lib::error_code& ec) {
  // Only the first frame of a message may say that it is compressed.
  if (frame::get_rsv1(m_basic_header) &&
      frame::get_opcode(m_basic_header) == frame::opcode::continuation) {
    ec = make_error_code(error::invalid_rsv_bit);
    return 0;
  }
  if (frame::get_masked(m_basic_header)) {
    m_current_msg->prepared_key = frame::byte_mask_circ(buf, len, m_current_msg->prepared_key);
  }
  const auto& message = m_current_msg->msg_ptr;
  message->get_raw_payload().append(reinterpret_cast<const char*>(buf), len);
  if (message->get_opcode() == frame::opcode::text && !message->get_compressed() &&
      !m_current_msg->validator.decode(buf, buf + len)) {
    ec = make_error_code(error::invalid_utf8);
    return 0;
  }
  m_bytes_needed -= len;
  return len;
}

template <>
inline lib::error_code hybi13<ledgercast::WsConfig>::finalize_message() {
  using Inflated = ledgercast::Deflater::Inflated;
  const auto& message = m_current_msg->msg_ptr;
  std::string& payload = message->get_raw_payload();
  auto& validator = m_current_msg->validator;
  const bool is_text = message->get_opcode() == frame::opcode::text;
  if (message->get_compressed()) {
    const std::string compressed = std::exchange(payload, {});
    const Inflated result =
        ledgercast::shard_deflater->Inflate(compressed, m_max_message_size, &payload);
    if (result == Inflated::kTooBig) return make_error_code(error::message_too_big);
    if (result == Inflated::kMalformed) return make_error_code(error::invalid_payload);
    if (is_text && !validator.decode(payload.begin(), payload.end())) {
      return make_error_code(error::invalid_utf8);
    }
  }
  if (is_text && !validator.complete()) return make_error_code(error::invalid_utf8);
  m_state = READY;
  return {};
}

}  // namespace websocketpp::processor

namespace websocketpp {

// The library calls this when it has answered the upgrade. From here on the connection no longer
// belongs to the library.
template <>
inline void connection<ledgercast::WsConfig>::handle_read_frame(const lib::error_code& /*error*/,
                                                                size_t bytes_transferred) {
  m_state = session::state::closed;
  HandOver(m_buf, bytes_transferred);
}

// The library would build these log lines even though nobody reads them.
template <>
inline void connection<ledgercast::WsConfig>::log_open_result() {}
template <>
inline void connection<ledgercast::WsConfig>::log_http_result() {}
template <>
inline void connection<ledgercast::WsConfig>::log_fail_result() {}

}  // namespace websocketpp

namespace ledgercast {

// Parses what a peer sends, message by message. Between two messages it keeps nothing of a peer, so
// one reader serves many peers.
class FrameReader : public websocketpp::processor::hybi13<WsConfig> {
 public:
  explicit FrameReader(size_t max_message_bytes)
      : hybi13(/*secure=*/false, /*p_is_server=*/true,
               std::make_shared<WsConfig::con_msg_manager_type>(), random_) {
    set_max_message_size(max_message_bytes);
  }

  // Sets whether messages may be compressed.
  void AllowCompressed(bool allow) { m_permessage_deflate.Enable(allow); }

  bool between_messages() const {
    return m_state == HEADER_BASIC && m_bytes_needed == websocketpp::frame::BASIC_HEADER_LENGTH &&
           m_data_msg.msg_ptr == nullptr;
  }

 private:
  // The library's reader demands a source of random masks. Only clients mask what they send.
  static inline WsConfig::rng_type random_;
};

}  // namespace ledgercast

#endif  // EDGE_NET_WS_LIBRARY_H_
