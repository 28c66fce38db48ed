#include "services/common/base/call_ids.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <random>

namespace ledgercast {
namespace {

constexpr size_t kMaxRequestIdBytes = 128;

// Layout of a traceparent, version-traceid-parentid-flags: 00-<32 digits>-<16 digits>-<2 digits>.
constexpr size_t kTraceIdStart = 3;
constexpr size_t kTraceIdBytes = 32;
constexpr size_t kParentIdStart = 36;
constexpr size_t kParentIdBytes = 16;
constexpr size_t kFlagsStart = 53;
constexpr size_t kFlagsBytes = 2;
// Hexadecimal digits whose lowest bit is set. In the last digit of the flags, that bit is
// `sampled`.
constexpr std::string_view kOddDigits = "13579bdf";
constexpr size_t kTraceparentBytes = 55;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsRequestIdByte(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("-_.~:/+=@").find(c) != std::string_view::npos;
}

// The grammar of a traceparent allows only lower case.
bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); });
}

bool IsZero(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '0'; });
}

}  // namespace

bool IsRequestId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxRequestIdBytes &&
         std::all_of(text.begin(), text.end(), IsRequestIdByte);
}

std::string MakeCallId() {
  // Ids must be unique but not secret, so this generator need not be cryptographic.
  thread_local std::mt19937_64 random = [] {
    std::random_device device;
    std::array<std::random_device::result_type, 8> words{};
    std::generate(words.begin(), words.end(), std::ref(device));
    std::seed_seq seed(words.begin(), words.end());
    return std::mt19937_64(seed);
  }();
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string id;
  id.reserve(kTraceIdBytes);
  while (id.size() < kTraceIdBytes) {
    uint64_t bits = random();
    for (int i = 0; i < 16; ++i, bits >>= 4) id.push_back(kDigits[bits & 15]);
  }
  return id;
}

std::optional<TraceParts> ParseTraceparent(std::string_view traceparent) {
  if (traceparent.size() < kTraceparentBytes) return std::nullopt;
  const std::string_view version = traceparent.substr(0, 2);
  const TraceParts parts{traceparent.substr(kTraceIdStart, kTraceIdBytes),
                         traceparent.substr(kParentIdStart, kParentIdBytes),
                         traceparent.substr(kFlagsStart, kFlagsBytes)};
  const bool is_formed = traceparent[2] == '-' && traceparent[kParentIdStart - 1] == '-' &&
                         traceparent[kFlagsStart - 1] == '-' && IsHex(version) &&
                         IsHex(parts.trace_id) && IsHex(parts.parent_id) && IsHex(parts.flags);
  if (!is_formed || version == "ff" || IsZero(parts.trace_id) || IsZero(parts.parent_id)) {
    return std::nullopt;
  }
  // Later versions of the format may append more fields after another dash.
  if (traceparent.size() > kTraceparentBytes &&
      (version == "00" || traceparent[kTraceparentBytes] != '-')) {
    return std::nullopt;
  }
  return parts;
}

std::string_view TraceIdOf(std::string_view traceparent) {
  const auto parts = ParseTraceparent(traceparent);
  return parts.has_value() ? parts->trace_id : std::string_view();
}

bool IsSampled(std::string_view traceparent) {
  const auto parts = ParseTraceparent(traceparent);
  return parts.has_value() && kOddDigits.find(parts->flags.back()) != std::string_view::npos;
}

CallIds CallIdsOf(const std::string& request_id, const std::string& traceparent) {
  return {IsRequestId(request_id) ? request_id : MakeCallId(),
          TraceIdOf(traceparent).empty() ? "" : traceparent};
}

}  // namespace ledgercast
