#ifndef EDGE_UPSTREAM_GRPC_CHANNEL_H_
#define EDGE_UPSTREAM_GRPC_CHANNEL_H_

// Holds what all calls of the edge to the service share.

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/common/auth/token.h"
#include "services/common/base/call_ids.h"

namespace ledgercast {

// Says where the service is, and how connections to it are secured.
struct ServiceTarget {
  // gRPC's name for the service, see ServiceTargetName().
  std::string address;
  std::shared_ptr<grpc::ChannelCredentials> credentials;
};

// Makes a channel with connections of its own, so that one use cannot starve another. It notices a
// dead peer by keepalive and comes back within two seconds of the service's return. If there are
// several addresses, each call takes the next one that answers.
std::shared_ptr<grpc::Channel> MakeServiceChannel(const ServiceTarget& target);

// Signs the relay's access tokens. They are short-lived and used until half their life is over.
// Thread-safe.
class RelayTokens {
 public:
  RelayTokens(TokenSigner signer, Clock clock);
  std::string Current() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  const TokenSigner signer_;
  const Clock clock_;
  absl::Mutex mu_;
  std::string token_ ABSL_GUARDED_BY(mu_);
  absl::Time renew_at_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
};

// Adds the `authorization` metadata. Returns false and adds nothing if `token` holds bytes that no
// token has, because gRPC ends the process if metadata holds bytes that are not allowed.
bool AddToken(const std::string& token, grpc::ClientContext* context);

// Adds the ids that are not empty, so that the service's log names them too.
void AddIds(const CallIds& ids, grpc::ClientContext* context);

}  // namespace ledgercast

#endif  // EDGE_UPSTREAM_GRPC_CHANNEL_H_
