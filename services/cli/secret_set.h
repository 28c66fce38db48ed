#ifndef SERVICES_CLI_SECRET_SET_H_
#define SERVICES_CLI_SECRET_SET_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace ledgercast::cli {

// Maps file names to contents. Passwords have no line end, because some programs would take it for
// a part of them.
using SecretFiles = std::map<std::string, std::string>;

// Keeps the secrets of an installation in groups, so that a program which needs one group sees no
// other.
class SecretStore {
 public:
  virtual ~SecretStore() = default;

  // Returns what the group holds. The result is empty if the group does not exist yet.
  virtual absl::StatusOr<SecretFiles> Read(const std::string& group) = 0;
  // Adds files to a group. UNAVAILABLE if another attempt may succeed.
  virtual absl::Status Add(const std::string& group, const SecretFiles& files) = 0;
};

// Says whose passwords are made: the admin's and those of the demo's users, or the admin's alone.
enum class SignIns { kDemo, kAdminOnly };

// Makes the secrets of an installation that are missing. Existing ones are kept and never replaced,
// so it may be run at each start:
//
//   database             username, password   for the role that PostgreSQL is made with
//   database-owner       username, password   for the role that owns the tables
//   database-service     username, password   for the role that the service runs as
//   transaction-service  signing.pem          private key that signs access tokens
//                        relay.pub.pem        public key of the edge, whose relaying is accepted
//   edge                 relay.pem            private key by which the edge proves itself
//   accounts             admin                password of the first admin
//                        user1 ...            with kDemo: one password each
//                        demo-accounts.json   with kDemo: all of them, as demo.mjs reads them
//
// Returns what it made, as group/name.
absl::StatusOr<std::vector<std::string>> MakeMissingSecrets(SecretStore* store, SignIns sign_ins);

// Returns the names and passwords of the group `accounts`, with which people can sign in.
absl::StatusOr<SecretFiles> ReadSignIns(SecretStore* store);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_SECRET_SET_H_
