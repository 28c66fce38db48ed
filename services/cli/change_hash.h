#ifndef SERVICES_CLI_CHANGE_HASH_H_
#define SERVICES_CLI_CHANGE_HASH_H_

#include <cstdint>
#include <string>

#include "services/common/base/sha256.h"

namespace ledgercast::cli {

// Holds one row of the table `changes`, which says to what a row of another table was set.
struct Change {
  std::string table_name;
  std::string subject;
  int64_t number = 0;
  int64_t time_micros = 0;
  int64_t sequence = 0;
  int64_t settings_version = 0;
  std::string state;  // as PostgreSQL writes jsonb
  std::string hash;   // hex
};

// Returns the hash that a change must have. It is the SHA-256 of the fields below, each written as
// in services/common/ledger/hash_chain.h: its length in bytes in decimal, ':', its bytes, '\n'.
//
//   the ledger's name, the hash of the subject's change before in hex ("" for its first),
//   table_name, subject, number, change_time in microseconds since 1970, sequence,
//   settings_version, state
//
// The function change_hash() of the database computes the same.
std::string ChangeHash(const std::string& ledger, const std::string& previous,
                       const Change& change);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_CHANGE_HASH_H_
