#include "tests/support/test_database.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "services/common/base/errors.h"
#include "services/common/base/sha256.h"
#include "services/transaction/postgres/migrate.h"
#include "services/transaction/postgres/posting_session.h"

// libpqxx 6 leaks the 2 KiB of libpq's last result when it reports a broken connection. Tests break
// connections on purpose.
extern "C" const char* __lsan_default_suppressions() { return "leak:libpqxx-6\n"; }

namespace ledgercast::testing {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(60);

[[noreturn]] void Fail(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::abort();
}

template <typename T>
T OrFail(absl::StatusOr<T> result, const std::string& what) {
  if (!result.ok()) Fail(what + ": " + result.status().ToString());
  return *std::move(result);
}

std::string ClusterConninfo() {
  const char* conninfo = std::getenv("LEDGERCAST_TEST_DATABASE");
  if (conninfo == nullptr || *conninfo == '\0') {
    Fail(
        "LEDGERCAST_TEST_DATABASE is not set: this test needs PostgreSQL. Run it as\n"
        "  services/dev/postgres.sh with COMMAND...");
  }
  if (std::string_view(conninfo).find("://") != std::string_view::npos) {
    Fail("LEDGERCAST_TEST_DATABASE must be of libpq's key=value form");
  }
  return conninfo;
}

std::string UniqueName() {
  static int count = 0;
  return "test_" + std::to_string(getpid()) + "_" + std::to_string(++count);
}

std::unique_ptr<postgres::Connection> Open(const std::string& conninfo) {
  return OrFail(postgres::Connection::Connect(conninfo, kTimeout), "connecting to " + conninfo);
}

}  // namespace

TestDatabase::TestDatabase(Schema schema) : name_(UniqueName()) {
  const std::string cluster = ClusterConninfo();
  const auto session = Open(cluster);
  OrFail(session->Run("DROP DATABASE IF EXISTS " + name_), "DROP DATABASE");
  OrFail(session->Run("CREATE DATABASE " + name_), "CREATE DATABASE");
  // If a keyword is given twice, the last one counts.
  conninfo_ = cluster + " dbname=" + name_;
  admin_ = Open(conninfo_);
  if (schema == Schema::kEmpty) return;
  const absl::Status migrated = postgres::Migrate(admin_.get());
  if (!migrated.ok()) Fail("migrating: " + migrated.ToString());
}

TestDatabase::~TestDatabase() {
  admin_.reset();
  OrFail(Open(ClusterConninfo())->Run("DROP DATABASE " + name_ + " WITH (FORCE)"), "DROP DATABASE");
}

postgres::PgOptions TestDatabase::options() const {
  postgres::PgOptions options;
  options.conninfo = conninfo_;
  return options;
}

std::unique_ptr<postgres::Connection> TestDatabase::Connect() const { return Open(conninfo_); }

PostingSessionFactory TestDatabase::Sessions(bool notify) const {
  return [conninfo = conninfo_, notify]() -> absl::StatusOr<std::unique_ptr<PostingSession>> {
    auto session = postgres::Connection::Connect(conninfo, kTimeout);
    if (!session.ok()) return session.status();
    return std::make_unique<postgres::PgPostingSession>(std::move(*session), notify);
  };
}

postgres::Rows TestDatabase::Run(const std::string& sql) { return OrFail(admin_->Run(sql), sql); }

void TestDatabase::KillConnections() {
  // Waits until the connections are gone, at most a minute for each.
  Run("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '" + name_ +
      "' AND pid <> pg_backend_pid()");
}

void TestDatabase::Rewind(int64_t sequence) {
  const std::string last = std::to_string(sequence);
  Run("BEGIN; ALTER TABLE transactions DISABLE TRIGGER transactions_are_final; "
      "DELETE FROM transactions WHERE sequence > " +
      last +
      "; "
      "ALTER TABLE transactions ENABLE TRIGGER transactions_are_final; COMMIT");
}

}  // namespace ledgercast::testing
