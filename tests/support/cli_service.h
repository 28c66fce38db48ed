#ifndef TESTS_SUPPORT_CLI_SERVICE_H_
#define TESTS_SUPPORT_CLI_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "ledgercast/v1/account.grpc.pb.h"
#include "ledgercast/v1/auth.grpc.pb.h"
#include "ledgercast/v1/transaction.grpc.pb.h"
#include "services/common/base/errors.h"
#include "services/common/base/proto_time.h"
#include "services/common/base/rpc_status.h"

namespace ledgercast {

// A service for tests of the CLI's flags, files and exit codes. It knows one admin, and every
// account except `taken`. It refuses the access token that EndAccessToken() ended.
class CliService : public v1::AuthService::Service,
                   public v1::AccountService::Service,
                   public v1::TransactionService::Service {
 public:
  CliService() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(static_cast<v1::AuthService::Service*>(this));
    builder.RegisterService(static_cast<v1::AccountService::Service*>(this));
    builder.RegisterService(static_cast<v1::TransactionService::Service*>(this));
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }
  ~CliService() override { server_->Shutdown(); }

  const std::string& address() const { return address_; }
  const std::vector<v1::CreateAccountRequest>& created() const { return created_; }
  const std::vector<v1::CreateTransactionRequest>& transfers() const { return transfers_; }

  void EndAccessToken() { access_token_ += "x"; }
  void EndRefreshToken() { refresh_token_ += "x"; }
  void BeBusy(int times) { busy_times_ = times; }

 private:
  static grpc::Status Refuse(absl::StatusCode code, std::string_view reason,
                             std::string_view message) {
    return ToGrpcStatus(MakeError(code, reason, message));
  }

  template <typename Response>
  grpc::Status Issue(Response* response) {
    response->set_access_token(access_token_);
    response->set_refresh_token(refresh_token_);
    *response->mutable_expires_at() = ToProto(absl::Now() + absl::Minutes(15));
    return grpc::Status::OK;
  }

  grpc::Status IssueToken(grpc::ServerContext*, const v1::IssueTokenRequest* request,
                          v1::IssueTokenResponse* response) override {
    if (request->username() != "boss" || request->password() != "the boss's password") {
      return Refuse(absl::StatusCode::kUnauthenticated, reason::kBadCredentials,
                    "wrong username or password");
    }
    return Issue(response);
  }

  grpc::Status RefreshToken(grpc::ServerContext*, const v1::RefreshTokenRequest* request,
                            v1::RefreshTokenResponse* response) override {
    if (request->refresh_token() == refresh_token_) return Issue(response);
    return Refuse(absl::StatusCode::kUnauthenticated, reason::kTokenInvalid, "revoked");
  }

  grpc::Status Authenticate(const grpc::ServerContext& context) const {
    const auto header = context.client_metadata().find("authorization");
    if (header != context.client_metadata().end() && header->second == "Bearer " + access_token_) {
      return grpc::Status::OK;
    }
    return Refuse(absl::StatusCode::kUnauthenticated, reason::kTokenExpired, "expired");
  }

  grpc::Status CreateAccount(grpc::ServerContext* context, const v1::CreateAccountRequest* request,
                             v1::Account* response) override {
    if (const auto status = Authenticate(*context); !status.ok()) return status;
    if (request->account().name() == "taken") {
      return Refuse(absl::StatusCode::kAlreadyExists, reason::kAccountExists,
                    "the name 'taken' is taken");
    }
    created_.push_back(*request);
    *response = request->account();
    return grpc::Status::OK;
  }

  grpc::Status GetAccount(grpc::ServerContext* context, const v1::GetAccountRequest* request,
                          v1::Account* response) override {
    if (const auto status = Authenticate(*context); !status.ok()) return status;
    response->set_name(request->name());
    response->set_currency("USD");
    response->set_minor_unit_digits(2);
    response->set_balance(request->at().empty() ? 1'250 : 5);
    return grpc::Status::OK;
  }

  // Answers with two pages.
  grpc::Status ListAccounts(grpc::ServerContext* context, const v1::ListAccountsRequest* request,
                            v1::ListAccountsResponse* response) override {
    if (const auto status = Authenticate(*context); !status.ok()) return status;
    v1::Account* account = response->add_accounts();
    account->set_name(request->page_token().empty() ? "ann" : "bob");
    account->set_currency("USD");
    account->set_minor_unit_digits(2);
    account->set_balance(-1'250);
    if (request->page_token().empty()) response->set_next_page_token("2");
    return grpc::Status::OK;
  }

  grpc::Status CreateTransaction(grpc::ServerContext* context,
                                 const v1::CreateTransactionRequest* request,
                                 v1::Transaction* response) override {
    if (const auto status = Authenticate(*context); !status.ok()) return status;
    transfers_.push_back(*request);
    if (busy_times_-- > 0) {
      return Refuse(absl::StatusCode::kResourceExhausted, reason::kTooBusy, "too busy");
    }
    response->set_sequence(7);
    response->set_id(request->id());
    response->set_from_account(request->from_account());
    response->set_to_account(request->to_account());
    response->set_amount(request->amount());
    response->set_currency("USD");
    return grpc::Status::OK;
  }

  std::unique_ptr<grpc::Server> server_;
  std::string address_;
  std::string access_token_ = "a.b.c";
  std::string refresh_token_ = "r.s.t";
  int busy_times_ = 0;
  std::vector<v1::CreateAccountRequest> created_;
  std::vector<v1::CreateTransactionRequest> transfers_;
};

}  // namespace ledgercast

#endif  // TESTS_SUPPORT_CLI_SERVICE_H_
