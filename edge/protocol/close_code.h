#ifndef EDGE_PROTOCOL_CLOSE_CODE_H_
#define EDGE_PROTOCOL_CLOSE_CODE_H_

#include <array>

namespace ledgercast {

// The contract's close codes; they tell a client whether and how to come back.
enum class CloseCode : int {
  kNormal = 1000,
  // After `goingAway`: come back after the delay that it named.
  kGoingAway = 1001,
  // Never come back with the same: binary frame, bad UTF-8, too big, malformed.
  kUnsupportedData = 1003,
  kTooBig = 1009,
  kMalformed = 4400,
  // Come back with a new token.
  kUnauthenticated = 4401,
  // Never come back.
  kNotAllowed = 4403,
  // Come back.
  kNoTokenInTime = 4408,
  // Come back with the cursor.
  kTooSlow = 4409,
  // Come back later.
  kTooMany = 4429,
  kOverloaded = 1013,
};

// How a connection ended that broke; never sent (RFC 6455, section 7.1.5).
inline constexpr int kAbnormalClose = 1006;

// The codes that metrics count one by one. What a client closes with may be any other.
inline constexpr std::array kCountedCloseCodes = {
    1000, 1001, 1003, kAbnormalClose, 1007, 1009, 1013, 4400, 4401, 4403, 4408, 4409, 4429};

}  // namespace ledgercast

#endif  // EDGE_PROTOCOL_CLOSE_CODE_H_
