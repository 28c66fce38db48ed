#include "edge/upstream/upstream.h"

#include <spdlog/spdlog.h>

#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/common/base/backoff.h"
#include "services/common/base/errors.h"
#include "services/common/base/log.h"
#include "services/common/ledger/cursor.h"

namespace ledgercast {
namespace {

// Returns whether a watch ended for a reason that nobody needs to look at. A watch ends with the
// relay's token that it was begun with, and the next one has a new token.
bool IsRoutine(std::string_view reason) { return reason == reason::kTokenExpired; }

void LogEnd(const absl::Status& end, absl::Duration delay) {
  const std::string reason = GetErrorInfo(end).reason();
  LogEvent(IsRoutine(reason) ? spdlog::level::info : spdlog::level::warn,
           IsRoutine(reason) ? "the watch is renewed" : "the watch ended",
           {{"code", absl::StatusCodeToString(end.code())},
            {"reason", reason},
            {"error", MessageOf(end)},
            {"next_in_ms", absl::ToDoubleMilliseconds(delay)}});
}

}  // namespace

Upstream::Upstream(const Options& options, WatchStreamFactory factory, FeedSource* source,
                   std::function<void()> on_growth, std::function<double()> random,
                   UpstreamCounts* counts)
    : options_(options),
      factory_(std::move(factory)),
      source_(source),
      on_growth_(std::move(on_growth)),
      random_(std::move(random)),
      counts_(counts) {}

Upstream::~Upstream() { Stop(); }

void Upstream::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Upstream::Stop() {
  stop_.Set();
  {
    absl::MutexLock lock(&mu_);
    if (current_ != nullptr) current_->Cancel();
  }
  if (thread_.joinable()) thread_.join();
}

void Upstream::Run() {
  Backoff backoff(options_.first_retry, options_.longest_retry, random_);
  while (true) {
    const std::unique_ptr<WatchStream> stream = factory_(NextRequest());
    if (!Adopt(stream.get())) return;
    bool progressed = false;
    const absl::Status end = Follow(stream.get(), &progressed);
    counts_->connected.Add(-counts_->connected.value());
    if (!Adopt(nullptr)) return;
    if (progressed) backoff.Reset();
    if (absl::IsOutOfRange(end) || absl::IsDataLoss(end)) begins_anew_ = true;
    const absl::Duration delay = backoff.Next();
    LogEnd(end, delay);
    if (!Sleep(delay)) return;
    counts_->reconnects.Add(1);
  }
}

v1::WatchTransactionsRequest Upstream::NextRequest() const {
  v1::WatchTransactionsRequest request;
  request.set_after(begins_anew_ ? "now" : feed_->CursorText(feed_->log.head()));
  const int64_t nanos = absl::ToInt64Nanoseconds(options_.progress_interval);
  request.mutable_progress_interval()->set_seconds(nanos / 1'000'000'000);
  request.mutable_progress_interval()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  return request;
}

absl::Status Upstream::Follow(WatchStream* stream, bool* progressed) {
  while (true) {
    v1::WatchTransactionsResponse response;
    switch (stream->Read(&response, options_.silence_limit)) {
      case WatchStream::ReadResult::kEnded:
        return stream->Finish();
      case WatchStream::ReadResult::kSilence:
        stream->Cancel();
        (void)stream->Finish();
        return absl::DeadlineExceededError("the stream went silent");
      case WatchStream::ReadResult::kResponse:
        break;
    }
    const absl::Status status = begins_anew_ ? BeginFeed(response) : Apply(std::move(response));
    if (!status.ok()) {
      stream->Cancel();
      (void)stream->Finish();
      return status;
    }
    *progressed = true;
    counts_->connected.Add(1 - counts_->connected.value());
  }
}

absl::Status Upstream::BeginFeed(const v1::WatchTransactionsResponse& response) {
  const absl::StatusOr<Cursor> start = ParseCursor(response.after(), "after");
  if (!start.ok()) return start.status();
  if (feed_ != nullptr) counts_->resets.Add(1);
  feed_ = std::make_shared<Feed>(start->ledger, start->position, options_.ring);
  begins_anew_ = false;
  source_->Replace(feed_);
  spdlog::info("following ledger {} from {}", feed_->ledger, response.after());
  on_growth_();
  return Apply(response);
}

absl::Status Upstream::Apply(v1::WatchTransactionsResponse response) {
  const absl::StatusOr<Cursor> cursor = ParseCursor(response.cursor(), "cursor");
  if (!cursor.ok()) return cursor.status();
  if (cursor->ledger != feed_->ledger) return absl::DataLossError("another ledger answers");
  if (response.transactions().empty()) return absl::OkStatus();
  std::vector<v1::Transaction> batch(
      std::make_move_iterator(response.mutable_transactions()->begin()),
      std::make_move_iterator(response.mutable_transactions()->end()));
  const auto size = static_cast<int64_t>(batch.size());
  switch (feed_->log.Append(std::move(batch))) {
    case TransactionLog::AppendResult::kAppended:
      counts_->transactions.Add(size);
      on_growth_();
      return absl::OkStatus();
    case TransactionLog::AppendResult::kNothingNew:
      return absl::OkStatus();
    case TransactionLog::AppendResult::kGap:
      return absl::AbortedError("the stream left transactions out");
    case TransactionLog::AppendResult::kConflict:
      return absl::DataLossError("the service tells another history");
  }
  return absl::InternalError("unknown result of Append");
}

bool Upstream::Adopt(WatchStream* stream) {
  absl::MutexLock lock(&mu_);
  const bool stops = stop_.IsSet();
  current_ = stops ? nullptr : stream;
  return !stops;
}

bool Upstream::Sleep(absl::Duration duration) { return !stop_.WaitFor(duration); }

}  // namespace ledgercast
