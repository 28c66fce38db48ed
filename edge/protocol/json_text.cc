#include "edge/protocol/json_text.h"

#include <charconv>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace ledgercast {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void AppendUnicodeEscape(unsigned value, std::string* out) {
  *out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) *out += kHex[(value >> shift) & 0xF];
}

void AppendEscape(unsigned char byte, std::string* out) {
  switch (byte) {
    case '"':
      *out += "\\\"";
      break;
    case '\\':
      *out += "\\\\";
      break;
    case '\n':
      *out += "\\n";
      break;
    case '\r':
      *out += "\\r";
      break;
    case '\t':
      *out += "\\t";
      break;
    case '\b':
      *out += "\\b";
      break;
    case '\f':
      *out += "\\f";
      break;
    default:
      AppendUnicodeEscape(byte, out);
  }
}

void AppendDigits(int64_t value, int width, std::string* out) {
  char digits[12];
  for (int i = width - 1; i >= 0; --i) {
    digits[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out->append(digits, static_cast<size_t>(width));
}

bool NeedsEscape(unsigned char byte) {
  return byte < 0x20 || byte == '"' || byte == '\\' || byte == '<' || byte == '>' || byte == 0x7F;
}

}  // namespace

void AppendJsonString(std::string_view text, std::string* out) {
  *out += '"';
  size_t plain = 0;  // Start of the bytes that are to be appended as they are.
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+2028 and U+2029 are E2 80 A8 and E2 80 A9.
    const bool separator = byte == 0xE2 && i + 2 < text.size() && text[i + 1] == '\x80' &&
                           (text[i + 2] == '\xA8' || text[i + 2] == '\xA9');
    if (!separator && !NeedsEscape(byte)) continue;
    out->append(text, plain, i - plain);
    if (separator) {
      AppendUnicodeEscape(text[i + 2] == '\xA8' ? 0x2028 : 0x2029, out);
      i += 2;
    } else {
      AppendEscape(byte, out);
    }
    plain = i + 1;
  }
  out->append(text, plain, std::string_view::npos);
  *out += '"';
}

void AppendJsonInt64(int64_t value, std::string* out) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  *out += '"';
  out->append(digits, static_cast<size_t>(end - digits));
  *out += '"';
}

void AppendJsonTimestamp(const google::protobuf::Timestamp& time, std::string* out) {
  const absl::CivilSecond civil =
      absl::ToCivilSecond(absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
  *out += '"';
  AppendDigits(civil.year(), 4, out);
  *out += '-';
  AppendDigits(civil.month(), 2, out);
  *out += '-';
  AppendDigits(civil.day(), 2, out);
  *out += 'T';
  AppendDigits(civil.hour(), 2, out);
  *out += ':';
  AppendDigits(civil.minute(), 2, out);
  *out += ':';
  AppendDigits(civil.second(), 2, out);
  if (time.nanos() != 0) {
    *out += '.';
    if (time.nanos() % 1'000'000 == 0) {
      AppendDigits(time.nanos() / 1'000'000, 3, out);
    } else if (time.nanos() % 1'000 == 0) {
      AppendDigits(time.nanos() / 1'000, 6, out);
    } else {
      AppendDigits(time.nanos(), 9, out);
    }
  }
  *out += "Z\"";
}

}  // namespace ledgercast
