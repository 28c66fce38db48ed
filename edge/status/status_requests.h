#ifndef EDGE_STATUS_STATUS_REQUESTS_H_
#define EDGE_STATUS_STATUS_REQUESTS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "edge/http/waiting_requests.h"
#include "edge/net/http.h"
#include "edge/net/shard.h"
#include "edge/sessions/token_checks.h"
#include "edge/status/status_collector.h"

namespace ledgercast {

// Answers a shard's requests of GET /v1/status. The service takes no part in this, so the edge
// judges the tokens itself, as it does for all its clients.
//
// Confined to the shard's thread.
class StatusRequests {
 public:
  // All three arguments outlive this.
  StatusRequests(TokenChecks* tokens, WaitingRequests* requests, StatusCollector* collector)
      : tokens_(tokens), requests_(requests), collector_(collector) {}

  // Answers a request that carries a token.
  void Open(const HttpRequest& request, std::shared_ptr<HttpResponder> responder);

 private:
  void OnJudged(const absl::StatusOr<Identity>& identity, const StatusQuery& query,
                const std::shared_ptr<HttpResponder>& responder);

  TokenChecks* const tokens_;
  WaitingRequests* const requests_;
  StatusCollector* const collector_;
};

}  // namespace ledgercast

#endif  // EDGE_STATUS_STATUS_REQUESTS_H_
