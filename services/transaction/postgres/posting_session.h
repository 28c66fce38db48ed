#ifndef SERVICES_TRANSACTION_POSTGRES_POSTING_SESSION_H_
#define SERVICES_TRANSACTION_POSTGRES_POSTING_SESSION_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "services/transaction/postgres/connection.h"
#include "services/transaction/store.h"

namespace ledgercast::postgres {

// Implements PostingSession by PostgreSQL. A batch takes three round trips: BEGIN with the lock and
// the fence's query, the rows in one statement, and NOTIFY with COMMIT. It takes another one to
// read transactions with known ids, and another if accounts are not known yet.
class PgPostingSession : public PostingSession {
 public:
  // If `notify` is true, each commit notifies the tails of other replicas.
  PgPostingSession(std::unique_ptr<Connection> connection, bool notify)
      : connection_(std::move(connection)), notify_(notify) {}

  absl::StatusOr<Fenced> Fence(const FenceQuery& query) override;
  absl::StatusOr<std::vector<v1::Transaction>> ReadAfter(int64_t after,
                                                         int64_t max_transactions) override;
  absl::StatusOr<std::vector<LedgerEntry>> FindByIds(const std::vector<std::string>& ids) override;
  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> FindReversals(
      const std::vector<std::string>& ids) override;
  absl::StatusOr<std::vector<NamedAccountState>> LoadAccounts(
      const std::vector<std::string>& names) override;
  absl::Status Commit(const std::vector<LedgerEntry>& entries, const Head& head) override;
  absl::Status Release() override;

 private:
  const std::unique_ptr<Connection> connection_;
  const bool notify_;
  // True if transactions that are in the ledger already were found since the last Fence().
  bool found_known_ = false;
};

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_POSTING_SESSION_H_
