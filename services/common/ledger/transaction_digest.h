#ifndef SERVICES_COMMON_LEDGER_TRANSACTION_DIGEST_H_
#define SERVICES_COMMON_LEDGER_TRANSACTION_DIGEST_H_

#include <string>

#include "ledgercast/v1/transaction.pb.h"
#include "services/common/base/sha256.h"

namespace ledgercast {

// Computes the digest that DigestTransactions returns: SHA-256 over one line for each transaction,
// in order. The service computes it over the ledger and a client over its copy, to compare the two.
class TransactionDigest {
 public:
  void Add(const v1::Transaction& transaction) {
    sha256_.Add(std::to_string(transaction.sequence()) + " " + transaction.id() + " " +
                transaction.from_account() + " " + transaction.to_account() + " " +
                std::to_string(transaction.amount()) + " " + transaction.currency() + "\n");
  }

  // Returns the digest in hex. Call it once, at the end.
  std::string Finish() { return HashToHex(sha256_.Finish()); }

 private:
  Sha256 sha256_;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_LEDGER_TRANSACTION_DIGEST_H_
