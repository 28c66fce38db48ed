#ifndef EDGE_SESSIONS_TOKEN_CHECKS_H_
#define EDGE_SESSIONS_TOKEN_CHECKS_H_

#include <memory>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "edge/sessions/shard_context.h"
#include "edge/sessions/token_check.h"

namespace ledgercast {

// Judges the tokens of a shard's HTTP requests before anything is done for them, so that a
// stranger's request costs the service nothing. Each request under way has at most one token here.
//
// Confined to the shard's thread.
class TokenChecks {
 public:
  // `context` outlives this.
  explicit TokenChecks(const ShardContext* context) : context_(*context) {}

  // Judges a token. `done` may run before this returns, and never runs once this object is
  // destroyed.
  void Judge(std::string token, TokenCheck::Done done);
  // Forgets all tokens that wait; their `done` never runs.
  void LetGo() { checks_.clear(); }

 private:
  const ShardContext& context_;
  // Tokens that wait to be judged.
  absl::flat_hash_set<std::shared_ptr<TokenCheck>> checks_;
};

}  // namespace ledgercast

#endif  // EDGE_SESSIONS_TOKEN_CHECKS_H_
