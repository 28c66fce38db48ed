#ifndef TESTS_SUPPORT_TEST_DATABASE_H_
#define TESTS_SUPPORT_TEST_DATABASE_H_

#include <memory>
#include <string>

#include "services/transaction/postgres/connection.h"
#include "services/transaction/postgres/pg_store.h"

namespace ledgercast::testing {

// Makes a PostgreSQL database, and drops it at the end. It is in the cluster that
// LEDGERCAST_TEST_DATABASE names (a libpq key=value string of a superuser). Without a cluster the
// program ends with a clear message, because a test that needs PostgreSQL must not seem to pass.
class TestDatabase {
 public:
  enum class Schema { kMigrated, kEmpty };

  explicit TestDatabase(Schema schema = Schema::kMigrated);
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const std::string& conninfo() const { return conninfo_; }
  postgres::PgOptions options() const;
  std::unique_ptr<postgres::Connection> Connect() const;
  PostingSessionFactory Sessions(bool notify = true) const;

  // Runs SQL as the superuser. An error ends the test program.
  postgres::Rows Run(const std::string& sql);

  // Ends every other connection to this database, as a restart would.
  void KillConnections();
  // Removes the transactions after `sequence`, as a failover to a replica without them would.
  void Rewind(int64_t sequence);

 private:
  std::string name_;
  std::string conninfo_;
  std::unique_ptr<postgres::Connection> admin_;
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_TEST_DATABASE_H_
