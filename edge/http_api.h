#ifndef EDGE_HTTP_API_H_
#define EDGE_HTTP_API_H_

#include <memory>
#include <string_view>

#include "edge/http.h"
#include "edge/service.h"
#include "edge/socket.h"
#include "edge/static_files.h"

namespace ledgercast {

// The edge's HTTP requests: /v1/... are the service's RPCs as JSON, made with the caller's
// own token; everything else is the browser UI. Immutable, so shared by all shards; answers
// are given on the shard's thread.
class HttpApi {
 public:
  struct Options {
    size_t max_body_bytes = 8 << 10;
  };

  // `service` and `files` must outlive this and the calls under way.
  HttpApi(const Options& options, Service* service, const StaticFiles* files)
      : options_(options), service_(service), files_(files) {}

  void Handle(const HttpRequest& request, std::shared_ptr<HttpResponder> responder,
              Shard* shard) const;

 private:
  // Where an answer goes from whatever thread it comes on.
  struct Reply {
    std::shared_ptr<HttpResponder> responder;
    Shard* shard;
    void operator()(HttpResponse response) const;
  };
  struct Route;

  static const Route* FindRoute(std::string_view method, std::string_view path, bool* known_path);

  void PostToken(const HttpRequest& request, const Reply& reply) const;
  void PostTransaction(const HttpRequest& request, const Reply& reply) const;
  void ListTransactions(const HttpRequest& request, const Reply& reply) const;
  void GetTransaction(const HttpRequest& request, const Reply& reply) const;
  void ListAccounts(const HttpRequest& request, const Reply& reply) const;
  void GetAccount(const HttpRequest& request, const Reply& reply) const;

  const Options options_;
  Service* const service_;
  const StaticFiles* const files_;
};

}  // namespace ledgercast

#endif  // EDGE_HTTP_API_H_
