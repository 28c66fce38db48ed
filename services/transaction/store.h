#ifndef SERVICES_TRANSACTION_STORE_H_
#define SERVICES_TRANSACTION_STORE_H_

// Declares what the service asks of its database, without SQL: the Store reads and keeps accounts,
// a PostingSession appends to the ledger. Production has one implementation
// (services/transaction/postgres), tests a second one in memory; one contract suite runs against
// both.

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

// The newest end of the ledger.
struct Head {
  std::string ledger;
  int64_t sequence = 0;
  Hash hash{};
  // Time of the newest transaction; times along the ledger never decrease.
  absl::Time create_time = absl::UnixEpoch();
  // Counts changes of what postings depend on besides the ledger: an account's limit.
  int64_t settings_version = 0;
  // The database's clock when this was read.
  absl::Time read_time = absl::UnixEpoch();

  Position position() const { return {sequence, CheckOf(hash)}; }
};

// Everything that `filter` matches in (after, until].
struct StorePage {
  std::vector<v1::Transaction> transactions;
  Position until;
  bool at_head = false;
};

enum class OrderKey { kSequence, kAmount, kCreateTime };

struct TransactionQuery {
  // Accounts that the asker may see: at least one of them takes part, on either side.
  AccountFilter visible = AccountFilter::All();
  // The account that takes part, on either side; "" = any.
  std::string account;
  std::string from_account;  // "" = any
  std::string to_account;    // "" = any
  int64_t after_sequence = 0;
  OrderKey order = OrderKey::kSequence;
  bool descending = false;
  // Where the page before ended: its last transaction's amount and sequence.
  std::optional<std::pair<int64_t, int64_t>> resume_after;
  int64_t max_transactions = 100;
};

struct ListedTransactions {
  std::vector<v1::Transaction> transactions;
  // Set where the store stopped looking before the page was full: nothing that comes after this
  // sequence in the list's order was looked at. The next page resumes after it.
  std::optional<int64_t> looked_until;
};

// What UpdateAccount changes; nullopt = stays.
struct AccountChanges {
  std::optional<std::string> display_name;
  std::optional<std::string> department;
  // An inner nullopt = no limit any more.
  std::optional<std::optional<int64_t>> minimum_balance;
};

struct Credentials {
  v1::Account account;
  // "" = nobody can sign in as it.
  std::string password_hash;
  // Generation of the tokens that it is issued now; tokens of any other were revoked.
  int64_t token_generation = 0;
};

// The tokens of `account` of an earlier generation are of no use since `time`.
struct Revocation {
  std::string account;
  int64_t generation = 0;
  absl::Time time;
};

// Rows of one table, in the order of its primary key.
struct StoredQuery {
  std::string table = {};
  // Where to begin, one value for each column of the key; empty = at the first row.
  std::vector<std::string> key = {};
  // Whether to begin behind the key, not at it.
  bool after_key = false;
  bool descending = false;
  int64_t max_rows = 1'000;
  int64_t max_bytes = 1 << 20;
};

struct StoredPage {
  v1::ListStoredRowsResponse response;
  // The primary key of the last row; empty if no row comes behind it.
  std::vector<std::string> next_key;
};

// Every method blocks on the database and may be called from any thread. All of them
// answer UNAVAILABLE / DATABASE_UNAVAILABLE while it cannot be reached.
class Store : public RefreshStore {
 public:
  virtual absl::StatusOr<Head> GetHead() = 0;
  // Returns the position at `sequence`; CURSOR_UNKNOWN beyond the head.
  virtual absl::StatusOr<Position> PositionAt(int64_t sequence) = 0;
  // Returns the position of the newest transaction that was posted at `time` or before.
  virtual absl::StatusOr<Position> PositionAtTime(absl::Time time) = 0;
  // Reads what comes after `after`. CURSOR_UNKNOWN if that is beyond the head or of another
  // history.
  virtual absl::StatusOr<StorePage> ReadAfter(const Position& after, const AccountFilter& filter,
                                              int64_t max_transactions) = 0;
  // Runs a query. INVALID_FIELD if more would have to be sorted by amount than the store is ready
  // to.
  virtual absl::StatusOr<ListedTransactions> ListTransactions(const TransactionQuery& query) = 0;
  // Return one transaction; TRANSACTION_NOT_FOUND if there is none.
  virtual absl::StatusOr<v1::Transaction> GetTransactionById(const std::string& id) = 0;
  virtual absl::StatusOr<v1::Transaction> GetTransactionBySequence(int64_t sequence) = 0;

