#ifndef EDGE_PROTOCOL_EVENT_TEXT_H_
#define EDGE_PROTOCOL_EVENT_TEXT_H_

// Takes frames of ours apart, for the transports that send their parts.

#include <string>
#include <string_view>

namespace ledgercast {

// How a frame begins, and what is between its state and its data.
inline constexpr std::string_view kStateKey = "{\"state\":";
inline constexpr std::string_view kDataKey = ",\"data\":";

// The parts of a frame of ours without an id.
struct FrameParts {
  std::string_view state;
  // JSON text; empty for an `error`.
  std::string_view data;
};
FrameParts SplitFrame(std::string_view text);
// Returns whether `data`, that of a `transactions` frame, holds any transaction.
bool HasTransactions(std::string_view data);
// Returns `data` with another `after`; nothing between the two may concern the client.
std::string FromAfter(std::string_view data, std::string_view after);

// Returns the frame as a server-sent event
// (https://html.spec.whatwg.org/multipage/server-sent-events.html). The event's name is the frame's
// state, its id is `cursor`, "" = none.
std::string EventText(std::string_view frame, std::string_view cursor);

}  // namespace ledgercast

#endif  // EDGE_PROTOCOL_EVENT_TEXT_H_
