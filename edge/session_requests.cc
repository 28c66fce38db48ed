// What a session does about the frames of a client that is authenticated.

#include <utility>

#include "edge/session.h"
#include "ledgercast/v1/frames.pb.h"
#include "services/common/errors.h"
#include "services/common/hash_chain.h"

namespace ledgercast {
namespace {

// Between attempts of one reader to read history from the service.
constexpr absl::Duration kFirstRetry = absl::Milliseconds(50);
constexpr absl::Duration kLongestRetry = absl::Seconds(2);

}  // namespace

void Session::OnPing(const ClientFrame& frame) { Send(Frame("pong", frame.data, frame.id)); }

void Session::OnAck(const ClientFrame& frame) {
  v1::AckFrame ack;
  if (const absl::Status status = ParseJson(frame.data, &ack); !status.ok()) {
    return Fail(status, frame.id);
  }
  context_.counts->acks.Add(1);
}

// --- what it watches ---

absl::StatusOr<Position> Session::StartOf(std::string_view after) const {
  const Feed& feed = *context_.hub->feed();
  if (after.empty()) return Position{0, CheckOf(GenesisHash(feed.ledger))};
  if (after == "now") return feed.log.head();
  absl::StatusOr<Cursor> cursor = ParseCursor(after, "after");
  if (!cursor.ok()) return cursor.status();
  if (cursor->ledger != feed.ledger) {
    return CursorUnknown(feed.ledger, feed.CursorText(feed.log.head()),
                         "the cursor is of another ledger");
  }
  return cursor->position;
}

void Session::OnWatch(const ClientFrame& frame) {
  v1::WatchFrame watch;
  if (const absl::Status status = ParseJson(frame.data, &watch); !status.ok()) {
    return Fail(status, frame.id);
  }
  const Viewer viewer = identity_->viewer();
  absl::StatusOr<AccountFilter> filter =
      EffectiveFilter(viewer, {watch.accounts().begin(), watch.accounts().end()});
  if (!filter.ok()) return Refuse(filter.status(), frame.id);
  const absl::StatusOr<Position> start = StartOf(watch.after());
  if (absl::IsInvalidArgument(start.status())) return Refuse(start.status(), frame.id);
  StopWatching();
  if (!start.ok()) {
    v1::ResyncFrame resync;
    resync.set_reason(GetErrorInfo(start.status()).reason());
    resync.set_head(GetErrorInfo(start.status()).metadata().at("head"));
    context_.counts->resyncs.Add(1);
    return Send(Frame("resync", ToJson(resync), frame.id));
  }
  reader_ = std::make_shared<Reader>(socket_, viewer, *std::move(filter),
                                     Backoff(kFirstRetry, kLongestRetry, context_.random));
  reader_->request_id = frame.id;
  reader_->position = *start;
  reader_->on_lost = [this] { StopWatching(); };
  context_.hub->Watch(reader_);
}

void Session::OnUnwatch(const ClientFrame& frame) {
  StopWatching();
  Send(Frame("unwatched", "", frame.id));
}

void Session::StopWatching() {
  if (const ReaderPtr reader = std::exchange(reader_, nullptr)) context_.hub->Unwatch(reader);
}

// --- its calls ---

template <typename Result, typename Start, typename MakeAnswer>
void Session::Call(const ClientFrame& frame, Start start, MakeAnswer make_answer) {
  if (calls_ >= context_.options.max_calls) {
    return Refuse(MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy,
                            "too many requests of this socket are under way"),
                  frame.id);
  }
  ++calls_;
  Shard* const shard = context_.shard;
  start([shard, weak = weak_from_this(), id = frame.id,
         make_answer](const absl::StatusOr<Result>& result) {
    shard->Post([weak, id, make_answer, result] {
      const auto alive = weak.lock();
      if (alive == nullptr || alive->state_ == State::kClosed) return;
      --alive->calls_;
      if (!result.ok()) return alive->Refuse(result.status(), id);
      alive->Send(make_answer(*result, id));
    });
  });
}

void Session::OnCreateTransaction(const ClientFrame& frame) {
  v1::CreateTransactionRequest request;
  if (const absl::Status status = ParseJson(frame.data, &request); !status.ok()) {
    return Fail(status, frame.id);
  }
  Call<Service::Created>(
      frame,
      [&](auto done) { context_.service->CreateTransaction(token_, std::move(request), done); },
      [](const Service::Created& created, const std::string& id) {
        v1::TransactionCreatedFrame answer;
        *answer.mutable_transaction() = created.transaction;
        return Frame("transactionCreated", ToJson(answer), id);
      });
}

void Session::OnListTransactions(const ClientFrame& frame) {
  v1::ListTransactionsRequest request;
  if (const absl::Status status = ParseJson(frame.data, &request); !status.ok()) {
    return Fail(status, frame.id);
  }
  Call<v1::ListTransactionsResponse>(
      frame,
      [&](auto done) { context_.service->ListTransactions(token_, std::move(request), done); },
      [](const v1::ListTransactionsResponse& list, const std::string& id) {
        return Frame("transactionList", ToJson(list), id);
      });
}

void Session::OnGetAccount(const ClientFrame& frame) {
  v1::GetAccountRequest request;
  if (const absl::Status status = ParseJson(frame.data, &request); !status.ok()) {
    return Fail(status, frame.id);
  }
  Call<v1::Account>(
      frame, [&](auto done) { context_.service->GetAccount(token_, std::move(request), done); },
      [](const v1::Account& account, const std::string& id) {
        return Frame("account", ToJson(account), id);
      });
}

}  // namespace ledgercast
