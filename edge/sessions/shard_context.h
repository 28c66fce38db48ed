#ifndef EDGE_SESSIONS_SHARD_CONTEXT_H_
#define EDGE_SESSIONS_SHARD_CONTEXT_H_

#include <functional>
#include <memory>

#include "absl/time/time.h"
#include "edge/delivery/hub.h"
#include "edge/metrics/counts.h"
#include "edge/net/admission.h"
#include "edge/net/shard.h"
#include "edge/net/timers.h"
#include "edge/protocol/wire_frame.h"
#include "edge/sessions/client_id.h"
#include "edge/upstream/service.h"
#include "services/common/auth/keys.h"
#include "services/common/auth/revoked_tokens.h"
#include "services/common/base/clock.h"

namespace ledgercast {

// Limits the time that clients have for their tokens.
struct TokenTimes {
  // Longest time that a socket may stay open without a token, and that the edge may take to judge a
  // token.
  absl::Duration authenticate_timeout = absl::Seconds(5);
  // How long before its token ends a client is asked for another one: see AwaitTokenExpiry().
  absl::Duration reauthenticate_lead = absl::Seconds(60);
};

// What the clients of one shard share, whatever their transport; outlives them.
struct ShardContext {
  TokenTimes token_times;
  Hub* hub = nullptr;
  Timers* timers = nullptr;
  KeySource* keys = nullptr;
  // Returns what is known of revoked tokens; never null.
  std::function<std::shared_ptr<const RevokedTokens>()> revoked;
  Service* service = nullptr;
  Shard* shard = nullptr;
  Admission* admission = nullptr;
  ClientIds* client_ids = nullptr;
  FrameMaker make_frame;
  // Timers and deadlines use `steady`. `wall` judges tokens, and measures the time since
  // create_time.
  Clocks clocks;
  // Draws from [0, 1).
  std::function<double()> random;
  ShardCounts* counts = nullptr;
};

}  // namespace ledgercast

#endif  // EDGE_SESSIONS_SHARD_CONTEXT_H_
