#ifndef EDGE_GRPC_WATCH_STREAM_H_
#define EDGE_GRPC_WATCH_STREAM_H_

#include "edge/grpc_channel.h"
#include "edge/watch_stream.h"

namespace ledgercast {

// Makes WatchTransactions calls to the service, as the relay, on a channel that the factory keeps
// for them. `tokens` must outlive the factory's streams.
WatchStreamFactory MakeGrpcWatchStreams(const ServiceTarget& target, RelayTokens* tokens);

}  // namespace ledgercast

#endif  // EDGE_GRPC_WATCH_STREAM_H_
