#ifndef SERVICES_CLI_AUDIT_H_
#define SERVICES_CLI_AUDIT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "services/cli/audit_settings.h"
#include "services/cli/changed_column.h"
#include "services/cli/problems.h"
#include "services/cli/stored_transaction.h"
#include "services/common/ledger/cursor.h"
#include "services/common/ledger/hash_chain.h"
#include "services/common/ledger/transaction_digest.h"

namespace ledgercast::cli {

// Recomputes the stored transactions of a ledger, one after the other. It uses only the
// transactions themselves and the settings that were audited before. After a problem it goes on
// with the transaction as it must have been if that can be told, otherwise as it is stored. So one
// changed transaction does not make all later ones look wrong. Keeps an entry for each account and
// eight bytes for each reversal. Not thread-safe.
class Audit {
 public:
  // The state of an account after the transactions so far.
  struct AccountState {
    int64_t newest = 0;
    int64_t balance = 0;
    std::string currency;
  };
  // Finds an earlier transaction, for reversals; NOT_FOUND if there is none.
  using Find = std::function<absl::StatusOr<v1::Transaction>(const std::string& id)>;

  struct Options {
    // If true, a caller that is no account comes from an OpenID provider and is no problem.
    bool foreign_callers = false;
  };

  // `settings` and `problems` must outlive it.
  Audit(const AuditedSettings* settings, Find find, Problems* problems, Options options);

  // Checks the next transaction. Fails only if `find` fails with anything but NOT_FOUND.
  absl::Status Add(const StoredTransaction& stored);
  // Checks after the last one that the balances of each currency add up to zero.
  void Finish();

  int64_t count() const { return count_; }
  // Returns where the history ends.
  Position end() const { return {newest_, CheckOf(hash_)}; }
  // Returns the hex SHA-256 of the lines that DigestTransactions hashes. Call it once.
  std::string FinishDigest() { return digest_.Finish(); }
  const absl::flat_hash_map<std::string, AccountState>& accounts() const { return accounts_; }
  Problems* problems() const { return problems_; }

 private:
  // Describes one side of a transaction: the payer or the payee.
  struct Side {
    const char* name;  // from or to
    const std::string& account;
    int64_t previous;
    int64_t balance;
    int sign;  // of the amount
  };
  // Holds a transaction whose content did not give its hash. The next transaction may tell which
  // column was changed.
  struct Suspect {
    v1::Transaction transaction;
    Surroundings around;
    Hash computed;
  };

  // Reports a transaction that does not follow the one before it. Returns whether it follows.
  bool CheckSequence(const v1::Transaction& transaction);
  // Checks the hash. Returns the transaction as it must have been, as far as that can be told.
  v1::Transaction CheckHash(const v1::Transaction& transaction, bool follows);
  // Reports `suspect_`, if there is one. `next` is the transaction after it, or nullptr.
  void Resolve(const v1::Transaction* next);
  Surroundings Around(const v1::Transaction& transaction) const;
  AccountBefore Before(const std::string& account) const;
  void CheckSide(const v1::Transaction& transaction, const Side& side);
  void CheckCurrency(const v1::Transaction& transaction, const Side& side);
  void CheckLimits(const v1::Transaction& transaction);
  void CheckCaller(const StoredTransaction& stored);
  absl::Status CheckReversal(const v1::Transaction& transaction);
  void Report(const v1::Transaction& transaction, const char* check,
              std::vector<std::string> columns, std::string message);

  const AuditedSettings& settings_;
  const Find find_;
  Problems* const problems_;
  const Options options_;
  int64_t count_ = 0;
  int64_t newest_ = 0;  // sequence
  int64_t newest_micros_ = 0;
  Hash hash_;  // of the newest
  std::optional<Suspect> suspect_;
  TransactionDigest digest_;
  absl::flat_hash_map<std::string, AccountState> accounts_;
  absl::flat_hash_set<int64_t> reversed_;  // sequences
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_AUDIT_H_
