#include "services/transaction/postgres/tail.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

#include "services/common/errors.h"
#include "services/transaction/postgres/rows.h"

namespace ledgercast::postgres {
namespace {

// How soon a stop is seen, however rarely the ledger is polled.
constexpr absl::Duration kMaxWait = absl::Milliseconds(100);

}  // namespace

Tail::Tail(PgOptions postgres, Options options, TransactionLog* log)
    : postgres_(std::move(postgres)),
      options_(options),
      log_(log),
      store_(postgres_),
      thread_([this] { Loop(); }) {}

Tail::~Tail() {
  stopping_ = true;
  thread_.join();
}

void Tail::Loop() {
  while (!stopping_) {
    const absl::Status status = Follow();
    if (stopping_) return;
    NoteStatus(status);
    if (!said_lost_) spdlog::warn("the tail lost the database: {}", MessageOf(status));
    said_lost_ = true;
    absl::SleepFor(std::min(options_.poll_interval, kMaxWait));
  }
}

absl::Status Tail::Follow() {
  auto session = Connect(postgres_);
  if (!session.ok()) return session.status();
  // Polled at once when connected: what was notified before LISTEN is not lost.
  bool due = true;
  if (postgres_.notify) {
    const absl::Status listening =
        (*session)->Listen(kChannel, [this, &due](const std::string& payload) {
          int64_t sequence = 0;
          std::from_chars(payload.data(), payload.data() + payload.size(), sequence);
          due = due || sequence > log_->head().sequence;
        });
    if (!listening.ok()) return listening;
  }
  absl::Time next_poll = absl::InfinitePast();
  while (!stopping_) {
    if (due || absl::Now() >= next_poll) {
      if (const absl::Status status = CatchUp(); !status.ok()) return status;
      due = false;
      said_lost_ = false;
      NoteStatus(absl::OkStatus());
      next_poll = absl::Now() + options_.poll_interval;
    }
    const absl::Status waited = (*session)->WaitForNotification(
        std::clamp(next_poll - absl::Now(), absl::ZeroDuration(), kMaxWait));
    if (!waited.ok()) return waited;
  }
  return absl::OkStatus();
}

absl::Status Tail::CatchUp() {
  while (!stopping_) {
    const absl::Time asked = absl::Now();
    const auto head = store_.GetHead();
    if (!head.ok()) return head.status();
    const Position at = log_->head();
    NoteHead(head->sequence, asked);
    if (head->position() == at) return absl::OkStatus();
    // The poster may have moved the log on since the head was read; a log that is ahead
    // of a head read later is on a history that no longer is.
    auto page = store_.ReadAfter(at, AccountFilter::All(), options_.page_transactions);
    if (absl::IsOutOfRange(page.status())) {
      if (log_->head() != at) continue;
      // Anew: the first may have been asked of the primary before a failover.
      const auto now = store_.GetHead();
      if (!now.ok()) return now.status();
      spdlog::error("the ledger was rewound: it ends at {}, this process had read up to {}",
                    now->sequence, at.sequence);
      log_->Reset(now->position());
      return absl::OkStatus();
    }
    if (!page.ok()) return page.status();
    if (page->transactions.empty()) return absl::OkStatus();
    // A conflict or gap means that the log moved meanwhile: look again.
    log_->Append(std::move(page->transactions));
    NoteHead(head->sequence, asked);
  }
  return absl::OkStatus();
}

void Tail::NoteHead(int64_t head_sequence, absl::Time time) {
  const int64_t behind = std::max<int64_t>(0, head_sequence - log_->head().sequence);
  absl::MutexLock lock(&mu_);
  state_.behind_transactions = behind;
  if (behind == 0) state_.current_as_of = time;
}

void Tail::NoteStatus(const absl::Status& status) {
  absl::MutexLock lock(&mu_);
  state_.status = status;
}

Tail::State Tail::state() const {
  absl::MutexLock lock(&mu_);
  return state_;
}

}  // namespace ledgercast::postgres
