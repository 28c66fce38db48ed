#ifndef SERVICES_TRANSACTION_API_ACCOUNT_SERVICE_H_
#define SERVICES_TRANSACTION_API_ACCOUNT_SERVICE_H_

#include <string>
#include <vector>

#include "ledgercast/v1/account.grpc.pb.h"
#include "services/transaction/api/call.h"
#include "services/transaction/store.h"

namespace ledgercast {

// Serves the RPCs of AccountService. The order of checks is that of TransactionServiceImpl.
class AccountServiceImpl final : public v1::AccountService::CallbackService {
 public:
  // Everything must outlive the server.
  struct Dependencies {
    VerifierPtr verifier;
    Store* store;
    // Hashes passwords on separate threads, because that is slow on purpose.
    PasswordQueue* password_pool;
    WorkerPool* pool;
    std::string ledger;
  };

  explicit AccountServiceImpl(Dependencies dependencies) : deps_(std::move(dependencies)) {}

  grpc::ServerUnaryReactor* CreateAccount(grpc::CallbackServerContext* context,
                                          const v1::CreateAccountRequest* request,
                                          v1::Account* response) override;
  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* context,
                                       const v1::GetAccountRequest* request,
                                       v1::Account* response) override;
  grpc::ServerUnaryReactor* ListAccounts(grpc::CallbackServerContext* context,
                                         const v1::ListAccountsRequest* request,
                                         v1::ListAccountsResponse* response) override;
  grpc::ServerUnaryReactor* UpdateAccount(grpc::CallbackServerContext* context,
                                          const v1::UpdateAccountRequest* request,
                                          v1::Account* response) override;

 private:
  // Returns the position that `at` means, which is a cursor or a time.
  absl::StatusOr<Position> ResolveMoment(const std::string& at);
  absl::Status Get(const v1::GetAccountRequest& request, v1::Account* response);
  // Returns at most `max_accounts` of the viewer's own accounts after `after_name`, by name.
  absl::StatusOr<std::vector<v1::Account>> ListOwn(const Viewer& viewer,
                                                   const std::string& after_name,
                                                   int64_t max_accounts);
  absl::Status List(const Viewer& viewer, const v1::ListAccountsRequest& request,
                    v1::ListAccountsResponse* response);

  const Dependencies deps_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_ACCOUNT_SERVICE_H_
