#include "edge/status/status_requests.h"

#include <string>
#include <utility>

#include "edge/http/error_response.h"
#include "edge/http/query.h"
#include "services/common/base/errors.h"

namespace ledgercast {

void StatusRequests::Open(const HttpRequest& request, std::shared_ptr<HttpResponder> responder) {
  v1::StatusRequest asked;
  if (const absl::Status status = ParseQuery(request.query, &asked); !status.ok()) {
    return responder->Reply(ErrorResponse(status));
  }
  const auto query = ParseStatusQuery(asked);
  if (!query.ok()) return responder->Reply(ErrorResponse(query.status()));
  tokens_->Judge(
      std::string(BearerToken(request.authorization)),
      [this, query = *query, responder = std::move(responder)](
          const absl::StatusOr<Identity>& identity) { OnJudged(identity, query, responder); });
}

void StatusRequests::OnJudged(const absl::StatusOr<Identity>& identity, const StatusQuery& query,
                              const std::shared_ptr<HttpResponder>& responder) {
  if (!identity.ok()) return responder->Reply(ErrorResponse(identity.status()));
  if (!identity->is_admin()) {
    return responder->Reply(
        ErrorResponse(MakeError(absl::StatusCode::kPermissionDenied, reason::kNotAllowed,
                                "only admins see who is connected")));
  }
  // Parts of the answer are made by other shards, which must not hold the responder.
  const WaitingRequests::Answer answer = requests_->Add(responder);
  const absl::Status busy = collector_->Gather(query, [answer](std::string status) {
    answer(HttpResponse::FreshJson(200, std::move(status)));
  });
  if (!busy.ok()) requests_->Take(answer)->Reply(ErrorResponse(busy));
}

}  // namespace ledgercast
