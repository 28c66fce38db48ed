#include "edge/protocol/wire_frame.h"

#include "edge/protocol/event_text.h"

namespace ledgercast {

const std::string& WireFrame::event() const {
  if (event_.empty()) event_ = EventText(text(), cursor_);
  return event_;
}

}  // namespace ledgercast
