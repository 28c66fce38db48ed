#include "services/common/auth/password.h"

#include <sodium.h>

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

constexpr auto kOperations = crypto_pwhash_OPSLIMIT_INTERACTIVE;
static_assert(kPasswordMemoryBytes == crypto_pwhash_MEMLIMIT_INTERACTIVE);

// The hash of 32 random bytes that nobody kept, made with the limits above.
constexpr char kNobodysHash[] =
    "$argon2id$v=19$m=65536,t=2,p=1$rxPl+tjbM9JFH97JhhzR0w$2FNtyOF4LLHrzAKjggZnrSrKFjYTjNmkNC20/"
    "9jrpGM";

}  // namespace

std::string PasswordRule(size_t min_bytes) {
  return "must have " + std::to_string(min_bytes) + " to " + std::to_string(kMaxPasswordBytes) +
         " bytes";
}

absl::StatusOr<std::string> HashPassword(std::string_view password) {
  if (password.size() < kMinPasswordBytes || password.size() > kMaxPasswordBytes) {
    return InvalidField("password", PasswordRule());
  }
  char hash[crypto_pwhash_STRBYTES];
  if (sodium_init() < 0 || crypto_pwhash_str(hash, password.data(), password.size(), kOperations,
                                             kPasswordMemoryBytes) != 0) {
    return MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy,
                     "no memory to hash the password");
  }
  return std::string(hash);
}

bool VerifyPassword(std::string_view password, const std::string& hash) {
  const bool can_match = !hash.empty() && password.size() <= kMaxPasswordBytes;
  // Limits the time that a very long password takes.
  password = password.substr(0, kMaxPasswordBytes);
  const char* compared = hash.empty() ? kNobodysHash : hash.c_str();
  return crypto_pwhash_str_verify(compared, password.data(), password.size()) == 0 && can_match;
}

}  // namespace ledgercast
