#ifndef SERVICES_CLI_SECRET_SET_H_
#define SERVICES_CLI_SECRET_SET_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace ledgercast::cli {

// Content by name. Passwords have no end of line: some programs would take it for a part of them.
using SecretFiles = std::map<std::string, std::string>;

// Keeps the secrets of an installation, in groups: a program that needs one group gets to see no
// other.
class SecretStore {
 public:
  virtual ~SecretStore() = default;

  // Returns what the group holds; nothing if it does not exist yet.
  virtual absl::StatusOr<SecretFiles> Read(const std::string& group) = 0;
  // Adds files to a group. UNAVAILABLE if another attempt may do.
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

// Returns who can sign in, with the passwords, from the group `accounts`.
absl::StatusOr<SecretFiles> ReadSignIns(SecretStore* store);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_SECRET_SET_H_
