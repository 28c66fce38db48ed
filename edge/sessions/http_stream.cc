#include "edge/sessions/http_stream.h"

#include <utility>

#include "edge/sessions/watch_request.h"

namespace ledgercast {

HttpStream::HttpStream(Birth birth)
    : context_(*birth.context),
      responder_(std::move(birth.responder)),
      timer_(birth.context->timers),
      on_end_(std::move(birth.on_end)) {}

void HttpStream::Start(std::string token) {
  responder_->OnGone([weak = weak_from_this()] {
    if (const auto alive = weak.lock()) alive->OnGone();
  });
  token_check_ = TokenCheck::Make(&context_, std::move(token),
                                  [this](const absl::StatusOr<Identity>& identity) {
                                    token_check_.reset();
                                    OnJudged(identity);
                                  });
  token_check_->Judge();
}

absl::StatusOr<ReaderPtr> HttpStream::Enter(const Identity& identity, const v1::WatchFrame& watch) {
  auto reader = MakeReader(context_, identity, watch);
  // Whoever comes with an unknown cursor is told so as one of the subject's.
  if (!reader.ok() && !absl::IsOutOfRange(reader.status())) return reader;
  auto ticket = context_.admission->EnterSubject(identity.subject);
  if (!ticket.ok()) return ticket.status();
  subject_ticket_ = *std::move(ticket);
  identity_ = identity;
  return reader;
}

void HttpStream::Finish() {
  token_check_.reset();
  timer_.Clear();
  if (const ReaderPtr reader = std::exchange(reader_, nullptr)) context_.hub->Unwatch(reader);
  if (const auto on_end = std::exchange(on_end_, nullptr)) on_end();
}

}  // namespace ledgercast
