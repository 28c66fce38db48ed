#include "services/transaction/postgres/roles.h"

#include <libpq-fe.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "services/common/auth/password_file.h"
#include "services/common/base/errors.h"
#include "services/transaction/postgres/advisory_locks.h"
#include "services/transaction/postgres/connect_settings.h"

namespace ledgercast::postgres {
namespace {

// Programs that change the schema hold kSchemaLock. The lock is tried and not waited for, because a
// transaction that waits would hold up CREATE INDEX CONCURRENTLY of the holder.
constexpr char kTryTransactionLock[] = "SELECT pg_try_advisory_xact_lock($1::bigint)";

constexpr char kSelf[] = "SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user";

// Makes one statement for each object that this session's role owns. Objects of extensions are left
// out, and so are sequences that belong to a column, which follow their table.
constexpr char kHandOver[] = R"sql(
SELECT format('ALTER %s %s OWNER TO %I', kind, thing, $1::text)
FROM (
  SELECT 'DATABASE' AS kind, quote_ident(datname) AS thing, datdba AS owner
    FROM pg_database WHERE datname = current_database()
  UNION ALL
  SELECT 'SCHEMA', quote_ident(nspname), nspowner FROM pg_namespace WHERE nspname = 'public'
  UNION ALL
  SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW'
                      WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END,
         oid::regclass::text, relowner
    FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
      AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass
                        AND d.objid = pg_class.oid AND d.deptype IN ('e', 'a', 'i'))
  UNION ALL
  SELECT 'ROUTINE', oid::regprocedure::text, proowner
    FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass
                        AND d.objid = pg_proc.oid AND d.deptype = 'e')
) AS things
WHERE owner = (SELECT oid FROM pg_roles WHERE rolname = current_user))sql";

// Returns whether `name` has only characters that need no escaping between quotes.
bool IsRoleName(const std::string& name) {
  return !name.empty() && name.size() <= 63 && !std::isdigit(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::islower(c) || std::isdigit(c) || c == '_';
         });
}

std::string QuotedRole(const std::string& name) { return '"' + name + '"'; }

absl::Status CheckNames(const DatabaseRoles& roles) {
  for (const auto& [flag, role] :
       {std::pair("--owner-role", &roles.owner), {"--runtime-role", &roles.runtime}}) {
    if (!IsRoleName(role->name)) {
      return InvalidField(flag, "must be small letters, digits and _, and not begin with a digit");
    }
  }
  if (roles.owner.name == roles.runtime.name) {
    return InvalidField("--runtime-role", "must be another role than --owner-role");
  }
  return absl::OkStatus();
}

// Checks that this session's role is a superuser and is neither of the two roles, because these
// lose all rights of a superuser.
absl::Status CheckSelf(const DatabaseRoles& roles, Connection* connection) {
  const auto self = connection->Run(kSelf);
  if (!self.ok()) return self.status();
  const std::string name(self->Text(0, 0));
  if (self->Text(0, 1) != "t") {
    return MakeError(absl::StatusCode::kFailedPrecondition, reason::kNotAllowed,
                     "--database signs in as '" + name +
                         "', which is no superuser: only a superuser can make roles and hand over "
                         "a database");
  }
  for (const DatabaseRole& role : {roles.owner, roles.runtime}) {
    if (role.name != name) continue;
    return InvalidField("--database", "signs in as '" + name +
                                          "', the superuser, which must be neither --owner-role "
                                          "nor --runtime-role");
  }
  return absl::OkStatus();
}

// Hashes passwords here, because PostgreSQL may log the statements that it is sent.
class PasswordHasher {
 public:
  explicit PasswordHasher(const PgOptions& options) : options_(options) {}

  absl::StatusOr<std::string> Hash(const std::string& role, const std::string& password) {
    if (const absl::Status status = Connect(); !status.ok()) return status;
    const std::unique_ptr<char, decltype(&PQfreemem)> hash(
        PQencryptPasswordConn(connection_.get(), password.c_str(), role.c_str(), "scram-sha-256"),
        &PQfreemem);
    if (hash == nullptr) return Failed();
    return std::string(hash.get());
  }

