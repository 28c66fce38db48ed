#ifndef EDGE_SESSIONS_TOKEN_EXPIRY_H_
#define EDGE_SESSIONS_TOKEN_EXPIRY_H_

#include <functional>

#include "edge/net/socket.h"
#include "edge/net/timers.h"
#include "edge/sessions/shard_context.h"
#include "services/common/auth/identity.h"

namespace ledgercast {

// Asks a client for another token in good time, and runs `end` once the token of `identity` has
// expired. The client is asked by a `reauthenticate` frame, TokenTimes::reauthenticate_lead before
// the end, or after three quarters of what is left of the token's life if that is later. Whoever
// owns `timer` ends this by setting or clearing it. `context` and `socket` outlive it.
void AwaitTokenExpiry(const ShardContext* context, const Identity& identity, Socket* socket,
                      Timer* timer, std::function<void()> end);

}  // namespace ledgercast

#endif  // EDGE_SESSIONS_TOKEN_EXPIRY_H_