  // Returns an account with its balance, at `at` if given. ACCOUNT_NOT_FOUND, CURSOR_UNKNOWN.
  virtual absl::StatusOr<v1::Account> GetAccount(const std::string& name,
                                                 const std::optional<Position>& at) = 0;
  // Lists the accounts after `after_name`, by name.
  virtual absl::StatusOr<std::vector<v1::Account>> ListAccounts(const std::string& after_name,
                                                                int64_t max_accounts) = 0;
  // Makes an account and returns it as stored; without a minimum_balance it has no limit.
  // ACCOUNT_EXISTS; INVALID_FIELD if its currency is known with other minor units.
  virtual absl::StatusOr<v1::Account> CreateAccount(const v1::Account& account,
                                                    const std::string& password_hash) = 0;
  // Changes an account and returns it as it is then, with its balance. A new limit holds for
  // whatever is posted after that, by any poster. Another department revokes the account's tokens,
  // which speak of its role. ACCOUNT_NOT_FOUND.
  virtual absl::StatusOr<v1::Account> UpdateAccount(const std::string& name,
                                                    const AccountChanges& changes) = 0;
  // Returns what a sign-in is checked against. ACCOUNT_NOT_FOUND.
  virtual absl::StatusOr<Credentials> GetCredentials(const std::string& name) = 0;
  // Begins another generation of the account's tokens, and returns it. ACCOUNT_NOT_FOUND.
  virtual absl::StatusOr<int64_t> RevokeTokens(const std::string& name) = 0;
  // Does the same with another password. If `after` is given and is not the account's generation
  // any more, changes nothing and returns FAILED_PRECONDITION.
  virtual absl::StatusOr<int64_t> SetPassword(const std::string& name,
                                              const std::string& password_hash,
                                              std::optional<int64_t> after) = 0;
  // Lists each account's last revocation that is younger than `max_age`, the newest first.
  virtual absl::StatusOr<std::vector<Revocation>> ListRevocations(absl::Duration max_age,
                                                                  int64_t max_revocations) = 0;

  // Lists what is stored, as it is: see audit.proto. Secrets are concealed here already.
  virtual absl::StatusOr<v1::ListStoredTablesResponse> ListStoredTables() = 0;
  // Reads stored rows. INVALID_FIELD for a table that does not exist, or whose rows have no key
  // that may be shown. The token of the response stays empty.
  virtual absl::StatusOr<StoredPage> ReadStoredRows(const StoredQuery& query) = 0;
};

// What a decision about a transfer needs to know of an account.
struct AccountState {
  // The store's own key for the account.
  int64_t id = 0;
  std::string currency;
  std::optional<int64_t> minimum_balance;
  int64_t balance = 0;
  // Sequence of its newest transaction, 0 = none.
  int64_t newest = 0;
};

struct NamedAccountState {
  std::string name;
  AccountState state;
};

// A transaction with what only the ledger itself knows about it.
struct LedgerEntry {
  v1::Transaction transaction;
  // Who posted it: an `id` is a repeat only for the same caller.
  std::string caller;
  int64_t from_id = 0;
  int64_t to_id = 0;
};

// What a batch asks for together with the fence, which saves round trips.
struct FenceQuery {
  std::vector<std::string> accounts;
  std::vector<std::string> ids;
};

struct Fenced {
  Head head;
  // The accounts of the query that exist, as they are at the head.
  std::vector<NamedAccountState> accounts;
  // The ids of the query that are taken.
  std::vector<std::string> known_ids;
};

// One connection that appends to the ledger. Not thread-safe: belongs to one poster.
// After any error the session is of no further use: drop it and make a new one.
class PostingSession {
 public:
  virtual ~PostingSession() = default;

  // Starts a transaction and locks the ledger's head: until Commit() or Release() no
  // other poster, in whatever process, appends. What is read by it and from here on is current.
  virtual absl::StatusOr<Fenced> Fence(const FenceQuery& query) = 0;
  // Reads what follows `after`, at most `max_transactions`. Only between Fence() and its end, as
  // the next two.
  virtual absl::StatusOr<std::vector<v1::Transaction>> ReadAfter(int64_t after,
                                                                 int64_t max_transactions) = 0;
  virtual absl::StatusOr<std::vector<LedgerEntry>> FindByIds(
      const std::vector<std::string>& ids) = 0;
  // Returns the `ids` that were reversed, each with the id of the transaction that reversed it.
  virtual absl::StatusOr<std::vector<std::pair<std::string, std::string>>> FindReversals(
      const std::vector<std::string>& ids) = 0;
  // Returns the accounts of `names` that exist.
  virtual absl::StatusOr<std::vector<NamedAccountState>> LoadAccounts(
      const std::vector<std::string>& names) = 0;
  // Appends `entries` (not empty), moves the head to the last of them and commits.
  // An error of code UNKNOWN leaves in doubt whether it was committed: the next Fence()
  // of a new session waits for the answer, which can then be read by id. After any
  // other error nothing was. IsRefusedData(): one of `entries` cannot be stored.
  virtual absl::Status Commit(const std::vector<LedgerEntry>& entries, const Head& head) = 0;
  // Ends the transaction without a change.
  virtual absl::Status Release() = 0;
};

using PostingSessionFactory = std::function<absl::StatusOr<std::unique_ptr<PostingSession>>()>;

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_STORE_H_
