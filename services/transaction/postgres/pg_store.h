#ifndef SERVICES_TRANSACTION_POSTGRES_PG_STORE_H_
#define SERVICES_TRANSACTION_POSTGRES_PG_STORE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/transaction/postgres/connection.h"
#include "services/transaction/store.h"

namespace ledgercast::postgres {

struct PgOptions {
  // A libpq connection string. It may name several hosts, one of which is the primary.
  std::string conninfo;
  // A file of one line with the password. It is read for each connection, so that the password may
  // change. Empty means that the connection string holds the password, or that none is needed.
  std::string password_file = {};
  // Longest time that connecting to a host, and each statement, may take.
  absl::Duration statement_timeout = absl::Seconds(10);
  // Longest time for which a replica that hangs can hold up the posting of the others; see
  // Connection::Connect().
  absl::Duration fence_timeout = absl::Seconds(2);
  // If true, each new connection waits until the synchronous standby has everything that the
  // connection will show (see Connection::CommitBehindAll()). It is meant for what watchers read,
  // so that no watcher sees history go back after a failover.
  bool wait_for_standby = false;
  // If true, each commit sends NOTIFY and the tail does LISTEN. Otherwise commits of other replicas
  // are seen at the next poll.
  bool notify = true;
};

// Returns `options` with wait_for_standby.
inline PgOptions WaitingForStandby(PgOptions options) {
  options.wait_for_standby = true;
  return options;
}

absl::StatusOr<std::unique_ptr<Connection>> Connect(const PgOptions& options);

// Implements Store by PostgreSQL. It keeps its connections for later calls, as many as were in use
// at once. So the number of its callers' threads limits them.
class PgStore : public Store {
 public:
  explicit PgStore(PgOptions options) : options_(std::move(options)) {}

  absl::StatusOr<Head> GetHead() override;
  absl::StatusOr<Position> PositionAt(int64_t sequence) override;
  absl::StatusOr<Position> PositionAtTime(absl::Time time) override;
  absl::StatusOr<StorePage> ReadAfter(const Position& after, const AccountFilter& filter,
                                      int64_t max_transactions) override;
  absl::StatusOr<ListedTransactions> ListTransactions(const TransactionQuery& query) override;
  absl::StatusOr<v1::Transaction> GetTransactionById(const std::string& id) override;
  absl::StatusOr<v1::Transaction> GetTransactionBySequence(int64_t sequence) override;
  absl::StatusOr<v1::Account> GetAccount(const std::string& name,
                                         const std::optional<Position>& at) override;
  absl::StatusOr<std::vector<v1::Account>> ListAccounts(const std::string& after_name,
                                                        int64_t max_accounts) override;
  absl::StatusOr<v1::Account> CreateAccount(const v1::Account& account,
                                            const std::string& password_hash) override;
  absl::StatusOr<v1::Account> UpdateAccount(const std::string& name,
                                            const AccountChanges& changes) override;
  absl::StatusOr<Credentials> GetCredentials(const std::string& name) override;
  absl::StatusOr<int64_t> RevokeTokens(const std::string& name) override;
  absl::StatusOr<int64_t> SetPassword(const std::string& name, const std::string& password_hash,
                                      std::optional<int64_t> after) override;
  absl::StatusOr<std::vector<Revocation>> ListRevocations(absl::Duration max_age,
                                                          int64_t max_revocations) override;
  absl::StatusOr<v1::ListStoredTablesResponse> ListStoredTables() override;
  absl::StatusOr<StoredPage> ReadStoredRows(const StoredQuery& query) override;

  absl::Status BeginFamily(const std::string& family, const std::string& account,
                           absl::Duration lifetime, int64_t max_families) override;
  absl::StatusOr<RefreshResult> UseRefreshToken(const RefreshUse& use) override;
  absl::StatusOr<std::vector<EndedFamily>> ListEndedFamilies(absl::Duration max_age,
                                                             int64_t max_families) override;

  struct Connections {
    int64_t idle = 0;
    int64_t in_use = 0;
  };
  Connections connections() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // Closes a session and subtracts it from the count of open ones.
  struct Close {
    std::atomic<int64_t>* open;
    void operator()(Connection* connection) const {
      delete connection;
      --*open;
    }
  };
  using PooledConnection = std::unique_ptr<Connection, Close>;

  // Runs `read` on a connection of the pool. That connection may have broken while it was idle, by
  // a restart or a failover of the database. So reads are tried once more on a fresh connection,
  // from their beginning. The history that one connection shows only grows, so what `read` has
  // checked stays true for what it reads next.
  template <typename T>
  absl::StatusOr<T> OnOneConnection(absl::FunctionRef<absl::StatusOr<T>(Connection*)> read) {
    auto connection = Take();
    if (!connection.ok()) return connection.status();
    auto result = read(connection->get());
    if (absl::IsUnavailable(result.status())) {
      connection = TakeFresh();
      if (!connection.ok()) return connection.status();
      result = read(connection->get());
    }
    if (!absl::IsUnavailable(result.status())) GiveBack(std::move(*connection));
    return result;
  }
  absl::StatusOr<Rows> Read(const std::string& sql, const std::vector<Param>& params);
  absl::StatusOr<PooledConnection> Open();
  absl::StatusOr<PooledConnection> Take() ABSL_LOCKS_EXCLUDED(mu_);
  // Opens a new connection, and drops the pool's idle ones, because they are as old as the one that
  // broke.
  absl::StatusOr<PooledConnection> TakeFresh() ABSL_LOCKS_EXCLUDED(mu_);
  void GiveBack(PooledConnection connection) ABSL_LOCKS_EXCLUDED(mu_);

  // Returns the head if `position` is on its history, otherwise CURSOR_UNKNOWN.
  static absl::StatusOr<Head> CheckedHead(Connection* connection, const Position& position);

  const PgOptions options_;
  std::atomic<int64_t> open_ = 0;
  mutable absl::Mutex mu_;
  std::vector<PooledConnection> idle_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_PG_STORE_H_
