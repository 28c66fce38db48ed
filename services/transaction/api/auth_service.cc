#include "services/transaction/api/auth_service.h"

#include "services/common/password.h"
#include "services/common/proto_time.h"
#include "services/transaction/api/validate.h"

namespace ledgercast {
namespace {

constexpr char kManagement[] = "management";

absl::Status BadCredentials() {
  return MakeError(absl::StatusCode::kUnauthenticated, reason::kBadCredentials,
                   "the username or the password is wrong");
}

}  // namespace

grpc::ServerUnaryReactor* AuthServiceImpl::IssueToken(grpc::CallbackServerContext* context,
                                                      const v1::IssueTokenRequest* request,
                                                      v1::IssueTokenResponse* response) {
  if (request->username().empty()) {
    return FinishWith(context, InvalidField("username", "must not be empty"));
  }
  if (request->password().empty() || request->password().size() > kMaxPasswordBytes) {
    return FinishWith(context, InvalidField("password", "must have 1 to 256 bytes"));
  }
  return FinishOnPool(context, deps_.pool, [=, this] { return Issue(*request, response); });
}

absl::Status AuthServiceImpl::Issue(const v1::IssueTokenRequest& request,
                                    v1::IssueTokenResponse* response) {
  // What is no name at all takes as long as a name that nobody has.
  const auto credentials =
      IsAccountName(request.username())
          ? deps_.store->GetCredentials(request.username())
          : absl::StatusOr<Credentials>(absl::NotFoundError("no name of an account"));
  if (!credentials.ok() && !absl::IsNotFound(credentials.status())) return credentials.status();
  const std::string hash = credentials.ok() ? credentials->password_hash : "";
  if (!VerifyPassword(request.password(), hash)) return BadCredentials();
  Sign(credentials->account, response);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* AuthServiceImpl::RefreshToken(grpc::CallbackServerContext* context,
                                                        const v1::RefreshTokenRequest* request,
                                                        v1::RefreshTokenResponse* response) {
  return FinishOnPool(context, deps_.pool, [=, this] { return Refresh(*request, response); });
}

absl::Status AuthServiceImpl::Refresh(const v1::RefreshTokenRequest& request,
                                      v1::RefreshTokenResponse* response) {
  const auto identity = deps_.verifier->Verify(request.refresh_token(), TokenKind::kRefresh);
  if (!identity.ok()) return identity.status();
  // Read anew, so that a change of department or an account without a password counts.
  const auto credentials = deps_.store->GetCredentials(identity->subject);
  if (absl::IsNotFound(credentials.status()) ||
      (credentials.ok() && credentials->password_hash.empty())) {
    return MakeError(absl::StatusCode::kUnauthenticated, reason::kTokenInvalid,
                     "the account can no longer sign in");
  }
  if (!credentials.ok()) return credentials.status();
  Sign(credentials->account, response);
  return absl::OkStatus();
}

template <typename Response>
void AuthServiceImpl::Sign(const v1::Account& account, Response* response) {
  const absl::Time now = deps_.clock();
  const Role role = account.department() == kManagement ? Role::kAdmin : Role::kMember;
  const absl::Time access_until = now + deps_.access_lifetime;
  response->set_access_token(
      deps_.signer->Sign(TokenKind::kAccess, account.name(), role, now, access_until));
  response->set_refresh_token(deps_.signer->Sign(TokenKind::kRefresh, account.name(), role, now,
                                                 now + deps_.refresh_lifetime));
  *response->mutable_expires_at() = ToProto(access_until);
}

grpc::ServerUnaryReactor* AuthServiceImpl::GetJsonWebKeySet(
    grpc::CallbackServerContext* context, const v1::GetJsonWebKeySetRequest* /*request*/,
    v1::GetJsonWebKeySetResponse* response) {
  *response->add_keys() = deps_.signer->public_key();
  return FinishWith(context, absl::OkStatus());
}

}  // namespace ledgercast
