#ifndef SERVICES_CLI_CHANGE_HASH_H_
#define SERVICES_CLI_CHANGE_HASH_H_

#include <cstdint>
#include <string>

#include "services/common/base/sha256.h"

namespace ledgercast::cli {

// One row of the table `changes`: what a row of another table was set to.
struct Change {
  std::string table_name;
  std::string subject;
  int64_t number = 0;
  int64_t time_micros = 0;
  int64_t sequence = 0;
  int64_t settings_version = 0;
  std::string state;  // as PostgreSQL writes the jsonb
  std::string hash;   // hex
};

// The hash that a change must have: SHA-256 over these fields, each written as in
// services/common/ledger/hash_chain.h (its length in bytes in decimal, ':', its bytes, '\n'):
//
//   the ledger's name, the hash of the subject's change before in hex ("" for its first),
//   table_name, subject, number, change_time in microseconds since 1970, sequence,
//   settings_version, state
//
// The database computes the same by its function change_hash().
std::string ChangeHash(const std::string& ledger, const std::string& previous,
                       const Change& change);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_CHANGE_HASH_H_
