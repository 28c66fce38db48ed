#ifndef SERVICES_CLI_AUDIT_H_
#define SERVICES_CLI_AUDIT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/common/cursor.h"
#include "services/common/transaction_digest.h"

namespace ledgercast::cli {

// One thing about a ledger that is not as it must be.
struct Problem {
  int64_t sequence = 0;  // 0: of no transaction
  std::string id;
  // What disagrees: sequence, hash, chain, balance, currency, time, reversal, sum, cursor,
  // digest or account.
  std::string check;
  std::string message;
};

// Counts all problems and keeps the first of them.
class Problems {
 public:
  explicit Problems(size_t max_kept) : max_kept_(max_kept) {}

  void Add(Problem problem);
  int64_t count() const { return count_; }
  const std::vector<Problem>& kept() const { return kept_; }

 private:
  const size_t max_kept_;
  int64_t count_ = 0;
  std::vector<Problem> kept_;
};

// Checks a whole ledger as an admin sees it, transaction by transaction, by nothing but
// what is in them: what the service says of them elsewhere is compared at the end. After a
// problem it goes on with what the transaction itself says, so that one that was changed
// does not accuse all that come after it. Keeps an entry for each account and eight bytes
// for each reversal. Not thread-safe.
class Audit {
 public:
  // An account after the transactions so far.
  struct AccountState {
    int64_t newest = 0;
    int64_t balance = 0;
    std::string currency;
  };
  // An earlier transaction, for reversals; NOT_FOUND if there is none.
  using Find = std::function<absl::StatusOr<v1::Transaction>(const std::string& id)>;

  Audit(std::string ledger, Find find, size_t max_problems_kept);

  // The next one. An error where `find` fails otherwise than by NOT_FOUND.
  absl::Status Add(const v1::Transaction& transaction);
  // After the last: the balances of each currency add up to zero, and the history ends at
  // `head`.
  void Finish(const Position& head);

  int64_t count() const { return count_; }
  // Hex SHA-256 of the lines that DigestTransactions hashes; once.
  std::string FinishDigest() { return digest_.Finish(); }
  const absl::flat_hash_map<std::string, AccountState>& accounts() const { return accounts_; }
  Problems* problems() { return &problems_; }

 private:
  // The side of a transaction that `account` is.
  struct Side {
    const char* name;  // from or to
    const std::string& account;
    int64_t previous;
    int64_t balance;
    int sign;  // of the amount
  };

  // Whether it follows the one before it.
  bool CheckSequence(const v1::Transaction& transaction);
  void CheckHash(const v1::Transaction& transaction, bool follows);
  void CheckSide(const v1::Transaction& transaction, const Side& side);
  absl::Status CheckReversal(const v1::Transaction& transaction);
  void AddToDigest(const v1::Transaction& transaction);
  void Report(const v1::Transaction& transaction, const char* check, std::string message);

  const Find find_;
  Problems problems_;
  int64_t count_ = 0;
  int64_t newest_ = 0;  // sequence
  int64_t newest_micros_ = 0;
  Hash hash_;  // of the newest
  TransactionDigest digest_;
  absl::flat_hash_map<std::string, AccountState> accounts_;
  absl::flat_hash_set<int64_t> reversed_;  // sequences
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_AUDIT_H_
