#include "edge/upstream/grpc_channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <utility>

namespace ledgercast {
namespace {

constexpr int kKeepaliveTimeMs = 20'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
// Time limit of one attempt to connect. gRPC calls it the minimum back-off.
constexpr int kConnectTimeoutMs = 2'000;
constexpr int kFirstReconnectMs = 100;
constexpr int kLongestReconnectMs = 2'000;
constexpr int kResolveAgainMs = 2'000;
// A replica that is about to stop reports so by its health status while it still serves. From then
// on calls take the other replicas, and the name is looked up again, so that its replacement is
// found.
constexpr char kServiceConfig[] = R"({"healthCheckConfig": {"serviceName": ""}})";
constexpr absl::Duration kRelayTokenLife = absl::Minutes(10);

bool IsTokenByte(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~' || c == '+' || c == '/' || c == '=';
}

}  // namespace

std::shared_ptr<grpc::Channel> MakeServiceChannel(const ServiceTarget& target) {
  grpc::ChannelArguments arguments;
  arguments.SetLoadBalancingPolicyName("round_robin");
  arguments.SetServiceConfigJSON(kServiceConfig);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // The name is looked up again soon, because it may stand for other addresses by then.
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, kResolveAgainMs);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMs);
  return grpc::CreateCustomChannel(target.address, target.credentials, arguments);
}

RelayTokens::RelayTokens(TokenSigner signer, Clock clock)
    : signer_(std::move(signer)), clock_(std::move(clock)) {}

std::string RelayTokens::Current() {
  const absl::Time now = clock_();
  absl::MutexLock lock(&mu_);
  if (now >= renew_at_) {
    token_ = signer_.Sign(TokenKind::kAccess, "relay", Role::kRelay, now, now + kRelayTokenLife);
    renew_at_ = now + kRelayTokenLife / 2;
  }
  return token_;
}

bool AddToken(const std::string& token, grpc::ClientContext* context) {
  if (token.empty()) return true;
  if (!std::all_of(token.begin(), token.end(), IsTokenByte)) return false;
  context->AddMetadata("authorization", "Bearer " + token);
  return true;
}

void AddIds(const CallIds& ids, grpc::ClientContext* context) {
  if (!ids.request_id.empty()) context->AddMetadata(kRequestIdKey, ids.request_id);
  if (!ids.traceparent.empty()) context->AddMetadata(kTraceparentKey, ids.traceparent);
}

}  // namespace ledgercast
