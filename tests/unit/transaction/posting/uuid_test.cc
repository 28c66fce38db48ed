#include "services/transaction/posting/uuid.h"

#include <gtest/gtest.h>

#include <set>

namespace ledgercast {
namespace {

constexpr char kUuid[] = "0190163d-8694-739b-aea5-966c26f8ad91";

TEST(UuidTest, AnyCaseIsReadAndLowerCaseIsCanonical) {
  EXPECT_EQ(CanonicalUuid(kUuid), kUuid);
  EXPECT_EQ(CanonicalUuid("0190163D-8694-739B-AEA5-966C26F8AD91"), kUuid);
}

TEST(UuidTest, OtherFormsAreRefused) {
  for (const char* text :
       {"", "x", "0190163d8694739baea5966c26f8ad91", "{0190163d-8694-739b-aea5-966c26f8ad91}",
        "0190163d-8694-739b-aea5-966c26f8ad9g", "0190163d-8694-739b-aea5-966c26f8ad9",
        "0190163d-8694-739b-aea5-966c26f8ad911", "0190163d--694-739b-aea5-966c26f8ad91",
        "0190163d08694-739b-aea5-966c26f8ad91"}) {
    EXPECT_FALSE(CanonicalUuid(text)) << text;
  }
}

TEST(UuidTest, NewOnesAreVersion7AndStartWithTheTime) {
  // RFC 9562, appendix A.6: 2022-02-22 19:22:22 UTC.
  const std::string uuid = MakeUuidV7(absl::FromUnixMillis(0x017F22E279B0));
  EXPECT_EQ(uuid.substr(0, 15), "017f22e2-79b0-7");
  EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos) << uuid;
  EXPECT_EQ(CanonicalUuid(uuid), uuid);
}

TEST(UuidTest, NoTwoAreTheSame) {
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) seen.insert(MakeUuidV7(absl::UnixEpoch()));
  EXPECT_EQ(seen.size(), 1'000u);
}

TEST(UuidTest, TheNilAndTheMaxUuidAreTold) {
  EXPECT_TRUE(IsNilOrMaxUuid("00000000-0000-0000-0000-000000000000"));
  EXPECT_TRUE(IsNilOrMaxUuid("ffffffff-ffff-ffff-ffff-ffffffffffff"));
  EXPECT_FALSE(IsNilOrMaxUuid("00000000-0000-0000-0000-000000000001"));
  EXPECT_FALSE(IsNilOrMaxUuid(MakeUuidV7(absl::Now())));
}

}  // namespace
}  // namespace ledgercast
