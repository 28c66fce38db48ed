#ifndef EDGE_UPSTREAM_GRPC_WATCH_STREAM_H_
#define EDGE_UPSTREAM_GRPC_WATCH_STREAM_H_

#include "edge/upstream/grpc_channel.h"
#include "edge/upstream/watch_stream.h"

namespace ledgercast {

// Returns a factory of WatchTransactions calls to the service, which are made as the relay. The
// factory keeps a channel for them. `tokens` must outlive the factory.
WatchStreamFactory MakeGrpcWatchStreams(const ServiceTarget& target, RelayTokens* tokens);

}  // namespace ledgercast

#endif  // EDGE_UPSTREAM_GRPC_WATCH_STREAM_H_
