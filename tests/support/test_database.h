#ifndef TESTS_SUPPORT_TEST_DATABASE_H_
#define TESTS_SUPPORT_TEST_DATABASE_H_

#include <memory>
#include <string>

#include "services/transaction/postgres/pg_store.h"
#include "services/transaction/postgres/session.h"

namespace ledgercast::testing {

// A PostgreSQL database of its own, dropped at the end, in the cluster that
// LEDGERCAST_TEST_DATABASE (a libpq key=value string of a superuser) names. The
// program ends with a clear message if there is none: what needs PostgreSQL does not
// count as tested without it.
class TestDatabase {
 public:
  enum class Schema { kMigrated, kEmpty };

  explicit TestDatabase(Schema schema = Schema::kMigrated);
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const std::string& conninfo() const { return conninfo_; }
  postgres::PgOptions options() const;
  std::unique_ptr<postgres::Session> Connect() const;
  PostingSessionFactory Sessions(bool notify = true) const;

  // Runs SQL as the superuser; a mistake ends the test program.
  postgres::Rows Run(const std::string& sql);

  // Ends every other connection to this database, as a restart would.
  void KillConnections();
  // Takes the newest transactions away down to `sequence`, as a failover to a replica
  // that had not got them would.
  void Rewind(int64_t sequence);

 private:
  std::string name_;
  std::string conninfo_;
  std::unique_ptr<postgres::Session> admin_;
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_TEST_DATABASE_H_
