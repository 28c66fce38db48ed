#ifndef SERVICES_TRANSACTION_API_AUTH_SERVICE_H_
#define SERVICES_TRANSACTION_API_AUTH_SERVICE_H_

#include <string>

#include "absl/time/time.h"
#include "ledgercast/v1/auth.grpc.pb.h"
#include "services/transaction/api/call.h"
#include "services/transaction/api/guess_limiter.h"
#include "services/transaction/store.h"

namespace ledgercast {

// The RPCs of AuthService. A wrong password and an unknown name get the same answer after
// the same work, and after some of them in a row the name has to wait: see GuessLimiter.
class AuthServiceImpl final : public v1::AuthService::CallbackService {
 public:
  // Everything must outlive the server.
  struct Dependencies {
    VerifierPtr verifier;
    const TokenSigner* signer;
    Store* store;
    Revocations* revocations;
    // Of its own: password hashing is slow on purpose and must not hold up reads.
    WorkerPool* password_pool;
    WorkerPool* store_pool;
    Clock clock;
    absl::Duration access_lifetime = absl::Minutes(15);
    absl::Duration refresh_lifetime = absl::Hours(24 * 7);
  };

  AuthServiceImpl(Dependencies dependencies, GuessLimiter::Options guesses)
      : deps_(std::move(dependencies)), guesses_(guesses, deps_.clock) {}

  grpc::ServerUnaryReactor* IssueToken(grpc::CallbackServerContext* context,
                                       const v1::IssueTokenRequest* request,
                                       v1::IssueTokenResponse* response) override;
  grpc::ServerUnaryReactor* RefreshToken(grpc::CallbackServerContext* context,
                                         const v1::RefreshTokenRequest* request,
                                         v1::RefreshTokenResponse* response) override;
  grpc::ServerUnaryReactor* RevokeTokens(grpc::CallbackServerContext* context,
                                         const v1::RevokeTokensRequest* request,
                                         v1::RevokeTokensResponse* response) override;
  grpc::ServerUnaryReactor* ChangePassword(grpc::CallbackServerContext* context,
                                           const v1::ChangePasswordRequest* request,
                                           v1::ChangePasswordResponse* response) override;
  grpc::ServerUnaryReactor* ListRevokedTokens(grpc::CallbackServerContext* context,
                                              const v1::ListRevokedTokensRequest* request,
                                              v1::ListRevokedTokensResponse* response) override;
  grpc::ServerUnaryReactor* GetJsonWebKeySet(grpc::CallbackServerContext* context,
                                             const v1::GetJsonWebKeySetRequest* request,
                                             v1::GetJsonWebKeySetResponse* response) override;

 private:
  absl::Status Issue(const v1::IssueTokenRequest& request, v1::IssueTokenResponse* response);
  absl::Status Refresh(const v1::RefreshTokenRequest& request, v1::RefreshTokenResponse* response);
  // Sets the password of `username`, whom `caller` may change.
  absl::Status Change(const Identity& caller, const std::string& username,
                      const v1::ChangePasswordRequest& request);
  // The credentials of `username` if `password` is its password; else BAD_CREDENTIALS with
  // `message`, or TOO_BUSY.
  absl::StatusOr<Credentials> CheckPassword(const std::string& username,
                                            const std::string& password, std::string_view message);
  template <typename Response>
  void Sign(const Credentials& credentials, Response* response);

  const Dependencies deps_;
  GuessLimiter guesses_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_AUTH_SERVICE_H_
