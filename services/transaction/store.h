#ifndef SERVICES_TRANSACTION_STORE_H_
#define SERVICES_TRANSACTION_STORE_H_

// Declares what the service needs from its database, without SQL. A Store reads, and manages
// accounts. A PostingSession appends to the ledger. Production has one implementation
// (services/transaction/postgres), and tests have a second one in memory. One contract suite runs
// against both.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledgercast/v1/account.pb.h"
#include "ledgercast/v1/audit.pb.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/common/ledger/cursor.h"
#include "services/common/ledger/hash_chain.h"
#include "services/common/ledger/visibility.h"
#include "services/transaction/refresh_store.h"

namespace ledgercast {

// The newest state of the ledger.
struct Head {
  std::string ledger;
  int64_t sequence = 0;
  Hash hash{};
  // Time of the newest transaction; times along the ledger never decrease.
  absl::Time create_time = absl::UnixEpoch();
  // Counts the changes of settings that postings depend on, which are the accounts' limits.
  int64_t settings_version = 0;
  // The time of the database's clock when this was read.
  absl::Time read_time = absl::UnixEpoch();

  Position position() const { return {sequence, CheckOf(hash)}; }
};

// A page with everything in (after, until] that the filter matches.
struct StorePage {
  std::vector<v1::Transaction> transactions;
  Position until;
  bool at_head = false;
};

enum class OrderKey { kSequence, kAmount, kCreateTime };

struct TransactionQuery {
  // The accounts that the caller may see. At least one of them must take part, on either side.
  AccountFilter visible = AccountFilter::All();
  // An account that must take part, on either side; "" means any.
  std::string account;
  std::string from_account;  // "" means any
  std::string to_account;    // "" means any
  int64_t after_sequence = 0;
  OrderKey order = OrderKey::kSequence;
  bool descending = false;
  // Where the previous page ended: the amount and the sequence of its last transaction.
  std::optional<std::pair<int64_t, int64_t>> resume_after;
  int64_t max_transactions = 100;
};

struct ListedTransactions {
  std::vector<v1::Transaction> transactions;
  // Is set if the store stopped searching before the page was full. It has searched the list up to
  // this sequence, in the list's order, and the next page resumes after it.
  std::optional<int64_t> looked_until;
};

// The changes of UpdateAccount(). nullopt leaves a field unchanged.
struct AccountChanges {
  std::optional<std::string> display_name;
  std::optional<std::string> department;
  // An inner nullopt removes the limit.
  std::optional<std::optional<int64_t>> minimum_balance;
};

struct Credentials {
  v1::Account account;
  // "" means that nobody can sign in as this account.
  std::string password_hash;
  // Generation of the tokens that the account gets now. Tokens of any other generation were
  // revoked.
  int64_t token_generation = 0;
};

// Says that the tokens of `account` with an earlier generation are refused since `time`.
struct Revocation {
  std::string account;
  int64_t generation = 0;
  absl::Time time;
};

// Asks for rows of one table, in the order of its primary key.
struct StoredQuery {
  std::string table = {};
  // The primary key to begin at, one value for each of its columns. If empty, begins at the first
  // row.
  std::vector<std::string> key = {};
  // True to begin after the key instead of at it.
  bool after_key = false;
  bool descending = false;
  int64_t max_rows = 1'000;
  int64_t max_bytes = 1 << 20;
};

struct StoredPage {
  v1::ListStoredRowsResponse response;
  // The primary key of the last row, to continue after; empty if there are no more rows.
  std::vector<std::string> next_key;
};

// Reads the ledger, and reads and changes accounts. Every method blocks on the database and may be
// called from any thread. Every method returns UNAVAILABLE / DATABASE_UNAVAILABLE while the
// database cannot be reached.
class Store : public RefreshStore {
 public:
  virtual absl::StatusOr<Head> GetHead() = 0;
  // Returns the position at `sequence`, or CURSOR_UNKNOWN if that is beyond the head.
  virtual absl::StatusOr<Position> PositionAt(int64_t sequence) = 0;
  // Returns the position of the newest transaction that was posted at `time` or before.
  virtual absl::StatusOr<Position> PositionAtTime(absl::Time time) = 0;
  // Reads the transactions after `after`. Returns CURSOR_UNKNOWN if that position is beyond the
  // head or of another history.
  virtual absl::StatusOr<StorePage> ReadAfter(const Position& after, const AccountFilter& filter,
                                              int64_t max_transactions) = 0;
  // Runs a query. Returns INVALID_FIELD if it would have to sort more transactions by amount than
  // the store allows.
  virtual absl::StatusOr<ListedTransactions> ListTransactions(const TransactionQuery& query) = 0;
  // Return one transaction, or TRANSACTION_NOT_FOUND if there is none.
  virtual absl::StatusOr<v1::Transaction> GetTransactionById(const std::string& id) = 0;
  virtual absl::StatusOr<v1::Transaction> GetTransactionBySequence(int64_t sequence) = 0;

