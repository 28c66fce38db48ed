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

// A fixed block of the ring. Its appender writes a row before a view shows it, and never
// after, so that readers need no lock for what a view shows.
struct LogChunk {
  struct Row {
    v1::Transaction transaction;
    int64_t bytes = 0;
  };

  LogChunk(int64_t first_sequence, int64_t rows_count)
      : first(first_sequence), rows(std::make_unique<Row[]>(static_cast<size_t>(rows_count))) {}

  const int64_t first;
  const std::unique_ptr<Row[]> rows;
  // The appender's own bookkeeping; readers go by the view's head.
  int64_t count = 0;
  int64_t bytes = 0;
};

using LogChunks = std::vector<std::shared_ptr<const LogChunk>>;

enum class LogOutcome {
  kRead,
  // `after` is older than the ring: read the store.
  kTooOld,
  // `after` is beyond this log's head. It may be of a ledger that this log has not caught
  // up with yet; only the store can tell.
  kAhead,
  // This log's history has another transaction at `after`: the reader's is lost.
  kUnknown,
};

struct LogReadLimits {
  int64_t max_transactions = 1'000;
  int64_t max_bytes = 256 << 10;
};

// What a read found: every matching transaction in (after, until]. The pointers live as long as the
// page, which keeps their memory: serialise pages and let go of them, do not queue them.
struct LogPage {
  LogOutcome outcome = LogOutcome::kRead;
  std::vector<const v1::Transaction*> transactions;
  Position until;
  // Nothing matching is left between `until` and the head at the time of the read.
  bool at_head = false;
  // Keeps the transactions alive.
  LogChunks chunks;
};

// A consistent look at the ring: what lies between `base` and `head`, which stays as it is
// for as long as the view lives. Immutable, so usable from any thread.
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

  // Returns where `after` lies; kRead if it can be read from.
  LogOutcome Place(const Position& after) const;
  // Returns the hash check at `sequence`, which must lie from base to head.
  uint64_t CheckAt(int64_t sequence) const;

  // See TransactionLog::Read(). `newest[i]` is the newest transaction of the filter's i-th
  // account in the ring, 0 for none.
  LogPage Read(const Position& after, const AccountFilter& filter,
               const std::vector<int64_t>& newest, const LogReadLimits& limits) const;

  // See TransactionLog::BalanceAt(). `newest` is the account's newest in the ring.
  std::optional<int64_t> BalanceAt(const std::string& account, int64_t newest,
                                   const Position& position) const;

  // See TransactionLog::CreateTimeAt().
  std::optional<absl::Time> CreateTimeAt(const Position& position) const;

 private:
  const std::shared_ptr<const LogChunk>& ChunkOf(int64_t sequence) const;
  const LogChunk::Row& At(int64_t sequence) const;
  // Returns false, with nothing read, if there are too many for one page.
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
