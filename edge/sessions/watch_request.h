#ifndef EDGE_SESSIONS_WATCH_REQUEST_H_
#define EDGE_SESSIONS_WATCH_REQUEST_H_

#include "absl/status/statusor.h"
#include "edge/delivery/watch.h"
#include "edge/sessions/shard_context.h"
#include "ledgercast/v1/frames.pb.h"
#include "services/common/auth/identity.h"

// These functions do what is the same for every client that watches, whatever its transport.
namespace ledgercast {

// Makes the reader that `wanted` asks for, limited to what `identity` may see. The caller has to
// set its socket. Returns INVALID_ARGUMENT or PERMISSION_DENIED if there cannot be such a reader,
// and OUT_OF_RANGE (with `head`) if the cursor is of another ledger. The edge must be ready.
absl::StatusOr<WatchPtr> MakeWatch(const ShardContext& context, const Identity& identity,
                                   const v1::WatchFrame& wanted);

// Makes a `goingAway` frame for a client that watches by `watch`, which is null if it does not
// watch.
FramePtr GoingAway(const ShardContext& context, const Watch* watch, absl::Duration reconnect_after);

}  // namespace ledgercast

#endif  // EDGE_SESSIONS_WATCH_REQUEST_H_
