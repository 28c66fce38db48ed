#include "services/transaction/connections.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include "grpc/health/v1/health.pb.h"
#include "services/common/auth/token.h"

namespace ledgercast {
namespace {

// 8,000 transfers of a kilobyte.
constexpr int kMaxRequestBytes = 8 << 20;
constexpr int kMaxReadMetadataBytes = 4 * kMaxMetadataBytes;
constexpr int kMaxStreamsPerConnection = 10'000;
// Clients may ping as often as this.
constexpr int kMinClientPingMs = 10'000;

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

}  // namespace

void EnableHealthAndReflection() {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  // Keeps the linker from dropping its descriptor: clients of reflection ask for every
  // service that it lists.
  google::protobuf::LinkMessageReflection<grpc::health::v1::HealthCheckResponse>();
}

void SetUpConnections(const ConnectionOptions& options, grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(kMaxRequestBytes);
  // gRPC's own 8 KiB is too little for a token of the largest size. Up to here metadata are read,
  // so that what is more than kMaxMetadataBytes is refused by Authenticate(), call by call: where
  // gRPC itself refuses metadata, the next call of the connection fails as well.
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxReadMetadataBytes);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreamsPerConnection);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.keepalive));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                              Milliseconds(options.keepalive_timeout));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                              kMinClientPingMs);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  if (options.max_age > absl::ZeroDuration()) {
    builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, Milliseconds(options.max_age));
    builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                                Milliseconds(options.max_age_grace));
  }
  // A second process on the same port would take half of the calls unnoticed.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

}  // namespace ledgercast
