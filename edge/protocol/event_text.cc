#include "edge/protocol/event_text.h"

namespace ledgercast {

FrameParts SplitFrame(std::string_view text) {
  // Frame() and TransactionsFrameBuilder begin every frame this way, and no state needs escapes.
  text.remove_prefix(kStateKey.size() + 1);
  FrameParts parts;
  parts.state = text.substr(0, text.find('"'));
  text.remove_prefix(parts.state.size() + 1);
  if (!text.starts_with(kDataKey)) return parts;
  parts.data = text.substr(kDataKey.size(), text.size() - kDataKey.size() - 1);
  return parts;
}

bool HasTransactions(std::string_view data) { return !data.starts_with("{\"transactions\":[]"); }

std::string FromAfter(std::string_view data, std::string_view after) {
  constexpr std::string_view kAfterKey = "],\"after\":\"";
  const size_t begin = data.rfind(kAfterKey) + kAfterKey.size();
  std::string result(data.substr(0, begin));
  result += after;
  result += data.substr(data.find('"', begin));
  return result;
}

std::string EventText(std::string_view frame, std::string_view cursor) {
  const FrameParts parts = SplitFrame(frame);
  std::string event;
  event.reserve(frame.size() + cursor.size() + 32);
  event += "event: ";
  event += parts.state;
  if (!cursor.empty()) {
    event += "\nid: ";
    event += cursor;
  }
  // The edge writes JSON without line breaks, so one `data` line is enough.
  event += "\ndata: ";
  event += parts.data;
  event += "\n\n";
  return event;
}

}  // namespace ledgercast
