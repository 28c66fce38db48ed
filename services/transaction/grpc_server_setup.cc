#include "services/transaction/grpc_server_setup.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include "grpc/health/v1/health.pb.h"
#include "services/common/auth/token.h"

namespace ledgercast {
namespace {

// Enough for 8,000 transfers of one kilobyte each.
constexpr int kMaxRequestBytes = 8 << 20;
constexpr int kMaxReadMetadataBytes = 4 * kMaxMetadataBytes;
constexpr int kMaxStreamsPerConnection = 10'000;
// The shortest interval at which clients may ping.
constexpr int kMinClientPingMs = 10'000;

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

}  // namespace

void EnableHealthAndReflection() {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  // Keeps the linker from dropping the descriptor of the health service. Clients of reflection ask
  // for every service that it lists.
  google::protobuf::LinkMessageReflection<grpc::health::v1::HealthCheckResponse>();
}

void SetUpConnections(const ConnectionOptions& options, grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(kMaxRequestBytes);
  // gRPC's default of 8 KiB is too little for a token of the largest size. More than
  // kMaxMetadataBytes is read, so that Authenticate() can refuse a single call with too much. If
  // gRPC itself refuses metadata, the next call on the connection fails as well.
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
  // Without this, a second process on the same port would get half of the calls unnoticed.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

}  // namespace ledgercast
