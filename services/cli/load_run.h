#ifndef SERVICES_CLI_LOAD_RUN_H_
#define SERVICES_CLI_LOAD_RUN_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/cli/load_state.h"
#include "services/cli/rejected_file.h"
#include "services/cli/retry.h"
#include "services/cli/transfer_reader.h"

namespace ledgercast::cli {

struct LoadTotals {
  int64_t skipped = 0;   // answered in an earlier run
  int64_t posted = 0;    // by this run
  int64_t replayed = 0;  // posted before under their ids
  int64_t rejected = 0;  // by this run
  int64_t done() const { return skipped + posted + replayed + rejected; }
};

// Sends the rows of a reader to the service in batches, several at once. Ends when each row is
// posted, or refused for a reason that another try does not change.
//
// Threads: Run() starts the senders and joins them. Each sender takes the next batch from the
// reader and sends it. It sends rows again that the service was too busy for.
class LoadRun {
 public:
  struct Options {
    int64_t max_batch_transactions = 1'000;
    int max_batches_in_flight = 4;
    // Longest time that a sender tries without any progress.
    absl::Duration give_up_after = absl::Minutes(5);
    // How often progress is reported. The state is written at most that often.
    absl::Duration tick = absl::Milliseconds(200);
  };
  using Submit = std::function<absl::StatusOr<v1::SubmitTransactionsResponse>(
      const v1::SubmitTransactionsRequest& request)>;
  using StatusOfItem = std::function<absl::Status(const google::rpc::Status&)>;
  using OnProgress = std::function<void(const LoadTotals&)>;
  using KeepState = std::function<absl::Status(int64_t acknowledged_rows)>;

  // Holds what the run works with. All of it must outlive Run().
  struct Parts {
    TransferReader* reader;
    RejectedFile* rejected;
    Submit submit;
    StatusOfItem status_of;
    // Stores the last row up to which all rows are answered.
    KeepState keep_state;
    OnProgress on_progress;
  };

  // Makes a run that skips the rows up to `acknowledged_rows`.
  LoadRun(const Options& options, Parts parts, int64_t acknowledged_rows);

  // Runs the load and stores the state. OK once every row is answered, otherwise the error that
  // stopped it.
  absl::Status Run() ABSL_LOCKS_EXCLUDED(mu_);
  LoadTotals totals() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Batch = std::vector<TransferRow>;

  // Runs one sender.
  void Send() ABSL_LOCKS_EXCLUDED(mu_);
  // Takes the next batch. Returns false when there is nothing left to send.
  bool TakeBatch(Batch* batch) ABSL_LOCKS_EXCLUDED(mu_);
  // Sends a batch until every row of it is answered.
  absl::Status SendBatch(const Batch& batch) ABSL_LOCKS_EXCLUDED(mu_);
  // Counts what was answered. Leaves in `pending` the indexes of the rows to send again, and in
  // `again` the reason.
  absl::Status TakeAnswer(const Batch& batch, const v1::SubmitTransactionsResponse& answer,
                          std::vector<size_t>* pending, absl::Status* again)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Keep() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool IsOver() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return senders_ == 0; }

  const Options options_;
  const Parts parts_;
  const int64_t skip_rows_;

  mutable absl::Mutex mu_;
  // The reader is used under the lock too.
  bool at_end_ ABSL_GUARDED_BY(mu_) = false;
  int senders_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Status failure_ ABSL_GUARDED_BY(mu_);
  LoadTotals totals_ ABSL_GUARDED_BY(mu_);
  AnsweredRows answered_ ABSL_GUARDED_BY(mu_);
  int64_t kept_rows_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_LOAD_RUN_H_
