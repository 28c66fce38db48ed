#include "services/transaction/postgres/pg_store.h"

#include <utility>

#include "absl/strings/substitute.h"
#include "services/common/auth/password_file.h"
#include "services/common/base/errors.h"
#include "services/transaction/postgres/connect_settings.h"
#include "services/transaction/postgres/rows.h"

namespace ledgercast::postgres {
namespace {

// Makes PostgreSQL plan by index, because every statement of the service looks up keys. Statistics
// can mislead it: those of a ledger with few payers, or of a table that grew since. Then it would
// read whole tables, and compile statements because their costs look large.
constexpr char kPlanByIndex[] =
    "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; "
    "SET enable_mergejoin = off; SET jit = off";

// Returns SQL for the sequences between the page's bounds at which an account is on one side.
std::string SideOfPage(const SideColumns& columns) {
  return absl::Substitute(
      "(SELECT sequence FROM transactions WHERE ($0, sequence) > (ids.id, $$1::bigint) AND ($0, "
      "sequence) <= (ids.id, $$2::bigint) ORDER BY $0, sequence LIMIT $$3)",
      columns.account);
}

// Returns SQL that finds the page's sequences first and then its rows. For each account it reads
// one range of an index for each side.
const std::string& AccountPageQuery() {
  static const auto& sql = *new std::string(
      std::string("WITH ids AS (SELECT id FROM accounts WHERE name = ANY($4::text[])), found AS ("
                  "SELECT DISTINCT s.sequence FROM ids, LATERAL (") +
      SideOfPage(kFromSide) + " UNION ALL " + SideOfPage(kToSide) +
      ") AS s ORDER BY s.sequence LIMIT $3) SELECT " + kTransactionColumns +
      " FROM found JOIN transactions t USING (sequence)" + kTransactionJoins +
      "ORDER BY t.sequence");
  return sql;
}

const std::string& PageQuery() {
  static const auto& sql = *new std::string(
      std::string("SELECT ") + kTransactionColumns + " FROM transactions t" + kTransactionJoins +
      "WHERE t.sequence > $1::bigint AND t.sequence <= $2::bigint ORDER BY t.sequence LIMIT $3");
  return sql;
}

std::string OneTransactionQuery(const char* condition) {
  return std::string("SELECT ") + kTransactionColumns + " FROM transactions t" + kTransactionJoins +
         "WHERE " + condition;
}

absl::StatusOr<v1::Transaction> OneTransaction(const absl::StatusOr<Rows>& rows,
                                               const std::string& key) {
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return TransactionNotFound(key);
  return ToTransaction(*rows, 0);
}

absl::StatusOr<Head> HeadOn(Connection* connection) {
  static const auto& sql = *new std::string(std::string("SELECT ") + kHeadColumns + kHeadTables);
  const auto rows = connection->Run(sql, {});
  if (!rows.ok()) return rows.status();
  return ToHead(*rows);
}

absl::StatusOr<Position> PositionOn(Connection* connection, const Head& head, int64_t sequence) {
  if (sequence == head.sequence) return head.position();
  if (sequence == 0) return Position{0, CheckOf(GenesisHash(head.ledger))};
  const auto rows =
      connection->Run("SELECT encode(hash, 'hex') FROM transactions WHERE sequence = $1",
                      {std::to_string(sequence)});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) {
    return CursorUnknown(head.ledger, FormatCursor(head.ledger, head.position()),
                         "the ledger has no transaction " + std::to_string(sequence));
  }
  return Position{sequence, CheckOfHex(rows->Text(0, 0))};
}

}  // namespace

// --- connections ---

absl::StatusOr<std::unique_ptr<Connection>> Connect(const PgOptions& options) {
  std::string conninfo = options.conninfo;
  if (!options.password_file.empty()) {
    const auto password = ReadPasswordFile(options.password_file);
    if (!password.ok()) return password.status();
    conninfo = WithPassword(conninfo, *password);
  }
  auto connection = Connection::Connect(conninfo, options.statement_timeout, options.fence_timeout);
  if (!connection.ok()) return connection;
  absl::Status status = (*connection)->Run(kPlanByIndex).status();
  if (status.ok() && options.wait_for_standby) {
    status = (*connection)->Run("BEGIN").status();
    if (status.ok()) status = (*connection)->CommitBehindAll();
  }
  if (!status.ok()) return status;
  return connection;
}

absl::StatusOr<PgStore::PooledConnection> PgStore::Open() {
  auto connection = Connect(options_);
  if (!connection.ok()) return connection.status();
  ++open_;
  return PooledConnection(connection->release(), Close{&open_});
}

