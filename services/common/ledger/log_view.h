#ifndef SERVICES_COMMON_LEDGER_LOG_VIEW_H_
#define SERVICES_COMMON_LEDGER_LOG_VIEW_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/common/ledger/cursor.h"
#include "services/common/ledger/visibility.h"

namespace ledgercast {

// A block of the ring with a fixed number of rows. The appender writes a row before any view shows
// it and never afterwards, so readers need no lock for the rows that their view shows.
struct LogChunk {
  struct Row {
    v1::Transaction transaction;
    int64_t bytes = 0;
  };

  LogChunk(int64_t first_sequence, int64_t rows_count)
      : first(first_sequence), rows(std::make_unique<Row[]>(static_cast<size_t>(rows_count))) {}

  const int64_t first;
  const std::unique_ptr<Row[]> rows;
  // Only the appender uses these two; readers use the view's head.
  int64_t count = 0;
  int64_t bytes = 0;
};

using LogChunks = std::vector<std::shared_ptr<const LogChunk>>;

enum class LogOutcome {
  kRead,
  // `after` is older than the ring, so the reader must go to the store.
  kTooOld,
  // `after` is beyond this log's head. The log may not have caught up with the ledger yet; only the
  // store can tell.
  kAhead,
  // This log has another transaction at `after`, so the reader's history is lost.
  kUnknown,
};

struct LogReadLimits {
  int64_t max_transactions = 1'000;
  int64_t max_bytes = 256 << 10;
};

// The result of a read: every matching transaction in (after, until]. The page keeps their memory,
// so the pointers are valid only as long as the page lives. Serialise a page and release it; do not
// queue pages.
struct LogPage {
  LogOutcome outcome = LogOutcome::kRead;
  std::vector<const v1::Transaction*> transactions;
  Position until;
  // True if nothing that matches is left between `until` and the head at the time of the read.
  bool at_head = false;
  // Keeps the transactions alive.
  LogChunks chunks;
};

// A consistent view of the ring between `base` and `head`. It does not change while it lives, so it
// is usable from any thread.
class LogView {
 public:
  LogView(std::shared_ptr<const LogChunks> chunks, int64_t chunk_transactions, Position base,
          Position head)
      : chunks_(std::move(chunks)),
        chunk_transactions_(chunk_transactions),
        base_(base),
        head_(head) {}

  const Position& base() const { return base_; }
  const Position& head() const { return head_; }

  // Returns kRead if the view can be read from `after` on, otherwise why not.
  LogOutcome Place(const Position& after) const;
  // Returns the hash check at `sequence`, which must lie from base to head.
  uint64_t CheckAt(int64_t sequence) const;

  // Reads a page: see TransactionLog::Read(). `newest[i]` is the newest transaction of the filter's
  // i-th account in the ring, or 0 if there is none.
  LogPage Read(const Position& after, const AccountFilter& filter,
               const std::vector<int64_t>& newest, const LogReadLimits& limits) const;

  // Implements TransactionLog::BalanceAt(). `newest` is the account's newest transaction in the
  // ring.
  std::optional<int64_t> BalanceAt(const std::string& account, int64_t newest,
                                   const Position& position) const;

  // Implements TransactionLog::CreateTimeAt().
  std::optional<absl::Time> CreateTimeAt(const Position& position) const;

 private:
  const std::shared_ptr<const LogChunk>& ChunkOf(int64_t sequence) const;
  const LogChunk::Row& At(int64_t sequence) const;
  // Reads by following the accounts' chains. Returns false and reads nothing if there are too many
  // transactions for one page.
  bool ReadByChain(const Position& after, const AccountFilter& filter,
                   const std::vector<int64_t>& newest, const LogReadLimits& limits,
                   LogPage* page) const;
  void ReadByScan(const Position& after, const AccountFilter& filter, const LogReadLimits& limits,
                  LogPage* page) const;

  std::shared_ptr<const LogChunks> chunks_;
  int64_t chunk_transactions_;
  Position base_;
  Position head_;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_LEDGER_LOG_VIEW_H_
