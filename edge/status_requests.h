#ifndef EDGE_STATUS_REQUESTS_H_
#define EDGE_STATUS_REQUESTS_H_

#include <memory>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "edge/http.h"
#include "edge/shard_context.h"
#include "edge/socket.h"
#include "edge/status_board.h"
#include "edge/token_claim.h"

namespace ledgercast {

// A shard's requests of GET /v1/status. The edge answers them itself, so it judges their tokens,
// as it does those of the clients that they are about.
//
// Confined to the shard's thread.
class StatusRequests {
 public:
  // `context`, `board` outlive this.
  StatusRequests(absl::Duration authenticate_timeout, const ShardContext* context,
                 StatusBoard* board)
      : authenticate_timeout_(authenticate_timeout), context_(*context), board_(board) {}

  // Of one that carries a token.
  void Open(const HttpRequest& request, std::shared_ptr<HttpResponder> responder);

 private:
  void OnJudged(const absl::StatusOr<Identity>& identity, const StatusQuery& query,
                const std::shared_ptr<HttpResponder>& responder);

  const absl::Duration authenticate_timeout_;
  const ShardContext& context_;
  StatusBoard* const board_;
  // Of the tokens that wait to be judged.
  absl::flat_hash_set<std::shared_ptr<TokenClaim>> claims_;
};

}  // namespace ledgercast

#endif  // EDGE_STATUS_REQUESTS_H_
