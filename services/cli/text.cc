#include "services/cli/text.h"

namespace ledgercast::cli {
namespace {

uint8_t ByteAt(std::string_view text, size_t index) { return static_cast<uint8_t>(text[index]); }

// Returns the size of the character that starts at `index`, or 0 if none does (RFC 3629).
size_t CharacterBytes(std::string_view text, size_t index) {
  const uint8_t first = ByteAt(text, index);
  if (first < 0x80) return 1;
  const size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() - index < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((ByteAt(text, index + i) & 0xc0) != 0x80) return 0;
  }
  const uint8_t second = ByteAt(text, index + 1);
  if (first == 0xe0 && second < 0xa0) return 0;  // fits in fewer bytes
  if (first == 0xed && second > 0x9f) return 0;  // half of a UTF-16 pair
  if (first == 0xf0 && second < 0x90) return 0;
  if (first == 0xf4 && second > 0x8f) return 0;  // above U+10FFFF
  return size;
}

bool IsControl(std::string_view character) {
  const uint8_t first = ByteAt(character, 0);
  if (character.size() == 1) return first < 0x20 || first == 0x7f;
  if (character.size() == 2) return first == 0xc2 && ByteAt(character, 1) < 0xa0;
  // Line separators, and characters that change the direction of writing.
  return character == "\u2028" || character == "\u2029" ||
         (character >= "\u202a" && character <= "\u202e") ||
         (character >= "\u2066" && character <= "\u2069");
}

std::string Digits(uint64_t value, size_t at_least) {
  std::string digits = std::to_string(value);
  if (digits.size() < at_least) digits.insert(0, at_least - digits.size(), '0');
  return digits;
}

uint64_t Magnitude(int64_t value) {
  return value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
}

}  // namespace

bool IsUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t size = CharacterBytes(text, i);
    if (size == 0) return false;
    i += size;
  }
  return true;
}

std::string Printable(std::string_view text) {
  std::string printable;
  printable.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const size_t size = CharacterBytes(text, i);
    const std::string_view character = text.substr(i, size);
    if (size == 0 || IsControl(character)) {
      printable.push_back('?');
    } else {
      printable.append(character);
    }
    i += size == 0 ? 1 : size;
  }
  return printable;
}

size_t CountColumns(std::string_view text) {
  size_t columns = 0;
  for (const char c : text) columns += (static_cast<uint8_t>(c) & 0xc0) != 0x80 ? 1 : 0;
  return columns;
}

std::string FormatAmount(int64_t minor_units, int minor_unit_digits) {
  const size_t fraction = minor_unit_digits > 0 ? static_cast<size_t>(minor_unit_digits) : 0;
  std::string text = Digits(Magnitude(minor_units), fraction + 1);
  if (fraction > 0) text.insert(text.size() - fraction, 1, '.');
  if (minor_units < 0) text.insert(0, 1, '-');
  return text;
}

std::string FormatLocalTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, absl::LocalTimeZone());
}

std::string FormatCount(int64_t count) {
  std::string text = std::to_string(Magnitude(count));
  for (size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  if (count < 0) text.insert(0, 1, '-');
  return text;
}

}  // namespace ledgercast::cli
