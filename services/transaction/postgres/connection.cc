#include "services/transaction/postgres/connection.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <pqxx/pqxx>
#include <unordered_map>
#include <utility>

#include "services/common/base/errors.h"
#include "services/transaction/postgres/connect_settings.h"
#include "services/transaction/postgres/socket_alarm.h"
#include "services/transaction/postgres/statement_span.h"
#include "services/transaction/refused_data.h"

namespace ledgercast::postgres {

struct Rows::Impl {
  pqxx::result result;
};

namespace {

// Time by which an answer may arrive later than the server's own timeout.
constexpr absl::Duration kAnswerGrace = absl::Seconds(2);

#if PQXX_VERSION_MAJOR < 7

class NoticeCollector : public pqxx::errorhandler {
 public:
  NoticeCollector(pqxx::connection_base& connection, std::string* notices)
      : errorhandler(connection), notices_(*notices) {}

  bool operator()(const char* message) noexcept override {
    notices_ += message;
    return false;
  }

 private:
  std::string& notices_;
};

class Receiver : public pqxx::notification_receiver {
 public:
  Receiver(pqxx::connection_base& connection, const std::string& channel,
           std::function<void(const std::string&)> ring)
      : notification_receiver(connection, channel), ring_(std::move(ring)) {}

  void operator()(const std::string& payload, int /*backend_pid*/) override { ring_(payload); }

 private:
  std::function<void(const std::string&)> ring_;
};

pqxx::result ExecutePrepared(pqxx::transaction_base& transaction, const std::string& name,
                             const std::vector<Param>& params) {
  std::vector<const char*> values;
  values.reserve(params.size());
  for (const Param& param : params) values.push_back(param ? param->c_str() : nullptr);
  return transaction.exec_prepared(name, pqxx::prepare::make_dynamic_params(values));
}

#else

pqxx::result ExecutePrepared(pqxx::transaction_base& transaction, const std::string& name,
                             const std::vector<Param>& params) {
  pqxx::params values;
  values.reserve(params.size());
  for (const Param& param : params) values.append(param);
  return transaction.exec(pqxx::prepped{name}, values);
}

#endif

}  // namespace

struct Connection::Impl {
  Impl(const std::string& conninfo, absl::Duration statement_timeout)
      : connection(conninfo),
        socket(fcntl(connection.sock(), F_DUPFD_CLOEXEC, 0)),
        answer_timeout(statement_timeout + kAnswerGrace) {
#if PQXX_VERSION_MAJOR < 7
    collector = std::make_unique<NoticeCollector>(connection, &notices);
#else
    connection.set_notice_handler([this](pqxx::zview notice) { notices += notice; });
#endif
  }
  ~Impl() { close(socket); }

