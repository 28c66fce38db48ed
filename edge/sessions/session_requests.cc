// The part of Session that handles the frames of an authenticated client.

#include <utility>

#include "edge/protocol/proto_json.h"
#include "edge/sessions/session.h"
#include "edge/sessions/watch_request.h"
#include "ledgercast/v1/frames.pb.h"
#include "services/common/base/errors.h"

namespace ledgercast {
void Session::OnPing(const ClientFrame& frame) { Send(Frame("pong", frame.data, frame.id)); }

void Session::OnAck(const ClientFrame& frame) {
  v1::AckFrame ack;
  if (const absl::Status status = ParseData(frame, &ack); !status.ok()) {
    return Fail(status, frame.id);
  }
  context_.counts->acks.Add(1);
  // `ack` has no answer. A cursor of another ledger or of long ago is therefore no error; it is
  // ignored.
  const auto cursor = ParseCursor(ack.cursor(), "cursor");
  const Feed* feed = context_.hub->feed();
  if (!cursor.ok() || feed == nullptr || cursor->ledger != feed->ledger) return;
  // An acknowledgement that is repeated does not tell how long a delivery took.
  if (cursor->position.sequence <= acknowledged_.sequence) return;
  acknowledged_ = cursor->position;
  if (const auto posted = feed->log.CreateTimeAt(cursor->position)) {
    context_.counts->commit_to_ack.Add(context_.clocks.wall() - *posted, 1);
  }
}

// --- what it watches ---

void Session::OnWatch(const ClientFrame& frame) {
  v1::WatchFrame wanted;
  if (const absl::Status status = ParseData(frame, &wanted); !status.ok()) {
    return Fail(status, frame.id);
  }
  if (!watches_.Take(context_.options.watches, context_.clocks.steady())) {
    return Refuse(MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy,
                            "too many watches a second; the one of before goes on"),
                  frame.id);
  }
  const auto watch = MakeWatch(context_, *identity_, wanted);
  const bool unknown = absl::IsOutOfRange(watch.status());
  if (!watch.ok() && !unknown) return Refuse(watch.status(), frame.id);
  EndWatch();
  if (unknown) {
    context_.counts->resyncs.Add(1);
    return Send(ResyncFrame(watch.status(), frame.id));
  }
  watch_ = *watch;
  watch_->socket = socket_;
  watch_->request_id = frame.id;
  watch_->span = Span::Begin("socket watch", SpanKind::kServer, "");
  watch_->on_lost = [this] { StopWatching(); };
  context_.hub->Add(watch_);
}

void Session::OnUnwatch(const ClientFrame& frame) {
  EndWatch();
  Send(Frame("unwatched", "", frame.id));
}

void Session::EndWatch() {
  const bool is_unanswered = watch_ != nullptr && !watch_->started;
  const std::string request_id = is_unanswered ? watch_->request_id : "";
  StopWatching();
  // Every request with an id is answered, and `watching` will not answer this one any more.
  if (!request_id.empty()) Send(Frame("unwatched", "", request_id));
}

void Session::StopWatching() {
  if (const WatchPtr watch = std::exchange(watch_, nullptr)) context_.hub->Remove(watch);
}

// --- its calls ---

template <typename Result, typename Start, typename MakeAnswer>
void Session::Call(const ClientFrame& frame, std::shared_ptr<CallOff> call_off, Start start,
                   MakeAnswer make_answer) {
  if (calls_ >= context_.options.max_calls) {
    return Refuse(MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy,
                            "too many requests of this socket are under way"),
                  frame.id);
  }
  ++calls_;
  const Span span = Span::Begin("socket " + frame.state, SpanKind::kServer, "");
  if (call_off != nullptr) reads_.push_back(call_off);
  Shard* const shard = context_.shard;
  start(span.Traceparent(), [shard, weak = weak_from_this(), id = frame.id, call_off, make_answer,
                             span](const absl::StatusOr<Result>& result) {
    span.End(result.status());
    shard->Post([weak, id, call_off, make_answer, result] {
      const auto alive = weak.lock();
      if (alive == nullptr || alive->state_ == State::kClosed) return;
      --alive->calls_;
      std::erase(alive->reads_, call_off);
      if (!result.ok()) return alive->Refuse(result.status(), id);
      alive->Send(make_answer(*result, id));
    });
  });
}

template <typename Request, typename Result>
void Session::Ask(const ClientFrame& frame, ServiceCall<Request, Result> call,
                  std::string_view state) {
  Request request;
  if (const absl::Status status = ParseData(frame, &request); !status.ok()) {
    return Fail(status, frame.id);
  }
  Caller caller(token_);
  caller.call_off = std::make_shared<CallOff>();
  Call<Result>(
      frame, caller.call_off,
      [&](std::string traceparent, auto done) {
        caller.ids.traceparent = std::move(traceparent);
        (context_.service->*call)(caller, std::move(request), std::move(done));
      },
      [state](const Result& result, const std::string& id) {
        return Frame(state, ToJson(result), id);
      });
}

void Session::CallOffReads() {
  for (const auto& read : std::exchange(reads_, {})) read->Cancel();
}

void Session::OnCreateTransaction(const ClientFrame& frame) {
  v1::CreateTransactionRequest request;
  if (const absl::Status status = ParseData(frame, &request); !status.ok()) {
    return Fail(status, frame.id);
  }
  Call<Service::Created>(
      frame, /*call_off=*/nullptr,
      [&](std::string traceparent, auto done) {
        context_.service->CreateTransaction({token_, {"", std::move(traceparent)}},
                                            std::move(request), done);
      },
      [](const Service::Created& created, const std::string& id) {
        v1::TransactionCreatedFrame answer;
        *answer.mutable_transaction() = created.transaction;
        return Frame("transactionCreated", ToJson(answer), id);
      });
}

void Session::OnListTransactions(const ClientFrame& frame) {
  Ask(frame, &Service::ListTransactions, "transactionList");
}

void Session::OnGetAccount(const ClientFrame& frame) {
  Ask(frame, &Service::GetAccount, "account");
}

void Session::OnDigest(const ClientFrame& frame) {
  Ask(frame, &Service::DigestTransactions, "digested");
}

}  // namespace ledgercast
