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
#include "services/transaction/postgres/session.h"
#include "services/transaction/store.h"

namespace ledgercast::postgres {

struct PgOptions {
  // libpq connection string; may name several hosts, of which one is the primary.
  std::string conninfo;
  // A file of one line, read for each connection, so that the password may change. Empty = the
  // connection string holds it, or none is needed.
  std::string password_file = {};
  // Longest time of connecting to a host, and of each statement.
  absl::Duration statement_timeout = absl::Seconds(10);
  // Longest time that a replica which stands still holds up the others' posting; see
  // Session::Connect().
  absl::Duration fence_timeout = absl::Seconds(2);
  // Each new connection waits until the synchronous standby has all that it will be shown (see
  // Session::CommitBehindAll()). It is for reads that watchers are shown, so that no watcher goes
  // back after a failover.
  bool wait_for_standby = false;
  // NOTIFY after each commit and LISTEN in the tail; without it others' commits are seen
  // at the next poll.
  bool notify = true;
};

// Returns `options` with wait_for_standby.
inline PgOptions WaitingForStandby(PgOptions options) {
  options.wait_for_standby = true;
  return options;
}

absl::StatusOr<std::unique_ptr<Session>> Connect(const PgOptions& options);

// The Store of production. Keeps its connections for later calls, as many as were in use at once;
// so callers bound them by their number of threads.
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
  // Closes a session, which counts as open from when it is opened until then.
  struct Close {
    std::atomic<int64_t>* open;
    void operator()(Session* session) const {
      delete session;
      --*open;
    }
  };
  using PooledSession = std::unique_ptr<Session, Close>;

  // Runs `read` on a connection of the pool. That may have died while it lay there (a
  // restart or failover of the database), so what only reads is tried once more, from its
  // beginning, on a fresh one. The history that one connection shows only grows, so what
  // `read` checks holds for what it reads next.
  template <typename T>
  absl::StatusOr<T> OnOneConnection(absl::FunctionRef<absl::StatusOr<T>(Session*)> read) {
    auto session = Take();
    if (!session.ok()) return session.status();
    auto result = read(session->get());
    if (absl::IsUnavailable(result.status())) {
      session = TakeFresh();
      if (!session.ok()) return session.status();
      result = read(session->get());
    }
    if (!absl::IsUnavailable(result.status())) GiveBack(std::move(*session));
    return result;
  }
  absl::StatusOr<Rows> Read(const std::string& sql, const std::vector<Param>& params);
  absl::StatusOr<PooledSession> Open();
  absl::StatusOr<PooledSession> Take() ABSL_LOCKS_EXCLUDED(mu_);
  // Connects anew, and forgets the pool's connections: they are as old as one that died.
  absl::StatusOr<PooledSession> TakeFresh() ABSL_LOCKS_EXCLUDED(mu_);
  void GiveBack(PooledSession session) ABSL_LOCKS_EXCLUDED(mu_);

  // Returns the head, once `position` was found to be on this history.
  static absl::StatusOr<Head> CheckedHead(Session* session, const Position& position);

  const PgOptions options_;
  std::atomic<int64_t> open_ = 0;
  mutable absl::Mutex mu_;
  std::vector<PooledSession> idle_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_PG_STORE_H_
