#include "services/transaction/api/auth_service.h"

#include <optional>
#include <utility>

#include "services/common/auth/password.h"
#include "services/common/base/clock.h"
#include "services/common/base/proto_time.h"
#include "services/transaction/api/validate.h"

namespace ledgercast {
namespace {

bool IsPassword(const std::string& password) {
  return !password.empty() && password.size() <= kMaxPasswordBytes;
}

absl::Status NotPassword(std::string_view field) {
  return InvalidField(field, PasswordRule(/*min_bytes=*/1));
}

// Returns whether a caller is the account `username`, and not only a user of that name at an OpenID
// provider.
bool IsSelf(const Identity& caller, const std::string& username) {
  return caller.subject == username && IsAmong(caller.accounts, username);
}

// Returns the account whose tokens or password the caller is about to change: `username`, or its
// own if that is "".
absl::StatusOr<std::string> TargetOf(const Identity& caller, const std::string& username) {
  if (!username.empty() && !IsAccountName(username)) {
    return InvalidField("username", "must be the name of an account, or empty for your own");
  }
  if (caller.role == Role::kRelay) return NotAllowed("the relay has no account");
  const std::string& target = username.empty() ? caller.subject : username;
  if (IsSelf(caller, target)) return target;
  if (username.empty()) return NotAllowed("this token's subject is no account; name one");
  if (!caller.is_admin()) return NotAllowed("account '" + username + "' is not yours to change");
  return username;
}

}  // namespace

// --- signing in ---

AuthServiceImpl::AuthServiceImpl(const Dependencies& dependencies, GuessLimiter::Options guesses,
                                 TokenFamilies::Options families)
    : deps_(dependencies),
      guesses_(guesses, SteadyNow),
      families_({deps_.verifier, deps_.signer, deps_.store, deps_.revocations, deps_.clock},
                families) {}

grpc::ServerUnaryReactor* AuthServiceImpl::IssueToken(grpc::CallbackServerContext* context,
                                                      const v1::IssueTokenRequest* request,
                                                      v1::IssueTokenResponse* response) {
  if (request->username().empty()) {
    return FinishWith(context, InvalidField("username", "must not be empty"));
  }
  if (!IsPassword(request->password())) return FinishWith(context, NotPassword("password"));
  const std::string client = ClientOf(*context, *deps_.verifier);
  // A client that has to wait anyway does not get a place in the queue.
  if (auto admitted = guesses_.Admit(request->username(), client); !admitted.ok()) {
    return FinishWith(context, admitted);
  }
  return FinishOnQueue(context, deps_.password_queue, client,
                       guesses_.StandingOf(request->username(), client),
                       [=, this] { return Issue(*request, client, response); });
}

absl::Status AuthServiceImpl::Issue(const v1::IssueTokenRequest& request, const std::string& client,
                                    v1::IssueTokenResponse* response) {
  const auto credentials = CheckPassword(request.username(), client, request.password(),
                                         "the username or the password is wrong");
  if (!credentials.ok()) return credentials.status();
  return families_.Begin(*credentials, response);
}

absl::StatusOr<Credentials> AuthServiceImpl::CheckPassword(const std::string& username,
                                                           const std::string& client,
                                                           const std::string& password,
                                                           std::string_view message) {
  // Other attempts of this client may have failed since this one was queued.
  if (auto admitted = guesses_.Admit(username, client); !admitted.ok()) return admitted;
  const bool is_name = IsAccountName(username);
  // A text that cannot be a name takes as long as a name that nobody has.
  auto credentials =
      is_name ? deps_.store->GetCredentials(username)
              : absl::StatusOr<Credentials>(absl::NotFoundError("no name of an account"));
  if (!credentials.ok() && !absl::IsNotFound(credentials.status())) return credentials;
  const absl::Time start = SteadyNow();
  const bool is_right =
      VerifyPassword(password, credentials.ok() ? credentials->password_hash : "");
  deps_.password_queue->OnHashed(SteadyNow() - start);
  if (is_right) {
    guesses_.Succeeded(username, client);
    return credentials;
  }
  guesses_.Failed(is_name ? username : "", client);
  return MakeError(absl::StatusCode::kUnauthenticated, reason::kBadCredentials, message);
}

grpc::ServerUnaryReactor* AuthServiceImpl::RefreshToken(grpc::CallbackServerContext* context,
                                                        const v1::RefreshTokenRequest* request,
                                                        v1::RefreshTokenResponse* response) {
  const std::string client = ClientOf(*context, *deps_.verifier);
  return FinishOnPool(context, deps_.store_pool, [=, this] {
    return families_.Continue(request->refresh_token(), client, response);
  });
}

// --- revoking tokens and changing passwords ---

grpc::ServerUnaryReactor* AuthServiceImpl::RevokeTokens(grpc::CallbackServerContext* context,
                                                        const v1::RevokeTokensRequest* request,
                                                        v1::RevokeTokensResponse* /*response*/) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  const auto username = TargetOf(*caller, request->username());
  if (!username.ok()) return FinishWith(context, username.status());
  return FinishOnPool(context, deps_.store_pool, [this, username = *username] {
    const auto generation = deps_.store->RevokeTokens(username);
    if (generation.ok()) deps_.revocations->Add(username, *generation);
    return generation.status();
  });
}

