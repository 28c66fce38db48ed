#ifndef SERVICES_CLI_SERVICE_CLIENT_H_
#define SERVICES_CLI_SERVICE_CLIENT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ledgercast/v1/account.pb.h"

namespace grpc {
class Channel;
}

namespace ledgercast::cli {

// The transaction service as one caller sees it. Each call takes a bounded time; errors
// are the service's, or UNAVAILABLE / SERVICE_UNAVAILABLE naming its address.
class ServiceClient {
 public:
  // `address` is host:port.
  explicit ServiceClient(std::string address);

  absl::Status SignIn(const std::string& username, const std::string& password);
  // Needs SignIn().
  absl::StatusOr<v1::Account> CreateAccount(const v1::CreateAccountRequest& request);

 private:
  const std::string address_;
  std::shared_ptr<grpc::Channel> channel_;
  std::string access_token_;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_SERVICE_CLIENT_H_
