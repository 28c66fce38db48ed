#include "tests/bench/fanout/frame_reader.h"

#include <charconv>
#include <utility>

namespace ledgercast::bench {
namespace {

constexpr std::string_view kOne = R"({"sequence":")";
constexpr std::string_view kMany = R"({"state":"transactions","data":{"transactions":[)";
constexpr int kOpText = 1, kOpClose = 8, kOpPing = 9, kOpPong = 10;

// Cuts the first frame, which has no mask, off a server's bytes. Returns false if it is not
// complete.
bool Cut(std::string_view bytes, int* opcode, std::string_view* text, size_t* frame_bytes) {
  if (bytes.size() < 2) return false;
  const auto at = [&bytes](size_t i) { return static_cast<unsigned char>(bytes[i]); };
  *opcode = at(0) & 0x0F;
  size_t length = at(1) & 0x7F;
  size_t head = 2;
  if (length >= 126) {
    const size_t digits = length == 126 ? 2 : 8;
    if (bytes.size() < head + digits) return false;
    length = 0;
    for (size_t i = 0; i < digits; ++i) length = length << 8 | at(head + i);
    head += digits;
  }
  if (bytes.size() < head + length) return false;
  *text = bytes.substr(head, length);
  *frame_bytes = head + length;
  return true;
}

// Returns the string after `name` in `text`. The cursors here have no escapes.
std::string_view StringAfter(std::string_view text, std::string_view name) {
  const size_t at = text.find(name);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + name.size());
  return rest.substr(0, rest.find('"'));
}

}  // namespace

FrameReader::Event FrameReader::Fail(std::string why) {
  error_ = std::move(why);
  return Event::kFailed;
}

FrameReader::Event FrameReader::Take(const Journal& journal, std::string_view bytes,
                                     size_t* taken) {
  Event event = Event::kNone;
  *taken = 0;
  int opcode = 0;
  std::string_view text;
  size_t frame_bytes = 0;
  while (event != Event::kFailed && Cut(bytes.substr(*taken), &opcode, &text, &frame_bytes)) {
    *taken += frame_bytes;
    if (opcode == kOpText) {
      if (OnText(journal, text) == Event::kFailed) event = Event::kFailed;
    } else if (opcode == kOpPing) {
      event = Event::kPing;
    } else if (opcode == kOpClose) {
      event = Fail("closed: " + std::string(text.substr(text.size() < 2 ? text.size() : 2)));
    } else if (opcode != kOpPong) {
      event = Fail("a frame of kind " + std::to_string(opcode));
    }
  }
  return event;
}

FrameReader::Event FrameReader::OnText(const Journal& journal, std::string_view text) {
  if (text.starts_with(kMany)) return OnTransactions(journal, text);
  if (!text.starts_with(kOne)) return OnOther(text);
  if (text.size() != journal.text_bytes() || !journal.Is(seen_ + 1, text.data())) {
    return Fail("after " + std::to_string(seen_) + " came " + std::string(text.substr(0, 40)));
  }
  ++seen_;
  return Event::kNone;
}

FrameReader::Event FrameReader::OnTransactions(const Journal& journal, std::string_view text) {
  size_t at = kMany.size();
  while (at < text.size() && text[at] == '{') {
    if (at + journal.text_bytes() >= text.size() || !journal.Is(seen_ + 1, text.data() + at)) {
      return Fail("after " + std::to_string(seen_) + " came " + std::string(text.substr(at, 40)));
    }
    ++seen_;
    at += journal.text_bytes();
    if (text[at] == ',') ++at;
  }
  if (at >= text.size() || text[at] != ']') return Fail("no end of a frame of transactions");
  const std::string_view end = text.substr(at);
  live_ = end.find(R"("live":true)") != std::string_view::npos;
  cursor_ = StringAfter(end, R"("cursor":")");
  return Event::kNone;
}

FrameReader::Event FrameReader::OnOther(std::string_view text) {
  if (text.find(R"("error":)") != std::string_view::npos ||
      text.starts_with(R"({"state":"resync")")) {
    return Fail(std::string(text.substr(0, 300)));
  }
  if (!text.starts_with(R"({"state":"watching")")) return Event::kNone;
  cursor_ = StringAfter(text, R"("after":")");
  int64_t sequence = 0;
  const std::string_view digits = std::string_view(cursor_).substr(cursor_.rfind('.') + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), sequence);
  // A client that comes back must continue from its position.
  if (seen_ != 0 && sequence != seen_) return Fail("watching from another place: " + cursor_);
  seen_ = sequence;
  return Event::kNone;
}

}  // namespace ledgercast::bench
