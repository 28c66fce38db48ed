#ifndef SERVICES_COMMON_LEDGER_HASH_CHAIN_H_
#define SERVICES_COMMON_LEDGER_HASH_CHAIN_H_

// Computes the hash chain over the ledger: hash(n) = SHA-256(fields). Each field is written as its
// length in bytes in decimal, ':', its bytes, '\n'. The fields are:
//
//   hash(n-1) in hex, sequence, id, from_account, to_account, amount, currency,
//   description, create_time in microseconds since 1970, reverses, from_previous,
//   to_previous, from_balance, to_balance, then each metadata key and value, the
//   keys in byte order
//
// hash(0) is the SHA-256 of the ledger's name, written the same way. Admins can see all of these
// fields, so that anybody who holds the history can recompute the chain.

#include <cstdint>
#include <string>
#include <string_view>

#include "ledgercast/v1/transaction.pb.h"
#include "services/common/base/sha256.h"

namespace ledgercast {

Hash GenesisHash(std::string_view ledger);

// Returns the hash of `transaction`, where `previous` is the hash of the transaction before it.
// `transaction.hash` itself is not part of the content.
Hash ChainHash(const Hash& previous, const v1::Transaction& transaction);

// Returns the part of a hash that cursors carry: its first eight bytes, big endian.
uint64_t CheckOf(const Hash& hash);
// Does the same for the hex form of a hash. Returns 0 if `hex` is no hash.
uint64_t CheckOfHex(std::string_view hex);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_LEDGER_HASH_CHAIN_H_