  // Returns an account with its current balance, or its balance at `at` if given. Returns
  // ACCOUNT_NOT_FOUND or CURSOR_UNKNOWN if there is no such account or position.
  virtual absl::StatusOr<v1::Account> GetAccount(const std::string& name,
                                                 const std::optional<Position>& at) = 0;
  // Returns the accounts after `after_name`, in the order of their names.
  virtual absl::StatusOr<std::vector<v1::Account>> ListAccounts(const std::string& after_name,
                                                                int64_t max_accounts) = 0;
  // Creates an account and returns it as stored. Without a minimum_balance it has no limit. Returns
  // ACCOUNT_EXISTS if the name is taken, and INVALID_FIELD if the currency is known with other
  // minor units.
  virtual absl::StatusOr<v1::Account> CreateAccount(const v1::Account& account,
                                                    const std::string& password_hash) = 0;
  // Changes an account and returns it after the change, with its balance. A new limit applies to
  // everything that any poster posts afterwards. A change of the department revokes the account's
  // tokens, because they state its role. Returns ACCOUNT_NOT_FOUND if there is no such account.
  virtual absl::StatusOr<v1::Account> UpdateAccount(const std::string& name,
                                                    const AccountChanges& changes) = 0;
  // Returns what a sign-in is checked against, or ACCOUNT_NOT_FOUND.
  virtual absl::StatusOr<Credentials> GetCredentials(const std::string& name) = 0;
  // Begins a new generation of the account's tokens and returns it, or ACCOUNT_NOT_FOUND.
  virtual absl::StatusOr<int64_t> RevokeTokens(const std::string& name) = 0;
  // Sets another password and does the same. If `after` is given and is no longer the account's
  // generation, changes nothing and returns FAILED_PRECONDITION.
  virtual absl::StatusOr<int64_t> SetPassword(const std::string& name,
                                              const std::string& password_hash,
                                              std::optional<int64_t> after) = 0;
  // Returns the last revocation of each account that is younger than `max_age`, the newest first.
  virtual absl::StatusOr<std::vector<Revocation>> ListRevocations(absl::Duration max_age,
                                                                  int64_t max_revocations) = 0;

  // Lists the tables of the database: see audit.proto. Secrets are already concealed in the result.
  virtual absl::StatusOr<v1::ListStoredTablesResponse> ListStoredTables() = 0;
  // Reads stored rows. Returns INVALID_FIELD for a table that does not exist, or whose rows have no
  // key that may be shown. Leaves the token of the response empty.
  virtual absl::StatusOr<StoredPage> ReadStoredRows(const StoredQuery& query) = 0;
};

// Holds what must be known of an account to decide about a transfer.
struct AccountState {
  // The store's own key for the account.
  int64_t id = 0;
  std::string currency;
  std::optional<int64_t> minimum_balance;
  int64_t balance = 0;
  // Sequence of its newest transaction; 0 if it has none.
  int64_t newest = 0;
};

struct NamedAccountState {
  std::string name;
  AccountState state;
};

// A transaction together with what only the ledger itself knows about it.
struct LedgerEntry {
  v1::Transaction transaction;
  // The caller who posted it. An `id` counts as a repeat only for the same caller.
  std::string caller;
  int64_t from_id = 0;
  int64_t to_id = 0;
};

// Names what a batch reads together with the fence, which saves round trips.
struct FenceQuery {
  std::vector<std::string> accounts;
  std::vector<std::string> ids;
};

struct Fenced {
  Head head;
  // The accounts of the query that exist, as they are at the head.
  std::vector<NamedAccountState> accounts;
  // The ids of the query that are in the ledger already.
  std::vector<std::string> known_ids;
};

// A connection that appends to the ledger. Not thread-safe: it belongs to one poster. After any
// error the session is useless: drop it and make a new one.
class PostingSession {
 public:
  virtual ~PostingSession() = default;

  // Starts a database transaction and locks the ledger. Until Commit() or Release() no other poster
  // in any process can append. Everything that this and the calls below read is therefore current.
  virtual absl::StatusOr<Fenced> Fence(const FenceQuery& query) = 0;
  // Reads at most `max_transactions` that follow `after`. This and the next three may be called
  // only between Fence() and Commit() or Release().
  virtual absl::StatusOr<std::vector<v1::Transaction>> ReadAfter(int64_t after,
                                                                 int64_t max_transactions) = 0;
  virtual absl::StatusOr<std::vector<LedgerEntry>> FindByIds(
      const std::vector<std::string>& ids) = 0;
  // Returns those of `ids` that were reversed, each with the id of its reversal.
  virtual absl::StatusOr<std::vector<std::pair<std::string, std::string>>> FindReversals(
      const std::vector<std::string>& ids) = 0;
  // Returns the accounts of `names` that exist.
  virtual absl::StatusOr<std::vector<NamedAccountState>> LoadAccounts(
      const std::vector<std::string>& names) = 0;
  // Appends `entries`, which must not be empty, moves the head to the last of them and commits.
  // After the error UNKNOWN it is in doubt whether they were committed. The next Fence() of a new
  // session waits until that is decided, and then they can be looked up by id. After any other
  // error nothing was committed. IsRefusedData() is true of the error if one of `entries` cannot be
  // stored.
  virtual absl::Status Commit(const std::vector<LedgerEntry>& entries, const Head& head) = 0;
  // Ends the transaction without a change.
  virtual absl::Status Release() = 0;
};

using PostingSessionFactory = std::function<absl::StatusOr<std::unique_ptr<PostingSession>>()>;

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_STORE_H_
