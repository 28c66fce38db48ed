#include "services/common/auth/verified_signatures.h"

#include <gtest/gtest.h>

namespace ledgercast {
namespace {

TEST(VerifiedSignaturesTest, OnlyTheWholeTokenIsRemembered) {
  VerifiedSignatures signatures(4);
  signatures.Add("header.claims.signature");
  EXPECT_TRUE(signatures.Contains("header.claims.signature"));
  EXPECT_FALSE(signatures.Contains("header.claims.signaturf"));
  EXPECT_FALSE(signatures.Contains("header.claims."));
  EXPECT_FALSE(signatures.Contains(""));
}

TEST(VerifiedSignaturesTest, WhatIsNotUsedIsForgottenAndWhatIsUsedStays) {
  VerifiedSignatures signatures(4);
  signatures.Add("used");
  signatures.Add("unused");
  for (int i = 0; i < 100; ++i) {
    signatures.Add(std::to_string(i));
    EXPECT_TRUE(signatures.Contains("used"));
  }
  EXPECT_FALSE(signatures.Contains("unused"));
  EXPECT_FALSE(signatures.Contains("0"));
}

}  // namespace
}  // namespace ledgercast
