#ifndef SERVICES_COMMON_AUTH_PASSWORD_H_
#define SERVICES_COMMON_AUTH_PASSWORD_H_

// Hashes passwords by argon2id and verifies them. Both functions take tens of milliseconds and 64
// MiB, on purpose. Never call them on a thread that serves others, and limit how many of them run
// at once.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ledgercast {

inline constexpr size_t kMinPasswordBytes = 8;
inline constexpr size_t kMaxPasswordBytes = 256;

// Memory that hashing or verifying a password takes meanwhile.
inline constexpr size_t kPasswordMemoryBytes = size_t{64} << 20;

// Returns how long a password must be, for messages: "must have 8 to 256 bytes". A password that is
// only verified may be as short as `min_bytes`.
std::string PasswordRule(size_t min_bytes = kMinPasswordBytes);

// Returns the hash of `password`. Returns INVALID_ARGUMENT / INVALID_FIELD (`password`) if it is
// too short or too long, and RESOURCE_EXHAUSTED if there is not enough memory.
absl::StatusOr<std::string> HashPassword(std::string_view password);

// Returns whether `hash` is the hash of `password`. An empty `hash` means that there is no such
// account, or that nobody can sign in as it. The result is then false, after the same time as
// otherwise, so that the time does not reveal which accounts exist.
bool VerifyPassword(std::string_view password, const std::string& hash);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_PASSWORD_H_
