#include "edge/http/gzip.h"

#include <zlib.h>

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "edge/net/zlib_input.h"

namespace ledgercast {
namespace {

// Adding 16 makes zlib write gzip's header and checksum.
constexpr int kGzipWindowBits = MAX_WBITS + 16;
constexpr int kGzipMemoryLevel = 9;
// Shorter content fits into one packet in any case.
constexpr size_t kGzipMinBytes = 1 << 10;

// Returns whether the parameters of a coding, such as `;q=0.5`, want it. Without a weight they do.
bool IsWanted(absl::string_view parameters) {
  const absl::string_view weight = absl::StripAsciiWhitespace(parameters);
  if (!absl::StartsWithIgnoreCase(weight, "q=")) return true;
  return std::strtod(std::string(weight.substr(2)).c_str(), nullptr) > 0;
}

}  // namespace

std::optional<std::string> Gzip(std::string_view content) {
  if (content.size() < kGzipMinBytes) return std::nullopt;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindowBits, kGzipMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return std::nullopt;
  }
  // The client has to unpack it, so it must become at least a tenth smaller.
  std::string packed(content.size() - content.size() / 10, '\0');
  SetInput(content, &stream);
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const bool fits = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  const size_t bytes = stream.total_out;
  deflateEnd(&stream);
  if (!fits) return std::nullopt;
  return packed.substr(0, bytes);
}

bool AcceptsGzip(std::string_view accept_encoding) {
  // A weight for gzip itself counts more than a weight for all codings.
  std::optional<bool> any;
  const absl::string_view all(accept_encoding.data(), accept_encoding.size());
  for (const absl::string_view one : absl::StrSplit(all, ',')) {
    const std::pair<absl::string_view, absl::string_view> coding =
        absl::StrSplit(one, absl::MaxSplits(';', 1));
    const absl::string_view name = absl::StripAsciiWhitespace(coding.first);
    if (absl::EqualsIgnoreCase(name, "gzip")) return IsWanted(coding.second);
    if (name == "*") any = IsWanted(coding.second);
  }
  return any.value_or(false);
}

}  // namespace ledgercast
