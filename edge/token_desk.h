#ifndef EDGE_TOKEN_DESK_H_
#define EDGE_TOKEN_DESK_H_

#include <memory>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "edge/shard_context.h"
#include "edge/token_claim.h"

namespace ledgercast {

// Judges the tokens of a shard's HTTP requests before anything is done for them, so that a
// stranger's request costs the service nothing. Each request under way has at most one token here.
//
// Confined to the shard's thread.
class TokenDesk {
 public:
  // `context` outlives this.
  TokenDesk(absl::Duration authenticate_timeout, const ShardContext* context)
      : authenticate_timeout_(authenticate_timeout), context_(*context) {}

  // Judges a token. `done` may run before this returns, and never runs once the desk is gone.
  void Judge(std::string token, TokenClaim::Done done);
  // Forgets all that wait; their `done` never runs.
  void LetGo() { claims_.clear(); }

 private:
  const absl::Duration authenticate_timeout_;
  const ShardContext& context_;
  // Tokens that wait to be judged.
  absl::flat_hash_set<std::shared_ptr<TokenClaim>> claims_;
};

}  // namespace ledgercast

#endif  // EDGE_TOKEN_DESK_H_
