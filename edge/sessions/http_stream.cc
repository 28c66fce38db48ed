#include "edge/sessions/http_stream.h"

#include <utility>

#include "edge/sessions/watch_request.h"
#include "services/common/base/check.h"

namespace ledgercast {

HttpStream::HttpStream(Birth birth)
    : context_(*birth.context),
      responder_(std::move(birth.responder)),
      timer_(birth.context->timers),
      on_end_(std::move(birth.on_end)) {}

void HttpStream::Start(std::string token) {
  LC_CHECK(context_.shard->IsCurrent());
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

absl::StatusOr<WatchPtr> HttpStream::Enter(const Identity& identity, const v1::WatchFrame& wanted) {
  auto watch = MakeWatch(context_, identity, wanted);
  // Whoever comes with an unknown cursor is told so as one of the subject's.
  if (!watch.ok() && !absl::IsOutOfRange(watch.status())) return watch;
  auto ticket = context_.admission->EnterSubject(identity.subject);
  if (!ticket.ok()) return ticket.status();
  subject_ticket_ = *std::move(ticket);
  identity_ = identity;
  return watch;
}

void HttpStream::Finish() {
  LC_CHECK(context_.shard->IsCurrent());
  token_check_.reset();
  timer_.Clear();
  if (const WatchPtr watch = std::exchange(watch_, nullptr)) context_.hub->Remove(watch);
  if (const auto on_end = std::exchange(on_end_, nullptr)) on_end();
}

}  // namespace ledgercast
