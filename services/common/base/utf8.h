#ifndef SERVICES_COMMON_BASE_UTF8_H_
#define SERVICES_COMMON_BASE_UTF8_H_

#include <string_view>

namespace ledgercast {

// Returns at most the first `max_bytes` of valid UTF-8, ending with a whole character.
inline std::string_view TruncateUtf8(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_UTF8_H_
