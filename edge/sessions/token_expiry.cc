#include "edge/sessions/token_expiry.h"

#include <algorithm>
#include <utility>

#include "edge/protocol/frames.h"
#include "edge/protocol/proto_json.h"
#include "ledgercast/v1/frames.pb.h"
#include "services/common/base/proto_time.h"

namespace ledgercast {
namespace {

FramePtr Reauthenticate(const ShardContext& context, absl::Time expires_at) {
  v1::ReauthenticateFrame frame;
  *frame.mutable_expires_at() = ToProto(expires_at);
  return context.make_frame(Frame("reauthenticate", ToJson(frame)));
}

// A token's end, by the wall clock that it was issued by.
struct Expiry {
  const ShardContext* context;
  absl::Time at;
  Socket* socket;
  Timer* timer;
  std::function<void()> end;
};

void AskOrEnd(const Expiry& expiry) {
  const Clocks& clocks = expiry.context->clocks;
  const absl::Duration left = expiry.at - clocks.wall();
  if (left <= absl::ZeroDuration()) return expiry.end();
  expiry.socket->Send(Reauthenticate(*expiry.context, expiry.at));
  expiry.timer->Set(clocks.steady() + left, [expiry] { AskOrEnd(expiry); });
}

}  // namespace

void AwaitTokenExpiry(const ShardContext* context, const Identity& identity, Socket* socket,
                      Timer* timer, std::function<void()> end) {
  Expiry expiry{context, identity.expires_at, socket, timer, std::move(end)};
  const absl::Duration left = expiry.at - context->clocks.wall();
  const absl::Duration lead = context->token_times.reauthenticate_lead;
  timer->Set(context->clocks.steady() + std::max(left - lead, left * 3 / 4),
             [expiry = std::move(expiry)] { AskOrEnd(expiry); });
}

}  // namespace ledgercast
