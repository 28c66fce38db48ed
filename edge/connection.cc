#include "edge/connection.h"

#include <utility>

namespace ledgercast {

Connection::~Connection() {
  if (admission_ != nullptr) admission_->Exit();
}

void Connection::OnAccepted(Admission* admission, const std::string& address) {
  admission_ = admission;
  crowd_ = admission->Enter(address, &of_address_);
}

void Connection::SetDeadline(Timers* timers, absl::Time due, std::function<void()> give_up) {
  deadline_.emplace(timers).Set(due, std::move(give_up));
}

void Connection::OnOpen(std::unique_ptr<Socket> socket, std::unique_ptr<KeepAlive> keep_alive,
                        Handshake handshake, ShardHandler* shard) {
  socket_ = std::move(socket);
  keep_alive_ = std::move(keep_alive);
  handler_ = shard->OnOpen(socket_.get(), std::move(handshake));
}

void Connection::OnMessage(bool is_text, std::string_view payload) {
  keep_alive_->OnSign();
  if (is_text) return handler_->OnMessage(payload);
  handler_->OnBinary(payload);
}

void Connection::OnControlFrame() {
  keep_alive_->OnSign();
  handler_->OnControlFrame();
}

void Connection::OnClosing(int code) {
  if (closing_code_ == 0) closing_code_ = code;
}

void Connection::OnClose(int code) {
  keep_alive_.reset();
  handler_->OnClose(closing_code_ == 0 ? code : closing_code_);
  handler_.reset();
}

HttpRequest MakeHttpRequest(std::string method, const std::string& target, std::string body,
                            const std::function<std::optional<std::string>(const char*)>& header) {
  const auto text = [&header](const char* name) { return header(name).value_or(""); };
  HttpRequest request;
  const size_t question = target.find('?');
  request.method = std::move(method);
  request.path = target.substr(0, question);
  if (question != std::string::npos) request.query = target.substr(question + 1);
  request.host = text("Host");
  request.origin = text("Origin");
  request.authorization = text("Authorization");
  request.idempotency_key = header("Idempotency-Key");
  request.last_event_id = text("Last-Event-ID");
  request.access_control_request_method = text("Access-Control-Request-Method");
  request.if_none_match = text("If-None-Match");
  request.accept_encoding = text("Accept-Encoding");
  request.transfer_encoding = text("Transfer-Encoding");
  request.websocket_version = text("Sec-WebSocket-Version");
  request.ids = CallIdsOf(text(kRequestIdKey), text(kTraceparentKey));
  request.body = std::move(body);
  return request;
}

}  // namespace ledgercast
