#include "services/transaction/posting/uuid.h"

#include <sodium.h>

#include <cstdint>

namespace ledgercast {
namespace {

constexpr size_t kUuidChars = 36;

bool IsDash(size_t index) { return index == 8 || index == 13 || index == 18 || index == 23; }

}  // namespace

std::string MakeUuidV7(absl::Time now) {
  uint8_t bytes[16];
  randombytes_buf(bytes, sizeof(bytes));
  const auto millis = static_cast<uint64_t>(absl::ToUnixMillis(now));
  for (int i = 0; i < 6; ++i) bytes[i] = static_cast<uint8_t>(millis >> (40 - 8 * i));
  bytes[6] = static_cast<uint8_t>(0x70 | (bytes[6] & 0x0f));
  bytes[8] = static_cast<uint8_t>(0x80 | (bytes[8] & 0x3f));
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(kUuidChars);
  for (const uint8_t byte : bytes) {
    if (IsDash(text.size())) text.push_back('-');
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

std::optional<std::string> CanonicalUuid(std::string_view text) {
  if (text.size() != kUuidChars) return std::nullopt;
  std::string canonical(text);
  for (size_t i = 0; i < kUuidChars; ++i) {
    char& c = canonical[i];
    if (IsDash(i)) {
      if (c != '-') return std::nullopt;
      continue;
    }
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return std::nullopt;
  }
  return canonical;
}

bool IsNilOrMaxUuid(std::string_view canonical) {
  return canonical == "00000000-0000-0000-0000-000000000000" ||
         canonical == "ffffffff-ffff-ffff-ffff-ffffffffffff";
}

}  // namespace ledgercast
