#ifndef SERVICES_CLI_SECRET_SET_H_
#define SERVICES_CLI_SECRET_SET_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace ledgercast::cli {

// Name to content. Passwords have no end of line: some who read them would take it for a part.
using SecretFiles = std::map<std::string, std::string>;

// Where the secrets of an installation are kept, in groups: who needs one group gets to see no
// other.
class SecretStore {
 public:
  virtual ~SecretStore() = default;

  // What the group holds; nothing, if it is not there yet.
  virtual absl::StatusOr<SecretFiles> Read(const std::string& group) = 0;
  // Adds to it. UNAVAILABLE where another attempt may do.
  virtual absl::Status Add(const std::string& group, const SecretFiles& files) = 0;
};

// Completes the secrets of an installation. What is there is kept and nothing is ever replaced, so
// that it may be run at each start:
//
//   database             username, password        of the role that PostgreSQL is made with
//   database-owner       username, password        of the role that owns the tables
//   database-service     username, password        of the role that the service runs as
//   transaction-service  signing.pem, relay.pub.pem  it signs tokens; whose relay it takes
//   edge                 relay.pem                 the edge proves itself
//   accounts             admin, user1 ...          a password each
//                        demo-accounts.json        these, as demo.mjs reads them
//
// Answers what it made, as group/name.
absl::StatusOr<std::vector<std::string>> MakeMissingSecrets(SecretStore* store);

// Who can sign in, with the passwords, of the group `accounts`.
absl::StatusOr<SecretFiles> ReadSignIns(SecretStore* store);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_SECRET_SET_H_