  // The notices and warnings of the server to the last statement.
  std::string notices;
  pqxx::connection connection;
  // A duplicate of the connection's socket, because libpq may close its own at any time.
  const int socket;
  const absl::Duration answer_timeout;
  const std::shared_ptr<SocketAlarms> alarms = SocketAlarms::Shared();
  // The names of prepared statements by their text: those of libpqxx, and those for EXECUTE.
  std::unordered_map<std::string, std::string> prepared;
  std::unordered_map<std::string, std::string> executed;
#if PQXX_VERSION_MAJOR < 7
  std::unique_ptr<pqxx::errorhandler> collector;
  std::unique_ptr<pqxx::notification_receiver> receiver;
#endif
};

namespace {

absl::Status Unavailable(absl::StatusCode code, std::string_view detail) {
  return MakeError(code, reason::kDatabaseUnavailable,
                   "the database cannot be used right now: " + std::string(detail));
}

// Translates an SQLSTATE. Appendix A of PostgreSQL's manual lists its classes.
absl::Status FromSqlState(const std::string& state, const std::string& message) {
  const std::string_view whole = state;
  const std::string_view kind = whole.substr(0, 2);
  if (whole == "23505") return absl::AlreadyExistsError(message);
  // These classes and codes mean that the database cannot be used now: 08 connection, 53 resources,
  // 57 operator intervention (shutdown, timeout), 58 system, 25006 read-only (a primary that became
  // a standby), 25P03 and 25P04 timeouts of a transaction, 55P03 timeout of a lock.
  if (kind == "08" || kind == "53" || kind == "57" || kind == "58" || whole == "25006" ||
      whole == "25P03" || whole == "25P04" || whole == "55P03") {
    return Unavailable(absl::StatusCode::kUnavailable, message);
  }
  const std::string text = "SQL " + state + ": " + message;
  // These classes mean that a value was refused: 22 data exception, 23 integrity constraint, 54
  // program limit (a value too long for an index), P0 an error that a trigger raises.
  if (kind == "22" || kind == "23" || kind == "54" || kind == "P0") return RefusedData(text);
  return MakeError(absl::StatusCode::kInternal, reason::kInternal, text);
}

// Translates the exception being handled.
absl::Status FromCurrentException() {
  try {
    throw;
  } catch (const pqxx::broken_connection& e) {
    return Unavailable(absl::StatusCode::kUnavailable, e.what());
  } catch (const pqxx::transaction_rollback& e) {
    // This is class 40, which is no sql_error in libpqxx 6.
    return Unavailable(absl::StatusCode::kAborted, e.what());
  } catch (const pqxx::sql_error& e) {
    return FromSqlState(e.sqlstate(), e.what());
  } catch (const std::exception& e) {
    return MakeError(absl::StatusCode::kInternal, reason::kInternal, e.what());
  }
}

absl::Status CheckParams(const std::vector<Param>& params) {
  for (const Param& param : params) {
    // libpq reads C strings, so it would silently send only the part in front of the NUL.
    if (param && param->find('\0') != std::string::npos) {
      return RefusedData("a parameter holds NUL");
    }
  }
  return absl::OkStatus();
}

}  // namespace

size_t Rows::size() const { return static_cast<size_t>(impl_->result.size()); }

bool Rows::IsNull(size_t row, size_t column) const {
  return impl_
      ->result[static_cast<pqxx::result::size_type>(row)][static_cast<pqxx::row::size_type>(column)]
      .is_null();
}

std::string_view Rows::Text(size_t row, size_t column) const {
  const auto field = impl_->result[static_cast<pqxx::result::size_type>(row)]
                                  [static_cast<pqxx::row::size_type>(column)];
  return {field.c_str(), static_cast<size_t>(field.size())};
}

int64_t Rows::Int(size_t row, size_t column) const {
  const std::string_view text = Text(row, column);
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Connection::~Connection() = default;

absl::StatusOr<std::unique_ptr<Connection>> Connection::Connect(const std::string& conninfo,
                                                                absl::Duration timeout,
                                                                absl::Duration fence_timeout) {
  try {
    auto connection = std::unique_ptr<Connection>(
        new Connection(std::make_unique<Impl>(WithConnectSettings(conninfo, timeout), timeout)));
    const auto set = connection->Run(ServerSettings(timeout, fence_timeout));
    if (!set.ok()) return set.status();
    return connection;
  } catch (...) {
    return FromCurrentException();
  }
}

absl::StatusOr<Rows> Connection::Run(const std::string& sql) {
  return InSpan("", [&] { return Execute(sql); });
}

absl::StatusOr<Rows> Connection::Run(const std::string& sql, const std::vector<Param>& params) {
  return InSpan(sql, [&] { return Execute(sql, params); });
}

absl::StatusOr<Rows> Connection::Execute(const std::string& sql) {
  const SocketAlarms::Alarm alarm(impl_->alarms.get(), impl_->socket, impl_->answer_timeout);
  impl_->notices.clear();
  try {
    pqxx::nontransaction transaction(impl_->connection);
    return Rows(std::make_shared<Rows::Impl>(Rows::Impl{transaction.exec(sql)}));
  } catch (...) {
    return FromCurrentException();
  }
}

absl::StatusOr<Rows> Connection::Execute(const std::string& sql, const std::vector<Param>& params) {
  if (const absl::Status status = CheckParams(params); !status.ok()) return status;
  const SocketAlarms::Alarm alarm(impl_->alarms.get(), impl_->socket, impl_->answer_timeout);
  impl_->notices.clear();
  try {
    auto [it, is_new] = impl_->prepared.try_emplace(sql);
    if (is_new) {
      it->second = "s" + std::to_string(impl_->prepared.size());
      impl_->connection.prepare(it->second, sql);
    }
    pqxx::nontransaction transaction(impl_->connection);
    return Rows(
        std::make_shared<Rows::Impl>(Rows::Impl{ExecutePrepared(transaction, it->second, params)}));
  } catch (...) {
    return FromCurrentException();
  }
}

absl::StatusOr<Rows> Connection::Run(const std::string& before, const std::string& sql,
                                     const std::vector<Param>& params) {
  if (const absl::Status status = CheckParams(params); !status.ok()) return status;
  auto it = impl_->executed.find(sql);
  if (it == impl_->executed.end()) {
    const std::string name = "e" + std::to_string(impl_->executed.size());
    const auto prepared = Run("PREPARE " + name + " AS " + sql);
    if (!prepared.ok()) return prepared.status();
    it = impl_->executed.emplace(sql, name).first;
  }
  // The protocol accepts several statements at once only without bound parameters.
  std::string text = before + "; EXECUTE " + it->second + "(";
  for (size_t i = 0; i < params.size(); ++i) {
    if (i > 0) text += ", ";
    text += params[i] ? impl_->connection.quote(*params[i]) : "NULL";
  }
  // The span gets `sql` only, because the text with its values may hold private data.
  return InSpan(sql, [&] { return Execute(text + ")"); });
}

absl::Status Connection::Commit(const std::string& before) {
  const absl::Status status = InSpan("COMMIT", [&] { return Execute(before + "COMMIT"); }).status();
  // Notices are in the server's language, so any notice counts as the warning about the standby.
  // There should be no others.
  if (!status.ok() || impl_->notices.empty()) return status;
  return Unavailable(absl::StatusCode::kUnavailable, impl_->notices);
}

absl::Status Connection::CommitBehindAll() {
  // A commit waits for the standby only if its transaction wrote to the write-ahead log, so this
  // writes a message to it. The log is in order, so this record comes after everything that was
  // committed before.
  return Commit("SELECT pg_logical_emit_message(true, 'ledgercast', ''); ");
}

absl::Status Connection::Listen(const std::string& channel,
                                std::function<void(const std::string& payload)> ring) {
  try {
#if PQXX_VERSION_MAJOR < 7
    impl_->receiver = std::make_unique<Receiver>(impl_->connection, channel, std::move(ring));
#else
    impl_->connection.listen(channel, [ring = std::move(ring)](const pqxx::notification& note) {
      ring(std::string(note.payload));
    });
#endif
    return absl::OkStatus();
  } catch (...) {
    return FromCurrentException();
  }
}

absl::Status Connection::WaitForNotification(absl::Duration timeout) {
  const int64_t microseconds = absl::ToInt64Microseconds(timeout);
  try {
    impl_->connection.await_notification(microseconds / 1'000'000, microseconds % 1'000'000);
    return absl::OkStatus();
  } catch (...) {
    return FromCurrentException();
  }
}

}  // namespace ledgercast::postgres
