#include "services/cli/service_client.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <utility>

#include "ledgercast/v1/account.grpc.pb.h"
#include "ledgercast/v1/auth.grpc.pb.h"
#include "services/common/errors.h"
#include "services/common/rpc_status.h"

namespace ledgercast::cli {
namespace {

constexpr std::chrono::seconds kCallTimeout{10};

void SetDeadline(grpc::ClientContext* context) {
  context->set_deadline(std::chrono::system_clock::now() + kCallTimeout);
}

// gRPC's own words for a service that is not there do not say which one.
absl::Status Answer(const grpc::Status& rpc, const std::string& address) {
  absl::Status status = FromGrpcStatus(rpc);
  const std::string reason = GetErrorInfo(status).reason();
  if (reason != reason::kServiceUnavailable) return status;
  return MakeError(status.code(), reason,
                   "the service at " + address + " does not answer: " + rpc.error_message());
}

}  // namespace

ServiceClient::ServiceClient(std::string address)
    : address_(std::move(address)),
      channel_(grpc::CreateChannel(address_, grpc::InsecureChannelCredentials())) {}

absl::Status ServiceClient::SignIn(const std::string& username, const std::string& password) {
  v1::IssueTokenRequest request;
  request.set_username(username);
  request.set_password(password);
  v1::IssueTokenResponse response;
  grpc::ClientContext context;
  SetDeadline(&context);
  const grpc::Status rpc =
      v1::AuthService::NewStub(channel_)->IssueToken(&context, request, &response);
  access_token_ = response.access_token();
  return Answer(rpc, address_);
}

absl::StatusOr<v1::Account> ServiceClient::CreateAccount(const v1::CreateAccountRequest& request) {
  v1::Account response;
  grpc::ClientContext context;
  SetDeadline(&context);
  context.AddMetadata("authorization", "Bearer " + access_token_);
  const grpc::Status rpc =
      v1::AccountService::NewStub(channel_)->CreateAccount(&context, request, &response);
  if (!rpc.ok()) return Answer(rpc, address_);
  return response;
}

}  // namespace ledgercast::cli
