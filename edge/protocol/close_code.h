#ifndef EDGE_PROTOCOL_CLOSE_CODE_H_
#define EDGE_PROTOCOL_CLOSE_CODE_H_

#include <array>

namespace ledgercast {

// The close codes of the contract. They tell a client whether it may come back, and how.
enum class CloseCode : int {
  kNormal = 1000,
  // The client comes back after the delay that the `goingAway` frame named.
  kGoingAway = 1001,
  // The client must not repeat what it sent: a binary frame (1003), a message that is too big
  // (1009) or one that is malformed (4400).
  kUnsupportedData = 1003,
  kTooBig = 1009,
  kMalformed = 4400,
  // The client comes back with a new token.
  kUnauthenticated = 4401,
  // The client must not come back.
  kNotAllowed = 4403,
  // The client may come back, and has to send its token in time.
  kNoTokenInTime = 4408,
  // The client comes back and resumes from its last cursor.
  kTooSlow = 4409,
  // The client comes back later.
  kTooMany = 4429,
  kOverloaded = 1013,
};

// The code that stands for a connection that broke. It is counted but never sent (RFC 6455, section
// 7.1.5).
inline constexpr int kAbnormalClose = 1006;

// The codes that the metrics count one by one. All other codes, which a client may choose, are
// counted together.
inline constexpr std::array kCountedCloseCodes = {
    1000, 1001, 1003, kAbnormalClose, 1007, 1009, 1013, 4400, 4401, 4403, 4408, 4409, 4429};

}  // namespace ledgercast

#endif  // EDGE_PROTOCOL_CLOSE_CODE_H_
