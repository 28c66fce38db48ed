#ifndef EDGE_UPSTREAM_GRPC_WATCH_STREAM_H_
#define EDGE_UPSTREAM_GRPC_WATCH_STREAM_H_

#include "edge/upstream/grpc_channel.h"
#include "edge/upstream/watch_stream.h"

namespace ledgercast {

// Makes WatchTransactions calls to the service, as the relay, on a channel that the factory keeps
// for them. `tokens` must outlive the factory's streams.
WatchStreamFactory MakeGrpcWatchStreams(const ServiceTarget& target, RelayTokens* tokens);

}  // namespace ledgercast

#endif  // EDGE_UPSTREAM_GRPC_WATCH_STREAM_H_
