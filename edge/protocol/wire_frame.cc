#include "edge/protocol/wire_frame.h"

namespace ledgercast {

const std::string& WireFrame::event() const {
  if (!event_.empty()) return event_;
  event_.reserve(data().size() + state().size() + cursor().size() + 32);
  event_ += "event: ";
  event_ += state();
  if (!cursor().empty()) {
    event_ += "\nid: ";
    event_ += cursor();
  }
  // JSON text of ours has no line breaks.
  event_ += "\ndata: ";
  event_ += data();
  event_ += "\n\n";
  return event_;
}

}  // namespace ledgercast
