#ifndef SERVICES_TRANSACTION_API_AUTH_SERVICE_H_
#define SERVICES_TRANSACTION_API_AUTH_SERVICE_H_

#include <string>

#include "absl/time/time.h"
#include "ledgercast/v1/auth.grpc.pb.h"
#include "services/transaction/api/call.h"
#include "services/transaction/store.h"

namespace ledgercast {

// The RPCs of AuthService, which need no token. A wrong password and an unknown name
// get the same answer after the same work.
class AuthServiceImpl final : public v1::AuthService::CallbackService {
 public:
  // Everything must outlive the server.
  struct Dependencies {
    VerifierPtr verifier;
    const TokenSigner* signer;
    Store* store;
    // Of its own: password hashing is slow on purpose and must not hold up reads.
    WorkerPool* pool;
    Clock clock;
    absl::Duration access_lifetime = absl::Minutes(15);
    absl::Duration refresh_lifetime = absl::Hours(24 * 7);
  };

  explicit AuthServiceImpl(Dependencies dependencies) : deps_(std::move(dependencies)) {}

  grpc::ServerUnaryReactor* IssueToken(grpc::CallbackServerContext* context,
                                       const v1::IssueTokenRequest* request,
                                       v1::IssueTokenResponse* response) override;
  grpc::ServerUnaryReactor* RefreshToken(grpc::CallbackServerContext* context,
                                         const v1::RefreshTokenRequest* request,
                                         v1::RefreshTokenResponse* response) override;
  grpc::ServerUnaryReactor* GetJsonWebKeySet(grpc::CallbackServerContext* context,
                                             const v1::GetJsonWebKeySetRequest* request,
                                             v1::GetJsonWebKeySetResponse* response) override;

 private:
  absl::Status Issue(const v1::IssueTokenRequest& request, v1::IssueTokenResponse* response);
  absl::Status Refresh(const v1::RefreshTokenRequest& request, v1::RefreshTokenResponse* response);
  template <typename Response>
  void Sign(const v1::Account& account, Response* response);

  const Dependencies deps_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_AUTH_SERVICE_H_
