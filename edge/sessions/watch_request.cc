#include "edge/sessions/watch_request.h"

#include <utility>

#include "absl/hash/hash.h"
#include "edge/protocol/frames.h"
#include "edge/protocol/proto_json.h"
#include "services/common/base/errors.h"
#include "services/common/base/proto_time.h"
#include "services/common/ledger/watch_start.h"

namespace ledgercast {
namespace {

// Delays between a reader's attempts to read history from the service.
constexpr absl::Duration kFirstRetry = absl::Milliseconds(50);
constexpr absl::Duration kLongestRetry = absl::Seconds(2);

}  // namespace

absl::StatusOr<WatchPtr> MakeWatch(const ShardContext& context, const Identity& identity,
                                   const v1::WatchFrame& wanted) {
  const Viewer viewer = identity.viewer();
  absl::StatusOr<AccountFilter> filter =
      EffectiveFilter(viewer, {wanted.accounts().begin(), wanted.accounts().end()});
  if (!filter.ok()) return filter.status();
  const Feed& feed = *context.hub->feed();
  const auto start = StartOfWatch(wanted.after(), feed.ledger, feed.log.head());
  if (!start.ok()) return start.status();
  auto watch = std::make_shared<Watch>(absl::HashOf(identity.subject), viewer, *std::move(filter),
                                       Backoff(kFirstRetry, kLongestRetry, context.random));
  watch->position = *start;
  if (wanted.has_progress_interval()) {
    const absl::Duration asked = FromProto(wanted.progress_interval());
    if (asked < absl::ZeroDuration()) {
      return InvalidField("progress_interval", "must not be negative");
    }
    watch->told_often = asked < context.hub->quiet_progress_interval();
  }
  return watch;
}

FramePtr GoingAway(const ShardContext& context, const Watch* watch,
                   absl::Duration reconnect_after) {
  v1::GoingAwayFrame frame;
  frame.set_reconnect_after_ms(absl::ToInt64Milliseconds(reconnect_after));
  if (watch != nullptr) {
    frame.set_cursor(context.hub->feed()->CursorText(context.hub->PositionOf(*watch)));
  }
  FrameText going_away = Frame("goingAway", ToJson(frame));
  going_away.parts.cursor = frame.cursor();
  return context.make_frame(std::move(going_away));
}

}  // namespace ledgercast
