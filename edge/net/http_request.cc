#include "edge/net/http_request.h"

#include <utility>

namespace ledgercast {

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
