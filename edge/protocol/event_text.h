#ifndef EDGE_PROTOCOL_EVENT_TEXT_H_
#define EDGE_PROTOCOL_EVENT_TEXT_H_

// Splits frames that the edge made, for the transports that send only parts of them.

#include <string>
#include <string_view>

namespace ledgercast {

// The text that a frame begins with, and the text between its state and its data.
inline constexpr std::string_view kStateKey = "{\"state\":";
inline constexpr std::string_view kDataKey = ",\"data\":";

// Holds the parts of a frame that the edge made and that has no id. They point into the frame's
// text.
struct FrameParts {
  std::string_view state;
  // The JSON text of the data. It is empty for an `error` frame.
  std::string_view data;
};
FrameParts SplitFrame(std::string_view text);
// Returns whether `data`, taken from a `transactions` frame, holds any transaction.
bool HasTransactions(std::string_view data);
// Returns a copy of the data of a `transactions` frame with another `after`. The stretch between
// the two positions must hold nothing that concerns the client.
std::string FromAfter(std::string_view data, std::string_view after);

// Returns the frame as a server-sent event
// (https://html.spec.whatwg.org/multipage/server-sent-events.html). The event's name is the frame's
// state and its id is `cursor`. An empty `cursor` means that the event has no id.
std::string EventText(std::string_view frame, std::string_view cursor);

}  // namespace ledgercast

#endif  // EDGE_PROTOCOL_EVENT_TEXT_H_
