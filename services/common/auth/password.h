#ifndef SERVICES_COMMON_AUTH_PASSWORD_H_
#define SERVICES_COMMON_AUTH_PASSWORD_H_

// Passwords are kept as argon2id hashes. Both functions take tens of milliseconds and
// 64 MiB, on purpose: never call them on a thread that serves others, and bound how many
// run at once.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ledgercast {

inline constexpr size_t kMinPasswordBytes = 8;
inline constexpr size_t kMaxPasswordBytes = 256;

// Memory that hashing or verifying a password takes while it does.
inline constexpr size_t kPasswordMemoryBytes = size_t{64} << 20;

// Returns how long a password must be, for messages: "must have 8 to 256 bytes". A password that is
// only verified may be as short as `min_bytes`.
std::string PasswordRule(size_t min_bytes = kMinPasswordBytes);

// INVALID_ARGUMENT / INVALID_FIELD (`password`) if it is too short or too long;
// RESOURCE_EXHAUSTED without the memory.
absl::StatusOr<std::string> HashPassword(std::string_view password);

// Whether `hash` is that of `password`. For an empty `hash` (no such account, or one
// that nobody can sign in as) the answer is no after just as much time, so that the time
// tells nobody which accounts there are.
bool VerifyPassword(std::string_view password, const std::string& hash);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_PASSWORD_H_
