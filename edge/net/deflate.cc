#include "edge/net/deflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "edge/net/zlib_input.h"

namespace ledgercast {
namespace {

// A negative value makes zlib leave out its own header and checksum.
constexpr int kRawWindowBits = -MAX_WBITS;
constexpr int kMemoryLevel = 8;
// Frames are made while sockets wait for them. zlib's default level makes JSON a seventh smaller,
// but takes three times as long.
constexpr int kLevel = Z_BEST_SPEED;
// Shorter messages fit into one packet in any case.
constexpr size_t kMinBytes = 256;
constexpr size_t kInflateStepBytes = 16 << 10;
// The bytes that every compressed message ends with. The protocol leaves them out.
constexpr std::string_view kTail("\x00\x00\xff\xff", 4);
// The value of zlib's `data_type` between two blocks, with no bits left over.
constexpr int kBetweenBlocks = 128;

// Returns whether `value` is 8 to 15, in the only form that the protocol allows.
bool IsWindowBits(std::string_view value) {
  if (value.size() == 1) return value == "8" || value == "9";
  return value.size() == 2 && value[0] == '1' && value[1] >= '0' && value[1] <= '5';
}

Deflater::Inflated InflatePiece(std::string_view bytes, size_t max_bytes, z_stream* stream,
                                std::string* message) {
  std::array<char, kInflateStepBytes> step;
  SetInput(bytes, stream);
  do {
    stream->next_out = reinterpret_cast<Bytef*>(step.data());
    stream->avail_out = step.size();
    const int result = inflate(stream, Z_SYNC_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      return Deflater::Inflated::kMalformed;
    }
    const size_t bytes_more = step.size() - stream->avail_out;
    if (bytes_more > max_bytes - message->size()) return Deflater::Inflated::kTooBig;
    message->append(step.data(), bytes_more);
    // A sender may end its compressed stream; what follows must then begin another one.
    if (result == Z_STREAM_END) inflateReset(stream);
  } while (stream->avail_in > 0 || stream->avail_out == 0);
  return Deflater::Inflated::kDone;
}

}  // namespace

std::optional<std::string> AnswerDeflateOffer(const std::map<std::string, std::string>& offer) {
  std::string answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  for (const auto& [name, value] : offer) {
    if (name == "server_no_context_takeover" || name == "client_no_context_takeover") {
      if (!value.empty()) return std::nullopt;
    } else if (name == "client_max_window_bits") {
      // The client says that it could use a smaller window. The edge does not ask it to.
      if (!value.empty() && !IsWindowBits(value)) return std::nullopt;
    } else if (name == "server_max_window_bits") {
      if (value != std::to_string(MAX_WBITS)) return std::nullopt;
      answer += "; server_max_window_bits=" + value;
    } else {
      return std::nullopt;
    }
  }
  return answer;
}

Deflater::Deflater() = default;

Deflater::~Deflater() {
  if (deflate_ != nullptr) deflateEnd(deflate_.get());
  if (inflate_ != nullptr) inflateEnd(inflate_.get());
}

std::optional<std::string> Deflater::Deflate(std::string_view text) {
  if (text.size() < kMinBytes) return std::nullopt;
  if (deflate_ == nullptr) {
    auto stream = std::make_unique<z_stream>();
    if (deflateInit2(stream.get(), kLevel, Z_DEFLATED, kRawWindowBits, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      return std::nullopt;
    }
    deflate_ = std::move(stream);
  }
  deflateReset(deflate_.get());
  SetInput(text, deflate_.get());
  // A result that does not fit here is not smaller than the text, so it is not worth sending.
  std::string payload(text.size(), '\0');
  deflate_->next_out = reinterpret_cast<Bytef*>(payload.data());
  deflate_->avail_out = static_cast<uInt>(payload.size());
  (void)deflate(deflate_.get(), Z_SYNC_FLUSH);
  if (deflate_->avail_out == 0) return std::nullopt;
  payload.resize(payload.size() - deflate_->avail_out - kTail.size());
  payload.shrink_to_fit();
  return payload;
}

Deflater::Inflated Deflater::Inflate(std::string_view payload, size_t max_bytes,
                                     std::string* message) {
  if (inflate_ == nullptr) {
    auto stream = std::make_unique<z_stream>();
    if (inflateInit2(stream.get(), kRawWindowBits) != Z_OK) return Inflated::kMalformed;
    inflate_ = std::move(stream);
  }
  inflateReset(inflate_.get());
  message->clear();
  for (const std::string_view piece : {payload, kTail}) {
    const Inflated result = InflatePiece(piece, max_bytes, inflate_.get(), message);
    if (result != Inflated::kDone) return result;
  }
  const bool complete = inflate_->data_type == kBetweenBlocks;
  return complete ? Inflated::kDone : Inflated::kMalformed;
}

}  // namespace ledgercast
