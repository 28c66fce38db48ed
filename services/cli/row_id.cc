#include "services/cli/row_id.h"

#include "services/common/base/sha256.h"

namespace ledgercast::cli {
namespace {

constexpr size_t kUuidBytes = 16;
constexpr size_t kRowBytes = 4;

}  // namespace

std::string RowId(std::string_view name, int64_t row) {
  Sha256 sha256;
  // This prefix keeps the hash different from any other hash of the same text.
  sha256.Add("ledgercast load\n");
  sha256.Add(name);
  Hash bytes = sha256.Finish();
  bytes[6] = static_cast<uint8_t>(0x80 | (bytes[6] & 0x0f));
  bytes[8] = static_cast<uint8_t>(0x80 | (bytes[8] & 0x3f));
  for (size_t i = 0; i < kRowBytes; ++i) {
    bytes[kUuidBytes - kRowBytes + i] = static_cast<uint8_t>(row >> (8 * (kRowBytes - 1 - i)));
  }
  const std::string hex = HashToHex(bytes);
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' +
         hex.substr(16, 4) + '-' + hex.substr(20, 12);
}

}  // namespace ledgercast::cli
