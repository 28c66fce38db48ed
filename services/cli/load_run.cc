#include "services/cli/load_run.h"

#include <numeric>
#include <thread>
#include <utility>

#include "services/common/base/errors.h"
#include "services/transaction/api/answer_size.h"

namespace ledgercast::cli {
namespace {

// Largest share that one row can have in the answer to a batch.
constexpr int64_t kMaxRowBytes = 25'000;

}  // namespace

LoadRun::LoadRun(const Options& options, Parts parts, int64_t acknowledged_rows)
    : options_(options),
      parts_(std::move(parts)),
      skip_rows_(acknowledged_rows),
      answered_(acknowledged_rows),
      kept_rows_(acknowledged_rows) {}

absl::Status LoadRun::Run() {
  std::vector<std::thread> senders;
  {
    absl::MutexLock lock(&mu_);
    senders_ = options_.max_batches_in_flight;
    for (int i = 0; i < senders_; ++i) senders.emplace_back([this] { Send(); });
    while (!mu_.AwaitWithTimeout(absl::Condition(this, &LoadRun::IsOver), options_.tick)) {
      parts_.on_progress(totals_);
      if (const absl::Status kept = Keep(); !kept.ok()) failure_.Update(kept);
    }
  }
  for (std::thread& sender : senders) sender.join();
  absl::MutexLock lock(&mu_);
  failure_.Update(Keep());
  return failure_;
}

LoadTotals LoadRun::totals() const {
  absl::MutexLock lock(&mu_);
  return totals_;
}

void LoadRun::Send() {
  Batch batch;
  while (TakeBatch(&batch)) {
    const absl::Status sent = SendBatch(batch);
    absl::MutexLock lock(&mu_);
    failure_.Update(sent);
    if (sent.ok()) answered_.Add(batch.front().row, batch.back().row);
  }
  absl::MutexLock lock(&mu_);
  --senders_;
}

bool LoadRun::TakeBatch(Batch* batch) {
  absl::MutexLock lock(&mu_);
  batch->clear();
  int64_t answer_bytes = 0;
  while (!at_end_ && failure_.ok() && answer_bytes <= kMaxAnswerBytes - kMaxRowBytes &&
         static_cast<int64_t>(batch->size()) < options_.max_batch_transactions) {
    TransferRow row;
    const auto found = parts_.reader->Next(&row);
    failure_.Update(found.status());
    at_end_ = !found.ok() || !*found;
    if (at_end_) break;
    if (row.row > skip_rows_) {
      answer_bytes += MaxResultBytes(row.request);
      batch->push_back(std::move(row));
    } else {
      ++totals_.skipped;
    }
  }
  // Rows before a line that cannot be read are still sent.
  return !batch->empty() && (failure_.ok() || at_end_);
}

absl::Status LoadRun::SendBatch(const Batch& batch) {
  std::vector<size_t> pending(batch.size());
  std::iota(pending.begin(), pending.end(), 0);
  Retry retry(options_.give_up_after);
  while (true) {
    v1::SubmitTransactionsRequest request;
    for (const size_t index : pending) *request.add_requests() = batch[index].request;
    const auto answer = parts_.submit(request);
    absl::Status again = answer.status();
    if (answer.ok()) {
      const size_t asked = pending.size();
      const absl::Status taken = TakeAnswer(batch, *answer, &pending, &again);
      if (!taken.ok()) return taken;
      if (pending.empty()) return absl::OkStatus();
      if (pending.size() < asked) retry.Reset();
    }
    if (!retry.Again(again)) return again;
    absl::MutexLock lock(&mu_);
    if (!failure_.ok()) return failure_;
  }
}

absl::Status LoadRun::TakeAnswer(const Batch& batch, const v1::SubmitTransactionsResponse& answer,
                                 std::vector<size_t>* pending, absl::Status* again) {
  if (static_cast<size_t>(answer.results_size()) != pending->size()) {
    return MakeError(absl::StatusCode::kInternal, reason::kInternal,
                     "the service answered another number of transfers than it was sent");
  }
  absl::MutexLock lock(&mu_);
  std::vector<size_t> left;
  for (int i = 0; i < answer.results_size(); ++i) {
    const v1::SubmitResult& result = answer.results(i);
    const size_t index = (*pending)[static_cast<size_t>(i)];
    if (result.has_transaction()) {
      ++(result.replayed() ? totals_.replayed : totals_.posted);
      continue;
    }
    const absl::Status error = parts_.status_of(result.error());
    if (IsWorthAnotherTry(error)) {
      *again = error;
      left.push_back(index);
      continue;
    }
    const absl::Status added = parts_.rejected->Add(batch[index], error);
    if (!added.ok()) return added;
    ++totals_.rejected;
  }
  *pending = std::move(left);
  return absl::OkStatus();
}

absl::Status LoadRun::Keep() {
  if (answered_.up_to() == kept_rows_) return absl::OkStatus();
  // Rows up to the stored state are skipped by the next run, so their rejections must be in the
  // file.
  if (const absl::Status flushed = parts_.rejected->Flush(); !flushed.ok()) return flushed;
  kept_rows_ = answered_.up_to();
  return parts_.keep_state(kept_rows_);
}

}  // namespace ledgercast::cli
