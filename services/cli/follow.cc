#include "services/cli/follow.h"

#include "services/cli/feed_position.h"
#include "services/cli/retry.h"

namespace ledgercast::cli {
namespace {

// Turns the status of a broken stream into UNAVAILABLE. gRPC reports a broken connection in several
// ways, while a refusal by the service has a code of its own.
absl::Status AsBreak(const absl::Status& status) {
  if (absl::IsUnknown(status) || absl::IsInternal(status)) {
    return absl::UnavailableError(status.message());
  }
  return status;
}

// Returns the first response, which the service sends at once.
absl::StatusOr<v1::WatchTransactionsResponse> WatchOnce(ServiceClient* client,
                                                        const std::string& after) {
  v1::WatchTransactionsRequest request;
  request.set_after(after);
  v1::WatchTransactionsResponse first;
  const absl::Status end =
      client->Watch(request, [&first](v1::WatchTransactionsResponse* response) {
        first.Swap(response);
        return false;
      });
  if (!end.ok()) return end;
  return first;
}

}  // namespace

absl::Status Follow(
    ServiceClient* client, const FollowOptions& options,
    const std::function<absl::StatusOr<bool>(const v1::WatchTransactionsResponse&)>& take) {
  FeedPosition position(options.request.after());
  v1::WatchTransactionsRequest request = options.request;
  Retry retry(options.give_up_after, options.interrupt);
  const auto interrupted = [&options] {
    return options.interrupt != nullptr && options.interrupt->HasArrived();
  };
  while (!interrupted()) {
    absl::Status taken;
    bool wanted = true;
    const absl::Status end = client->Watch(request, [&](v1::WatchTransactionsResponse* response) {
      FeedPosition next = position;
      taken = next.Accept(response);
      if (!taken.ok()) return false;
      const auto more = take(*response);
      taken = more.status();
      if (!taken.ok()) return false;
      position = next;
      retry.Reset();
      wanted = *more;
      return wanted;
    });
    if (!wanted || interrupted()) break;
    request.set_after(position.cursor());
    const absl::Status failure = taken.ok() ? AsBreak(end) : taken;
    if (!retry.Again(failure)) {
      if (interrupted()) break;
      return failure;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> GetHead(ServiceClient* client) {
  const auto first = WatchOnce(client, "now");
  if (!first.ok()) return first.status();
  return first->cursor();
}

absl::StatusOr<bool> IsKnownCursor(ServiceClient* client, const std::string& cursor) {
  const auto first = WatchOnce(client, cursor);
  if (absl::IsOutOfRange(first.status())) return false;
  if (!first.ok()) return first.status();
  return true;
}

}  // namespace ledgercast::cli
