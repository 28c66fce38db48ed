#ifndef TESTS_API_AUTH_FIXTURE_H_
#define TESTS_API_AUTH_FIXTURE_H_

#include <string>
#include <vector>

#include "services/common/auth/password.h"
#include "tests/support/service_fixture.h"

namespace ledgercast::testing {

// A service with two more accounts, which can sign in with kPassword: `erin`, a member, and
// `boss`, an admin.
class AuthTest : public ServiceTest {
 protected:
  AuthTest() {
    const auto hash = HashPassword(kPassword);
    EXPECT_TRUE(hash.ok());
    for (const char* name : {"erin", "boss"}) {
      v1::Account account = AccountOf(name);
      if (account.name() == "boss") account.set_department("management");
      EXPECT_TRUE(store_.CreateAccount(account, *hash).ok());
    }
  }

  absl::StatusOr<v1::IssueTokenResponse> SignIn(const std::string& name,
                                                const std::string& password) {
    Call call("");
    v1::IssueTokenRequest request;
    request.set_username(name);
    request.set_password(password);
    v1::IssueTokenResponse response;
    const auto status = auth_->IssueToken(&call, request, &response);
    if (!status.ok()) return FromGrpcStatus(status);
    return response;
  }

  absl::StatusOr<v1::RefreshTokenResponse> Refresh(const std::string& token) {
    Call call("");
    v1::RefreshTokenRequest request;
    request.set_refresh_token(token);
    v1::RefreshTokenResponse response;
    const auto status = auth_->RefreshToken(&call, request, &response);
    if (!status.ok()) return FromGrpcStatus(status);
    return response;
  }

  absl::Status Revoke(const std::string& token, const std::string& username = "") {
    Call call(token);
    v1::RevokeTokensRequest request;
    request.set_username(username);
    v1::RevokeTokensResponse response;
    return FromGrpcStatus(auth_->RevokeTokens(&call, request, &response));
  }

  absl::Status ChangePassword(const std::string& token, const std::string& username,
                              const std::string& current, const std::string& fresh) {
    Call call(token);
    v1::ChangePasswordRequest request;
    request.set_username(username);
    request.set_current_password(current);
    request.set_new_password(fresh);
    v1::ChangePasswordResponse response;
    return FromGrpcStatus(auth_->ChangePassword(&call, request, &response));
  }

  // A call that every good token of `name` may make.
  absl::Status Look(const std::string& name, const std::string& token) {
    Call call(token);
    v1::GetAccountRequest request;
    request.set_name(name);
    v1::Account response;
    return FromGrpcStatus(accounts_->GetAccount(&call, request, &response));
  }

  // Every RPC that needs a token.
  std::vector<absl::Status> CallAll(const std::string& token) {
    std::vector<absl::Status> results;
    const auto call_one = [&](auto* stub, auto method, auto request, auto response) {
      Call call(token);
      results.push_back(FromGrpcStatus((stub->*method)(&call, request, &response)));
    };
    using Transactions = v1::TransactionService::Stub;
    using Accounts = v1::AccountService::Stub;
    using Auth = v1::AuthService::Stub;
    call_one(transactions_.get(), &Transactions::CreateTransaction, v1::CreateTransactionRequest(),
             v1::Transaction());
    call_one(transactions_.get(), &Transactions::BatchCreateTransactions,
             v1::BatchCreateTransactionsRequest(), v1::BatchCreateTransactionsResponse());
    call_one(transactions_.get(), &Transactions::SubmitTransactions,
             v1::SubmitTransactionsRequest(), v1::SubmitTransactionsResponse());
    call_one(transactions_.get(), &Transactions::GetTransaction, v1::GetTransactionRequest(),
             v1::Transaction());
    call_one(transactions_.get(), &Transactions::ListTransactions, v1::ListTransactionsRequest(),
             v1::ListTransactionsResponse());
    call_one(transactions_.get(), &Transactions::ReverseTransaction,
             v1::ReverseTransactionRequest(), v1::Transaction());
    call_one(transactions_.get(), &Transactions::DigestTransactions,
             v1::DigestTransactionsRequest(), v1::DigestTransactionsResponse());
    call_one(accounts_.get(), &Accounts::CreateAccount, v1::CreateAccountRequest(), v1::Account());
    call_one(accounts_.get(), &Accounts::GetAccount, v1::GetAccountRequest(), v1::Account());
    call_one(accounts_.get(), &Accounts::ListAccounts, v1::ListAccountsRequest(),
             v1::ListAccountsResponse());
    call_one(accounts_.get(), &Accounts::UpdateAccount, v1::UpdateAccountRequest(), v1::Account());
    call_one(auth_.get(), &Auth::RevokeTokens, v1::RevokeTokensRequest(),
             v1::RevokeTokensResponse());
    call_one(auth_.get(), &Auth::ChangePassword, v1::ChangePasswordRequest(),
             v1::ChangePasswordResponse());
    const auto watch = Watch(token, "");
    while (watch->Next()) watch->Cancel();
    results.push_back(watch->Finish());
    return results;
  }

  void ExpectAllRefuse(const std::string& token, std::string_view reason) {
    const auto results = CallAll(token);
    EXPECT_EQ(results.size(), 14u);
    for (const absl::Status& status : results)
      ExpectError(status, absl::StatusCode::kUnauthenticated, reason);
  }
};

}  // namespace ledgercast::testing

#endif  // TESTS_API_AUTH_FIXTURE_H_
