#ifndef SERVICES_TRANSACTION_API_AUTH_SERVICE_H_
#define SERVICES_TRANSACTION_API_AUTH_SERVICE_H_

#include <string>

#include "ledgercast/v1/auth.grpc.pb.h"
#include "services/transaction/api/call.h"
#include "services/transaction/api/guess_limiter.h"
#include "services/transaction/api/password_queue.h"
#include "services/transaction/api/token_families.h"
#include "services/transaction/store.h"

namespace ledgercast {

// Serves the RPCs of AuthService. A wrong password and an unknown name get the same answer after
// the same work. Anybody may guess passwords, so PasswordQueue decides who gets a turn, and
// GuessLimiter who has to wait. Both go by the client's address, which an edge passes on (see
// ClientOf()).
class AuthServiceImpl final : public v1::AuthService::CallbackService {
 public:
  // Everything must outlive the server.
  struct Dependencies {
    VerifierPtr verifier;
    const TokenSigner* signer;
    Store* store;
    Revocations* revocations;
    // Hashes passwords on separate threads. That is slow on purpose and must not delay reads.
    PasswordQueue* password_queue;
    WorkerPool* store_pool;
    Clock clock;
  };

  AuthServiceImpl(const Dependencies& dependencies, GuessLimiter::Options guesses,
                  TokenFamilies::Options families);

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

  GuessLimiter::Refusals refusals() const { return guesses_.refusals(); }
  TokenFamilies::Counts refreshes() const { return families_.counts(); }

 private:
  absl::Status Issue(const v1::IssueTokenRequest& request, const std::string& client,
                     v1::IssueTokenResponse* response);
  // Sets the password of `username`, which `caller` is allowed to change.
  absl::Status Change(const Identity& caller, const std::string& username,
                      const std::string& client, const v1::ChangePasswordRequest& request);
  // Returns the credentials of `username` if `password` is right. Otherwise returns BAD_CREDENTIALS
  // with `message`, or TOO_BUSY if the client has to wait.
  absl::StatusOr<Credentials> CheckPassword(const std::string& username, const std::string& client,
                                            const std::string& password, std::string_view message);

  const Dependencies deps_;
  GuessLimiter guesses_;
  TokenFamilies families_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_AUTH_SERVICE_H_
