#ifndef EDGE_CLOSE_CODE_H_
#define EDGE_CLOSE_CODE_H_

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

}  // namespace ledgercast

#endif  // EDGE_CLOSE_CODE_H_
