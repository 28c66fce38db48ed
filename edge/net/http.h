#ifndef EDGE_NET_HTTP_H_
#define EDGE_NET_HTTP_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edge/net/admission.h"
#include "services/common/base/call_ids.h"

namespace ledgercast {

struct HttpRequest {
  std::string method;
  // The path without the query, not decoded.
  std::string path;
  // The text after the '?', not decoded.
  std::string query;
  std::string host;
  std::string origin;
  std::string authorization;
  // An empty header differs from a missing one: a caller that sends it meant to name its
  // transaction.
  std::optional<std::string> idempotency_key;
  std::string last_event_id;
  // The method that a CORS preflight asks for.
  std::string access_control_request_method;
  std::string if_none_match;
  std::string accept_encoding;
  std::string transfer_encoding;
  std::string websocket_version;
  CallIds ids;
  std::string body;
  AdmissionVerdict verdict = AdmissionVerdict::kAdmitted;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  // It is shared, so that a static file is not copied into every answer.
  std::shared_ptr<const std::string> body;
  std::vector<std::pair<std::string, std::string>> headers;

  static HttpResponse Json(int status, std::string text) {
    HttpResponse response;
    response.status = status;
    response.body = std::make_shared<const std::string>(std::move(text));
    return response;
  }

  // Makes an answer about the ledger or the edge at this moment, which no cache may keep.
  static HttpResponse FreshJson(int status, std::string text) {
    HttpResponse response = Json(status, std::move(text));
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
  }
};

}  // namespace ledgercast

#endif  // EDGE_NET_HTTP_H_
