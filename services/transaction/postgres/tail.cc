#include "services/transaction/postgres/tail.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

#include "services/common/base/clock.h"
#include "services/common/base/errors.h"
#include "services/transaction/head_checks.h"
#include "services/transaction/postgres/rows.h"

namespace ledgercast::postgres {
namespace {

// The longest wait before a stop is noticed, even if the ledger is polled rarely.
constexpr absl::Duration kMaxWait = absl::Milliseconds(100);

}  // namespace

Tail::Tail(PgOptions postgres, Options options, TransactionLog* log)
    : postgres_(WaitingForStandby(std::move(postgres))),
      options_(std::move(options)),
      log_(log),
      store_(postgres_),
      thread_([this] { Loop(); }) {}

Tail::~Tail() {
  stop_.Set();
  thread_.join();
}

void Tail::Loop() {
  while (!stop_.IsSet()) {
    const absl::Status status = Follow();
    if (stop_.IsSet()) return;
    NoteStatus(status);
    if (!said_lost_) spdlog::warn("the tail lost the database: {}", MessageOf(status));
    said_lost_ = true;
    stop_.WaitFor(std::min(options_.poll_interval, kMaxWait));
  }
}

absl::Status Tail::Follow() {
  auto connection = Connect(postgres_);
  if (!connection.ok()) return connection.status();
  // The ledger is polled as soon as the session is connected, so that notifications before LISTEN
  // are not missed.
  bool due = true;
  if (postgres_.notify) {
    const absl::Status listening =
        (*connection)->Listen(kChannel, [this, &due](const std::string& payload) {
          int64_t sequence = 0;
          std::from_chars(payload.data(), payload.data() + payload.size(), sequence);
          due = due || sequence > log_->head().sequence;
        });
    if (!listening.ok()) return listening;
  }
  absl::Time next_poll = absl::InfinitePast();
  while (!stop_.IsSet()) {
    if (due || SteadyNow() >= next_poll) {
      if (const absl::Status status = CatchUp(); !status.ok()) return status;
      due = false;
      said_lost_ = false;
      NoteStatus(absl::OkStatus());
      next_poll = SteadyNow() + options_.poll_interval;
    }
    const absl::Status waited = (*connection)
                                    ->WaitForNotification(std::clamp(
                                        next_poll - SteadyNow(), absl::ZeroDuration(), kMaxWait));
    if (!waited.ok()) return waited;
  }
  return absl::OkStatus();
}

absl::Status Tail::CatchUp() {
  while (!stop_.IsSet()) {
    const absl::Time asked = SteadyNow();
    const auto head = ReadHead();
    if (!head.ok()) return head.status();
    const Position at = log_->head();
    NoteHead(head->sequence, asked);
    if (head->position() == at) return absl::OkStatus();
    // The poster may have appended to the log since the head was read. If the log is ahead of a
    // head that is read later, the log's history no longer exists.
    auto page = store_.ReadAfter(at, AccountFilter::All(), options_.page_transactions);
    if (absl::IsOutOfRange(page.status())) {
      if (log_->head() != at) continue;
      // The head is read again, because the first read may have gone to the primary before a
      // failover.
      const auto now = ReadHead();
      if (!now.ok()) return now.status();
      spdlog::error("the ledger was rewound: it ends at {}, this process had read up to {}",
                    now->sequence, at.sequence);
      log_->Reset(now->position());
      return absl::OkStatus();
    }
    if (!page.ok()) return page.status();
    if (page->transactions.empty()) return absl::OkStatus();
    // A conflict or a gap means that the log has changed meanwhile, so the loop looks again.
    log_->Append(std::move(page->transactions));
    NoteHead(head->sequence, asked);
  }
  return absl::OkStatus();
}

absl::StatusOr<Head> Tail::ReadHead() {
  const absl::Time asked = absl::Now();
  auto head = store_.GetHead();
  if (!head.ok()) return head;
  if (const absl::Status ours = CheckLedger(*head, options_.ledger); !ours.ok()) return ours;
  NoteClocks(*head, asked);
  return head;
}

void Tail::NoteClocks(const Head& head, absl::Time asked) {
  const absl::Time answered = absl::Now();
  const absl::Status clocks = CheckClock(head, asked, answered, options_.max_clock_skew);
  bool was_ok = true;
  {
    absl::MutexLock lock(&mu_);
    was_ok = state_.clocks.ok();
    state_.clocks = clocks;
    state_.clock_skew = ClockSkewOf(head, asked, answered);
  }
  if (was_ok && !clocks.ok()) spdlog::error("nothing is posted: {}", MessageOf(clocks));
  if (!was_ok && clocks.ok()) spdlog::info("the clocks agree again");
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
