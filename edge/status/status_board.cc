#include "edge/status/status_board.h"

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "edge/status/status_scan.h"
#include "services/common/base/errors.h"

namespace ledgercast {

// Merges the pages of all shards into one page, and hands it over when the last shard is done.
class StatusBoard::Gathering {
 public:
  Gathering(StatusBoard* board, const StatusQuery& query, Done done)
      : board_(board), done_(std::move(done)), left_(board->places_.size()), page_(query) {}
  ~Gathering() { --board_->gatherings_; }

  void Add(StatusPage page) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    page_.Merge(std::move(page));
    if (--left_ == 0) done_(page_.Finish(board_->edge_()));
  }

 private:
  StatusBoard* const board_;
  const Done done_;
  absl::Mutex mu_;
  size_t left_ ABSL_GUARDED_BY(mu_);
  StatusPage page_ ABSL_GUARDED_BY(mu_);
};

absl::Status StatusBoard::Gather(const StatusQuery& query, Done done) {
  if (++gatherings_ > kMaxGatherings) {
    --gatherings_;
    return MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy,
                     "others are looking at the clients; try again");
  }
  const auto gathering = std::make_shared<Gathering>(this, query, std::move(done));
  for (const Place& place : places_) {
    place.shard->Post([gathering, query, place] {
      StatusScan::Start(query, place.clients, place.hub, place.shard,
                        [gathering](StatusPage page) { gathering->Add(std::move(page)); });
    });
  }
  return absl::OkStatus();
}

}  // namespace ledgercast
