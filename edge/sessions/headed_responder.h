#ifndef EDGE_SESSIONS_HEADED_RESPONDER_H_
#define EDGE_SESSIONS_HEADED_RESPONDER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "edge/net/http.h"
#include "edge/net/shard.h"
#include "edge/net/socket.h"
#include "edge/protocol/http_routes.h"
#include "edge/sessions/shard_context.h"
#include "services/trace/span.h"

namespace ledgercast {

// Answers through `responder` and adds the headers that every answer has. It also counts how long
// the answer took, by route and class of status. Confined to the shard's thread.
class HeadedResponder : public HttpResponder {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;
  // `route` is an index of kHttpRoutes. `context` outlives this. `span` ends with the answer.
  HeadedResponder(std::shared_ptr<HttpResponder> responder, Headers headers, size_t route,
                  const ShardContext* context, Span span)
      : responder_(std::move(responder)),
        headers_(std::move(headers)),
        route_(route),
        span_(std::move(span)),
        context_(*context),
        began_(context->clocks.steady()) {}

  void Reply(HttpResponse response) override {
    Count(response);
    responder_->Reply(WithHeaders(std::move(response)));
  }
  Link link() const override { return responder_->link(); }
  Socket* ReplyEvents(HttpResponse head, std::shared_ptr<SocketHandler> handler) override {
    Count(head);
    return responder_->ReplyEvents(WithHeaders(std::move(head)), std::move(handler));
  }
  void OnGone(std::function<void()> gone) override { responder_->OnGone(std::move(gone)); }

 private:
  void Count(const HttpResponse& response) {
    context_.counts->http[route_][StatusClassOf(response.status)].Add(
        context_.clocks.steady() - began_, 1);
    span_.Set("http.response.status_code", int64_t{response.status});
    span_.End(response.status < 500 ? absl::OkStatus() : absl::UnknownError(""));
  }
  HttpResponse WithHeaders(HttpResponse response) const {
    response.headers.insert(response.headers.end(), headers_.begin(), headers_.end());
    return response;
  }

  const std::shared_ptr<HttpResponder> responder_;
  const Headers headers_;
  const size_t route_;
  const Span span_;
  const ShardContext& context_;
  const absl::Time began_;
};

}  // namespace ledgercast

#endif  // EDGE_SESSIONS_HEADED_RESPONDER_H_