 private:
  // Opens a connection of libpq: libpqxx 6 cannot hash for SCRAM, and libpq can do so only with a
  // connection.
  absl::Status Connect() {
    if (connection_ != nullptr) return absl::OkStatus();
    std::string conninfo = options_.conninfo;
    if (!options_.password_file.empty()) {
      const auto password = ReadPasswordFile(options_.password_file);
      if (!password.ok()) return password.status();
      conninfo = WithPassword(conninfo, *password);
    }
    connection_.reset(
        PQconnectdb(WithConnectSettings(conninfo, options_.statement_timeout).c_str()));
    return PQstatus(connection_.get()) == CONNECTION_OK ? absl::OkStatus() : Failed();
  }

  absl::Status Failed() const {
    return MakeError(
        absl::StatusCode::kUnavailable, reason::kDatabaseUnavailable,
        std::string("the database cannot be used right now: ") + PQerrorMessage(connection_.get()));
  }

  const PgOptions& options_;
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_{nullptr, &PQfinish};
};

absl::Status Begin(Connection* connection) {
  if (const auto begun = connection->Run("BEGIN"); !begun.ok()) return begun.status();
  const auto locked = connection->Run(kTryTransactionLock, {std::to_string(kSchemaLock)});
  if (!locked.ok() || locked->Text(0, 0) == "t") return locked.status();
  return MakeError(absl::StatusCode::kUnavailable, reason::kDatabaseUnavailable,
                   "somebody else migrates the database or makes its roles");
}

absl::Status MakeRole(const DatabaseRole& role, PasswordHasher* hasher, Connection* connection) {
  std::string rights = " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS";
  if (!role.password_file.empty()) {
    const auto password = ReadPasswordFile(role.password_file);
    if (!password.ok()) return password.status();
    const auto hash = hasher->Hash(role.name, *password);
    if (!hash.ok()) return hash.status();
    // A hash consists of Base64, `$`, `:` and `-`, so it needs no escaping.
    rights += " PASSWORD '" + *hash + "'";
  }
  const auto known = connection->Run("SELECT FROM pg_roles WHERE rolname = $1", {role.name});
  if (!known.ok()) return known.status();
  return connection
      ->Run((known->empty() ? "CREATE ROLE " : "ALTER ROLE ") + QuotedRole(role.name) + rights)
      .status();
}

absl::Status HandOver(const std::string& owner, Connection* connection) {
  const auto commands = connection->Run(kHandOver, {owner});
  if (!commands.ok()) return commands.status();
  for (size_t row = 0; row < commands->size(); ++row) {
    const auto done = connection->Run(std::string(commands->Text(row, 0)));
    if (!done.ok()) return done.status();
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status MakeRoles(const PgOptions& superuser, const DatabaseRoles& roles) {
  if (const absl::Status valid = CheckNames(roles); !valid.ok()) return valid;
  const auto connection = Connect(superuser);
  if (!connection.ok()) return connection.status();
  if (const absl::Status self = CheckSelf(roles, connection->get()); !self.ok()) return self;
  if (const absl::Status begun = Begin(connection->get()); !begun.ok()) return begun;
  PasswordHasher hasher(superuser);
  for (const DatabaseRole& role : {roles.owner, roles.runtime}) {
    if (const absl::Status made = MakeRole(role, &hasher, connection->get()); !made.ok())
      return made;
  }
  if (const absl::Status done = HandOver(roles.owner.name, connection->get()); !done.ok())
    return done;
  return (*connection)->Commit();
}

absl::StatusOr<bool> MayMakeTables(Connection* connection) {
  const auto may = connection->Run("SELECT has_schema_privilege('public', 'CREATE')");
  if (!may.ok()) return may.status();
  return may->Text(0, 0) == "t";
}

}  // namespace ledgercast::postgres
