#ifndef TESTS_SUPPORT_FAKE_SERVICE_H_
#define TESTS_SUPPORT_FAKE_SERVICE_H_

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "edge/upstream/service.h"

namespace ledgercast::testing {

// Notes what it is asked. When the test says so, it answers with what the test has set.
class FakeService : public Service {
 public:
  void IssueToken(Caller caller, v1::IssueTokenRequest request,
                  Done<v1::IssueTokenResponse> done) override {
    Note(std::move(caller));
    issue = std::move(request);
    Answer(tokens, std::move(done));
  }
  void RefreshToken(Caller caller, v1::RefreshTokenRequest request,
                    Done<v1::RefreshTokenResponse> done) override {
    Note(std::move(caller));
    refresh = std::move(request);
    Answer(refreshed, std::move(done));
  }
  void CreateTransaction(Caller caller, v1::CreateTransactionRequest request,
                         Done<Created> done) override {
    Note(std::move(caller));
    create = std::move(request);
    Answer(created, std::move(done));
  }
  void GetTransaction(Caller caller, v1::GetTransactionRequest request,
                      Done<v1::Transaction> done) override {
    Note(std::move(caller));
    get = std::move(request);
    Answer(transaction, std::move(done));
  }
  void ListTransactions(Caller caller, v1::ListTransactionsRequest request,
                        Done<v1::ListTransactionsResponse> done) override {
    Note(std::move(caller));
    list = std::move(request);
    Answer(transactions, std::move(done));
  }
  void DigestTransactions(Caller caller, v1::DigestTransactionsRequest request,
                          Done<v1::DigestTransactionsResponse> done) override {
    Note(std::move(caller));
    digest_request = std::move(request);
    Answer(digest, std::move(done));
  }
  void GetAccount(Caller caller, v1::GetAccountRequest request, Done<v1::Account> done) override {
    Note(std::move(caller));
    get_account = std::move(request);
    Answer(account, std::move(done));
  }
  void ListAccounts(Caller caller, v1::ListAccountsRequest request,
                    Done<v1::ListAccountsResponse> done) override {
    Note(std::move(caller));
    list_accounts = std::move(request);
    Answer(accounts, std::move(done));
  }

  void AnswerAll() {
    while (!waiting.empty()) {
      const auto answer = std::move(waiting.front());
      waiting.pop_front();
      answer();
    }
  }

  // What it was asked last.
  std::string token;
  CallIds ids;
  std::string address;
  std::shared_ptr<CallOff> call_off;
  v1::IssueTokenRequest issue;
  v1::RefreshTokenRequest refresh;
  v1::CreateTransactionRequest create;
  v1::GetTransactionRequest get;
  v1::ListTransactionsRequest list;
  v1::DigestTransactionsRequest digest_request;
  v1::GetAccountRequest get_account;
  v1::ListAccountsRequest list_accounts;

  // The answers that it gives.
  absl::StatusOr<v1::IssueTokenResponse> tokens = v1::IssueTokenResponse();
  absl::StatusOr<v1::RefreshTokenResponse> refreshed = v1::RefreshTokenResponse();
  absl::StatusOr<Created> created = Created();
  absl::StatusOr<v1::Transaction> transaction = v1::Transaction();
  absl::StatusOr<v1::ListTransactionsResponse> transactions = v1::ListTransactionsResponse();
  absl::StatusOr<v1::DigestTransactionsResponse> digest = v1::DigestTransactionsResponse();
  absl::StatusOr<v1::Account> account = v1::Account();
  absl::StatusOr<v1::ListAccountsResponse> accounts = v1::ListAccountsResponse();

  std::deque<std::function<void()>> waiting;

 private:
  void Note(Caller caller) {
    token = std::move(caller.token);
    ids = std::move(caller.ids);
    address = std::move(caller.address);
    call_off = std::move(caller.call_off);
  }

  template <typename T>
  void Answer(const absl::StatusOr<T>& result, Done<T> done) {
    waiting.push_back([result, done = std::move(done)] { done(result); });
  }
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_FAKE_SERVICE_H_
