#ifndef EDGE_HTTP_API_H_
#define EDGE_HTTP_API_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edge/http/static_files.h"
#include "edge/http/waiting_requests.h"
#include "edge/net/http.h"
#include "edge/net/shard.h"
#include "edge/sessions/http_streams.h"
#include "edge/sessions/token_checks.h"
#include "edge/status/status_requests.h"
#include "edge/upstream/service.h"

namespace ledgercast {

// Answers the edge's HTTP requests. Paths under /v1/ are the feed, the status and the service's
// RPCs as JSON. An RPC is made with the caller's own token, once that was found good. All other
// paths are the browser UI. Immutable, so all shards share it. Answers are given on the shard's
// thread.
class HttpApi {
 public:
  struct Options {
    size_t max_body_bytes = 8 << 10;
    // Origins, besides the edge's own, whose pages' scripts may read the answers.
    std::vector<std::string> allowed_origins;
  };

  // Holds the parts of the shard that a request came to.
  struct ShardParts {
    WaitingRequests* requests;
    TokenChecks* tokens;
    HttpStreams* streams;
    StatusRequests* status;
    const ShardContext* context;
  };

  // `service` and `files` must outlive this and the calls under way.
  HttpApi(const Options& options, Service* service, const StaticFiles* files)
      : options_(options), service_(service), files_(files) {}

  void Handle(HttpRequest request, std::shared_ptr<HttpResponder> responder,
              const ShardParts& parts) const;

 private:
  // Answers a request, from any thread.
  struct Reply {
    WaitingRequests::Answer answer;
    ShardParts parts;
    void operator()(HttpResponse response) const { answer(std::move(response)); }
    // Hands the request over to the caller. Call it only on the shard's thread.
    std::shared_ptr<HttpResponder> Take() const { return parts.requests->Take(answer); }
  };
  enum class Token;
  struct Route;

  // Returns an index of kHttpRoutes. Adds to `allowed` the methods that the path has, or nothing if
  // the path does not exist.
  static size_t FindRoute(std::string_view method, std::string_view path, std::string* allowed);
  // Answers a request that no route takes. `allowed` is what FindRoute() has added.
  HttpResponse AnswerWithoutRoute(const HttpRequest& request, const std::string& allowed) const;
  // Returns the refusal of a request that no route may take, else nullopt.
  std::optional<HttpResponse> Refuse(const HttpRequest& request) const;

  void PostToken(const HttpRequest& request, const Reply& reply) const;
  void PostTransaction(const HttpRequest& request, const Reply& reply) const;
  void ListTransactions(const HttpRequest& request, const Reply& reply) const;
  void GetTransaction(const HttpRequest& request, const Reply& reply) const;
  void ListAccounts(const HttpRequest& request, const Reply& reply) const;
  void GetAccount(const HttpRequest& request, const Reply& reply) const;
  void Digest(const HttpRequest& request, const Reply& reply) const;
  void Events(const HttpRequest& request, const Reply& reply) const;
  void Poll(const HttpRequest& request, const Reply& reply) const;
  void Status(const HttpRequest& request, const Reply& reply) const;

  // Answers with the result of the service's `call`, which is ended if the client leaves before.
  template <typename Request, typename Response>
  void Read(const HttpRequest& request, const Reply& reply, Request message,
            void (Service::*call)(Caller, Request, Service::Done<Response>)) const;
  // Reads the message from the query, and then does the same as Read().
  template <typename Request, typename Response>
  void AskQuery(const HttpRequest& request, const Reply& reply,
                void (Service::*call)(Caller, Request, Service::Done<Response>)) const;

  const Options options_;
  Service* const service_;
  const StaticFiles* const files_;
};

}  // namespace ledgercast

#endif  // EDGE_HTTP_API_H_
