#ifndef EDGE_DEFLATE_H_
#define EDGE_DEFLATE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct z_stream_s;

namespace ledgercast {

// Compression of WebSocket messages (permessage-deflate, RFC 7692) where each is compressed by
// itself: a connection has no state of it, and one compressed frame is good for all of them.

// What to answer an offer with these parameters; nothing if it asks for what cannot be had: a
// smaller window, since every socket is sent the same bytes.
std::optional<std::string> AnswerDeflateOffer(const std::map<std::string, std::string>& offer);

// One thread's.
class Deflater {
 public:
  enum class Inflated { kDone, kTooBig, kMalformed };

  Deflater();
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  // A message's payload. Nothing where that is no shorter or hardly.
  std::optional<std::string> Deflate(std::string_view text);

  // The message of a payload, up to `max_bytes` of it: what a few bytes grow to is the sender's
  // to choose.
  Inflated Inflate(std::string_view payload, size_t max_bytes, std::string* message);

 private:
  // Made when they are first needed: 300 kB.
  std::unique_ptr<z_stream_s> deflate_;
  std::unique_ptr<z_stream_s> inflate_;
};

}  // namespace ledgercast

#endif  // EDGE_DEFLATE_H_
