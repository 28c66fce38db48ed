#ifndef EDGE_NET_DEFLATE_H_
#define EDGE_NET_DEFLATE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct z_stream_s;

namespace ledgercast {

// Compresses WebSocket messages (permessage-deflate, RFC 7692), each one by itself. Connections
// keep no compression state, so one compressed frame is good for all of them.

// Returns the answer to an offer with these parameters. Returns nullopt if the offer cannot be met.
// A smaller window is one that cannot, because every socket is sent the same bytes.
std::optional<std::string> AnswerDeflateOffer(const std::map<std::string, std::string>& offer);

// Compresses and restores messages. Belongs to one thread.
class Deflater {
 public:
  enum class Inflated { kDone, kTooBig, kMalformed };

  Deflater();
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  // Compresses a message's payload. Returns nullopt if `text` is short or would not become smaller.
  std::optional<std::string> Deflate(std::string_view text);

  // Restores the message of a compressed payload. Returns kTooBig if it is longer than `max_bytes`:
  // its sender can make a few bytes grow to any size.
  Inflated Inflate(std::string_view payload, size_t max_bytes, std::string* message);

 private:
  // They are made when first needed, because they take 300 kB.
  std::unique_ptr<z_stream_s> deflate_;
  std::unique_ptr<z_stream_s> inflate_;
};

}  // namespace ledgercast

#endif  // EDGE_NET_DEFLATE_H_