grpc::ServerUnaryReactor* AuthServiceImpl::ChangePassword(
    grpc::CallbackServerContext* context, const v1::ChangePasswordRequest* request,
    v1::ChangePasswordResponse* /*response*/) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  if (request->new_password().size() < kMinPasswordBytes ||
      request->new_password().size() > kMaxPasswordBytes) {
    return FinishWith(context, InvalidField("new_password", PasswordRule()));
  }
  const auto username = TargetOf(*caller, request->username());
  if (!username.ok()) return FinishWith(context, username.status());
  if (IsSelf(*caller, *username) && !IsPassword(request->current_password())) {
    return FinishWith(context, NotPassword("current_password"));
  }
  const std::string client = ClientOf(*context, *deps_.verifier);
  const auto change = [=, this, caller = *caller] {
    return Change(caller, *username, client, *request);
  };
  return FinishOnPool(context, deps_.password_queue, change);
}

absl::Status AuthServiceImpl::Change(const Identity& caller, const std::string& username,
                                     const std::string& client,
                                     const v1::ChangePasswordRequest& request) {
  std::optional<int64_t> after;
  if (IsSelf(caller, username)) {
    const auto checked = CheckPassword(username, client, request.current_password(),
                                       "the current password is wrong");
    if (!checked.ok()) return checked.status();
    // The change fails if the caller's tokens were revoked meanwhile. A caller who knows an old
    // password must not undo the one that an admin sets at this moment.
    after = caller.generation;
  }
  const auto hash = HashPassword(request.new_password());
  if (!hash.ok()) return hash.status();
  const auto generation = deps_.store->SetPassword(username, *hash, after);
  if (absl::IsFailedPrecondition(generation.status())) return TokenRevoked();
  if (!generation.ok()) return generation.status();
  deps_.revocations->Add(username, *generation);
  guesses_.Forget(username);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* AuthServiceImpl::ListRevokedTokens(
    grpc::CallbackServerContext* context, const v1::ListRevokedTokensRequest* /*request*/,
    v1::ListRevokedTokensResponse* response) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  if (caller->role != Role::kRelay) {
    return FinishWith(context, NotAllowed("only the relay is told who was revoked"));
  }
  const std::shared_ptr<const RevokedTokens> revoked = deps_.revocations->snapshot();
  response->mutable_lowest_good_generations()->insert(revoked->lowest_good().begin(),
                                                      revoked->lowest_good().end());
  response->mutable_ended_families()->Add(revoked->ended_families().begin(),
                                          revoked->ended_families().end());
  *response->mutable_known_since() = ToProto(revoked->known_since());
  return FinishWith(context, absl::OkStatus());
}

grpc::ServerUnaryReactor* AuthServiceImpl::GetJsonWebKeySet(
    grpc::CallbackServerContext* context, const v1::GetJsonWebKeySetRequest* /*request*/,
    v1::GetJsonWebKeySetResponse* response) {
  *response->add_keys() = deps_.signer->public_key();
  return FinishWith(context, absl::OkStatus());
}

}  // namespace ledgercast
