#ifndef SERVICES_COMMON_BASE_UTF8_H_
#define SERVICES_COMMON_BASE_UTF8_H_

#include <string_view>

namespace ledgercast {

// Returns the start of `text`, which is valid UTF-8: at most `max_bytes`, and only whole
// characters.
inline std::string_view TruncateUtf8(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_UTF8_H_
