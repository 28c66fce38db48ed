#ifndef SERVICES_TRANSACTION_POSTGRES_CONNECTION_H_
#define SERVICES_TRANSACTION_POSTGRES_CONNECTION_H_

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

// A bound parameter in PostgreSQL's text form; nullopt means NULL. Values never become part of SQL
// text.
using Param = std::optional<std::string>;

// Holds the rows of an answer as text, the form in which both versions of libpqxx return them.
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

// Holds one connection to PostgreSQL. Only connection.cc includes libpqxx (6.4 in Debian 12, 7.10
// in Debian 13) and translates its exceptions:
//
//   connection lost, no answer, server stopping or      UNAVAILABLE / DATABASE_UNAVAILABLE
//   read-only, timeouts, out of resources
//   serialization failure, deadlock                     ABORTED / DATABASE_UNAVAILABLE
//   unique violation                                    ALREADY_EXISTS (no reason)
//   a value that the server refuses                     INTERNAL: see RefusedData()
//   anything else                                       INTERNAL: a mistake of ours
//
// If the thread has a CurrentSpan, each statement is a span within it.
//
// A session never reconnects. After UNAVAILABLE drop it and call Connect() again, so that no lock
// or setting is lost unnoticed. It belongs to one thread at a time.
class Connection {
 public:
  // Connects. `conninfo` is as for libpq; if it names several hosts, the first suitable one is
  // used. `timeout` limits connecting to each host, and every statement. If the server hears
  // nothing for `fence_timeout` inside a transaction, because this process was stopped or cut off,
  // it ends the transaction. A wait for a lock fails after twice that time.
  static absl::StatusOr<std::unique_ptr<Connection>> Connect(
      const std::string& conninfo, absl::Duration timeout,
      absl::Duration fence_timeout = absl::InfiniteDuration());
  ~Connection();

  // Runs one or several statements without parameters. They may be inside a transaction that an
  // earlier call began.
  absl::StatusOr<Rows> Run(const std::string& sql);
  // Runs one statement. It is prepared at its first use and remembered by its text, so there must
  // be only a small number of different texts.
  absl::StatusOr<Rows> Run(const std::string& sql, const std::vector<Param>& params);

  // Runs the statements `before`, which have no parameters, and then `sql`, in the same round trip.
  // Returns the rows of `sql`.
  absl::StatusOr<Rows> Run(const std::string& before, const std::string& sql,
                           const std::vector<Param>& params);

  // Runs the statements of `before` and then COMMIT, in the same round trip. OK means that the
  // transaction is committed, also on the synchronous standby if the server has one. After an error
  // it may be committed nevertheless. If the server only warns that it gave up waiting for the
  // standby, libpq reports a success; this method returns an error.
  absl::Status Commit(const std::string& before = "");

  // Commits like Commit(). After OK the synchronous standby, if there is one, has everything that
  // this session was shown. That something is visible does not prove that: a primary that crashes
  // while commits wait for the standby shows them after its restart, although the standby lacks
  // them.
  absl::Status CommitBehindAll();

  // Listens on `channel` from now on. Every notification calls `ring` with its payload, inside
  // WaitForNotification().
  absl::Status Listen(const std::string& channel,
                      std::function<void(const std::string& payload)> ring);
  // Sleeps until a notification comes or `timeout` has passed.
  absl::Status WaitForNotification(absl::Duration timeout);

 private:
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  // These do the same as Run() without a span.
  absl::StatusOr<Rows> Execute(const std::string& sql);
  absl::StatusOr<Rows> Execute(const std::string& sql, const std::vector<Param>& params);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_CONNECTION_H_
