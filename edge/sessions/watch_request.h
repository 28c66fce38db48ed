#ifndef EDGE_SESSIONS_WATCH_REQUEST_H_
#define EDGE_SESSIONS_WATCH_REQUEST_H_

#include "absl/status/statusor.h"
#include "edge/delivery/reader.h"
#include "edge/sessions/shard_context.h"
#include "ledgercast/v1/frames.pb.h"
#include "services/common/auth/identity.h"

// Does what is the same for every client that watches, whatever its transport.
namespace ledgercast {

// The reader that `watch` asks for, with what `identity` may see of that; its socket is still to be
// set. INVALID_ARGUMENT or PERMISSION_DENIED if there cannot be one, OUT_OF_RANGE (with `head`)
// if the cursor is of another ledger. The edge must be ready.
absl::StatusOr<ReaderPtr> MakeReader(const ShardContext& context, const Identity& identity,
                                     const v1::WatchFrame& watch);

// Makes a `goingAway` frame for a client that watches by `reader`; null = it does not watch.
FramePtr GoingAway(const ShardContext& context, const Reader* reader,
                   absl::Duration reconnect_after);

}  // namespace ledgercast

#endif  // EDGE_SESSIONS_WATCH_REQUEST_H_