absl::StatusOr<PgStore::PooledConnection> PgStore::Take() {
  {
    absl::MutexLock lock(&mu_);
    if (!idle_.empty()) {
      PooledConnection connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  return Open();
}

absl::StatusOr<PgStore::PooledConnection> PgStore::TakeFresh() {
  {
    absl::MutexLock lock(&mu_);
    idle_.clear();
  }
  return Open();
}

void PgStore::GiveBack(PooledConnection connection) {
  absl::MutexLock lock(&mu_);
  idle_.push_back(std::move(connection));
}

PgStore::Connections PgStore::connections() const {
  absl::MutexLock lock(&mu_);
  const auto idle = static_cast<int64_t>(idle_.size());
  return {idle, open_ - idle};
}

absl::StatusOr<Rows> PgStore::Read(const std::string& sql, const std::vector<Param>& params) {
  return OnOneConnection<Rows>(
      [&](Connection* connection) { return connection->Run(sql, params); });
}

// --- the ledger ---

absl::StatusOr<Head> PgStore::GetHead() { return OnOneConnection<Head>(HeadOn); }

absl::StatusOr<Position> PgStore::PositionAt(int64_t sequence) {
  return OnOneConnection<Position>([&](Connection* connection) -> absl::StatusOr<Position> {
    const auto head = HeadOn(connection);
    if (!head.ok()) return head.status();
    return PositionOn(connection, *head, sequence);
  });
}

absl::StatusOr<Position> PgStore::PositionAtTime(absl::Time time) {
  // Times never decrease along the sequence, so a binary search finds it with one index probe a
  // step.
  static const auto& sql = *new std::string(
      "WITH RECURSIVE search (low, high) AS ("
      "SELECT 0::bigint, coalesce(n.sequence, 0)" +
      std::string(kHeadTables) +
      " UNION ALL "
      "SELECT CASE WHEN past THEN middle ELSE low END, CASE WHEN past THEN high ELSE middle - 1 "
      "END "
      "FROM (SELECT low, high, middle, t.create_time <= "
      "'epoch'::timestamptz + $1::bigint * interval '1 microsecond' AS past "
      "FROM (SELECT low, high, (low + high + 1) / 2 AS middle FROM search WHERE low < high) AS s "
      "JOIN transactions t ON t.sequence = s.middle) AS probe) "
      "SELECT low FROM search WHERE low = high");
  return OnOneConnection<Position>([&](Connection* connection) -> absl::StatusOr<Position> {
    const auto rows = connection->Run(sql, {std::to_string(absl::ToUnixMicros(time))});
    if (!rows.ok()) return rows.status();
    const auto head = HeadOn(connection);
    if (!head.ok()) return head.status();
    return PositionOn(connection, *head, rows->empty() ? 0 : rows->Int(0, 0));
  });
}

absl::StatusOr<Head> PgStore::CheckedHead(Connection* connection, const Position& position) {
  // The head is read first, so that every later read includes everything up to it.
  auto head = HeadOn(connection);
  if (!head.ok()) return head.status();
  const std::string newest = FormatCursor(head->ledger, head->position());
  if (position.sequence > head->sequence) {
    return CursorUnknown(head->ledger, newest, "the cursor is beyond the ledger's head");
  }
  const auto there = PositionOn(connection, *head, position.sequence);
  if (!there.ok()) return there.status();
  if (*there != position) {
    return CursorUnknown(head->ledger, newest, "the cursor belongs to a history that was rewound");
  }
  return head;
}

absl::StatusOr<StorePage> PgStore::ReadAfter(const Position& after, const AccountFilter& filter,
                                             int64_t max_transactions) {
  return OnOneConnection<StorePage>([&](Connection* connection) -> absl::StatusOr<StorePage> {
    const auto head = CheckedHead(connection, after);
    if (!head.ok()) return head.status();
    std::vector<Param> params = {std::to_string(after.sequence), std::to_string(head->sequence),
                                 std::to_string(max_transactions)};
    if (!filter.all) params.emplace_back(TextArray(filter.accounts));
    const auto rows = connection->Run(filter.all ? PageQuery() : AccountPageQuery(), params);
    if (!rows.ok()) return rows.status();
    StorePage page;
    page.transactions = ToTransactions(*rows);
    if (static_cast<int64_t>(page.transactions.size()) < max_transactions) {
      page.until = head->position();
    } else {
      const v1::Transaction& last = page.transactions.back();
      page.until = {last.sequence(), CheckOfHex(last.hash())};
    }
    page.at_head = page.until.sequence == head->sequence;
    return page;
  });
}

absl::StatusOr<v1::Transaction> PgStore::GetTransactionById(const std::string& id) {
  return OneTransaction(Read(OneTransactionQuery("t.id = $1::uuid"), {id}), id);
}

absl::StatusOr<v1::Transaction> PgStore::GetTransactionBySequence(int64_t sequence) {
  const std::string key = std::to_string(sequence);
  return OneTransaction(Read(OneTransactionQuery("t.sequence = $1::bigint"), {key}), key);
}

}  // namespace ledgercast::postgres
