#include "services/common/auth/password.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <vector>

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

TEST(PasswordTest, VerifiesItsOwnHashOnly) {
  const auto hash = HashPassword("correct horse");
  ASSERT_TRUE(hash.ok()) << hash.status();
  EXPECT_THAT(*hash, ::testing::StartsWith("$argon2id$v=19$m=65536,t=2,p=1$"));
  EXPECT_TRUE(VerifyPassword("correct horse", *hash));
  EXPECT_FALSE(VerifyPassword("correct horsf", *hash));
  EXPECT_FALSE(VerifyPassword("correct horse ", *hash));
  EXPECT_FALSE(VerifyPassword("", *hash));
}

TEST(PasswordTest, HashesAreSalted) {
  EXPECT_NE(*HashPassword("correct horse"), *HashPassword("correct horse"));
}

TEST(PasswordTest, BytesAreTakenAsTheyAre) {
  const std::string password("pass\0word\xff", 10);
  const auto hash = HashPassword(password);
  ASSERT_TRUE(hash.ok()) << hash.status();
  EXPECT_TRUE(VerifyPassword(password, *hash));
  EXPECT_FALSE(VerifyPassword(std::string("pass\0worD\xff", 10), *hash));
}

TEST(PasswordTest, LengthHasLimits) {
  for (const size_t bytes : {size_t{0}, kMinPasswordBytes - 1, kMaxPasswordBytes + 1}) {
    const auto hash = HashPassword(std::string(bytes, 'x'));
    EXPECT_TRUE(absl::IsInvalidArgument(hash.status())) << bytes;
    EXPECT_EQ(GetErrorInfo(hash.status()).reason(), reason::kInvalidField);
  }
  EXPECT_TRUE(HashPassword(std::string(kMinPasswordBytes, 'x')).ok());
  const std::string longest(kMaxPasswordBytes, 'x');
  const auto hash = HashPassword(longest);
  ASSERT_TRUE(hash.ok()) << hash.status();
  EXPECT_TRUE(VerifyPassword(longest, *hash));
  // Cutting it off must not make a longer one right.
  EXPECT_FALSE(VerifyPassword(longest + "x", *hash));
}

TEST(PasswordTest, NobodyHasAnEmptyOrBrokenHash) {
  for (const char* hash : {"", "$", "garbage", "$argon2id$v=19$m=65536,t=2,p=1$"}) {
    EXPECT_FALSE(VerifyPassword("", hash));
    EXPECT_FALSE(VerifyPassword("correct horse", hash));
  }
}

// CPU time, which other programs on the machine hardly change.
double MedianVerifySeconds(const std::string& hash) {
  std::vector<double> seconds;
  for (int i = 0; i < 5; ++i) {
    timespec from, to;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    EXPECT_FALSE(VerifyPassword("wrong password", hash));
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    seconds.push_back(static_cast<double>(to.tv_sec - from.tv_sec) +
                      static_cast<double>(to.tv_nsec - from.tv_nsec) * 1e-9);
  }
  std::nth_element(seconds.begin(), seconds.begin() + 2, seconds.end());
  return seconds[2];
}

TEST(PasswordTest, UnknownAccountCostsAsMuchAsWrongPassword) {
  const double known = MedianVerifySeconds(*HashPassword("correct horse"));
  const double unknown = MedianVerifySeconds("");
  EXPECT_GT(unknown, known / 2);
  EXPECT_LT(unknown, known * 2);
}

}  // namespace
}  // namespace ledgercast
