#ifndef SERVICES_TRANSACTION_POSTGRES_SESSION_H_
#define SERVICES_TRANSACTION_POSTGRES_SESSION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace ledgercast::postgres {

// A bound parameter in PostgreSQL's text form; nullopt = NULL. Values never become
// part of SQL text.
using Param = std::optional<std::string>;

// Rows as text, which is how both versions of libpqxx hand them over.
class Rows {
 public:
  struct Impl;
  explicit Rows(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

  size_t size() const;
  bool empty() const { return size() == 0; }
  bool IsNull(size_t row, size_t column) const;
  std::string_view Text(size_t row, size_t column) const;
  int64_t Int(size_t row, size_t column) const;

 private:
  std::shared_ptr<const Impl> impl_;
};

// One connection to PostgreSQL, and the only file that includes libpqxx (6.4 in Debian
// 12, 7.10 in Debian 13) and translates its exceptions:
//
//   connection lost, no answer, server stopping or      UNAVAILABLE / DATABASE_UNAVAILABLE
//   read-only, timeouts, out of resources
//   serialization failure, deadlock                     ABORTED / DATABASE_UNAVAILABLE
//   unique violation                                    ALREADY_EXISTS (no reason)
//   a value that the server refuses                     INTERNAL: see RefusedData()
//   anything else                                       INTERNAL: a mistake of ours
//
// Statements of a thread that has a CurrentSpan are spans within that.
//
// It never reconnects: after UNAVAILABLE drop it and Connect() anew, so that no lock or
// setting is lost unnoticed. Belongs to one thread at a time.
class Session {
 public:
  // Connects. `conninfo` is as for libpq; if it names several hosts, the first that will do is
  // taken. Connecting to each, and every statement, is bounded by `timeout`. A transaction in which
  // the server hears nothing for `fence_timeout`, because this process was stopped or cut off, is
  // ended by the server; the wait for a lock, for twice that.
  static absl::StatusOr<std::unique_ptr<Session>> Connect(
      const std::string& conninfo, absl::Duration timeout,
      absl::Duration fence_timeout = absl::InfiniteDuration());
  ~Session();

  // Runs one or several statements without parameters, outside or inside a transaction
  // that an earlier call began.
  absl::StatusOr<Rows> Run(const std::string& sql);
  // Runs one statement. It is prepared when first used and remembered by its text, so
  // `sql` must be one of a small number of texts.
  absl::StatusOr<Rows> Run(const std::string& sql, const std::vector<Param>& params);

  // Does the same with `before`, statements without parameters, in front of it in the same round
  // trip. Returns the rows of the last statement.
  absl::StatusOr<Rows> Run(const std::string& before, const std::string& sql,
                           const std::vector<Param>& params);

  // Runs COMMIT, behind the statements of `before` in the same round trip. OK means committed, and
  // if the server has a synchronous standby, there as well. After an error it may have been
  // committed nevertheless. It is an error, too, if the server only warned that it gave up waiting
  // for the standby, which libpq reports as a success.
  absl::Status Commit(const std::string& before = "");

  // Commits like Commit(). After OK the synchronous standby, if there is one, has all that this
  // session was shown. That something is visible does not prove it: a primary that crashed while
  // commits waited for the standby shows them after its restart without the standby having them.
  absl::Status CommitBehindAll();

  // Listens on `channel` from now on; every notification calls `ring` with its payload,
  // within WaitForNotification().
  absl::Status Listen(const std::string& channel,
                      std::function<void(const std::string& payload)> ring);
  // Sleeps until a notification comes or `timeout` has passed.
  absl::Status WaitForNotification(absl::Duration timeout);

 private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  // Run() without its span.
  absl::StatusOr<Rows> Execute(const std::string& sql);
  absl::StatusOr<Rows> Execute(const std::string& sql, const std::vector<Param>& params);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_SESSION_H_
