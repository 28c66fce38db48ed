#include "services/cli/amount.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/common/base/errors.h"

namespace ledgercast::cli {
namespace {

using ::testing::HasSubstr;

TEST(AmountTest, MinorUnitsAreDecimalAndExact) {
  EXPECT_EQ(*ParseMinorUnits("250"), 250);
  EXPECT_EQ(*ParseMinorUnits("010"), 10);
  EXPECT_EQ(*ParseMinorUnits("9223372036854775807"), INT64_MAX);
  for (const char* text : {"", " 1", "1 ", "+1", "-1", "0", "0x10", "1e3", "1_000", "1,000",
                           "1'000", "9223372036854775808", "99999999999999999999"}) {
    EXPECT_FALSE(ParseMinorUnits(text).ok()) << text;
  }
}

TEST(AmountTest, APointIsOfTheCurrency) {
  EXPECT_TRUE(IsDecimalAmount("2.50"));
  EXPECT_FALSE(IsDecimalAmount("250"));
  EXPECT_EQ(*ParseDecimalAmount("2.50", 2, "USD"), 250);
  EXPECT_EQ(*ParseDecimalAmount("2.5", 2, "USD"), 250);
  EXPECT_EQ(*ParseDecimalAmount("010.05", 2, "USD"), 1'005);
  EXPECT_EQ(*ParseDecimalAmount("0.001", 3, "BHD"), 1);
  EXPECT_EQ(*ParseDecimalAmount("92233720368547758.07", 2, "USD"), INT64_MAX);
}

TEST(AmountTest, NothingIsRounded) {
  const auto refusal = [](const char* text, int digits, const char* currency) {
    return std::string(MessageOf(ParseDecimalAmount(text, digits, currency).status()));
  };
  EXPECT_THAT(refusal("2.505", 2, "USD"),
              HasSubstr("more digits behind the point than USD, which has 2"));
  EXPECT_THAT(refusal("2.500", 2, "USD"), HasSubstr("more digits"));
  EXPECT_THAT(refusal("2.50", 0, "JPY"), HasSubstr("JPY has none: give a whole number"));
  EXPECT_THAT(refusal("0.00", 2, "USD"), HasSubstr("not above 0"));
  EXPECT_THAT(refusal("92233720368547758.08", 2, "USD"), HasSubstr("too large"));
  for (const char* text : {".50", "2.", "-2.50", "+2.50", "2.5.0", "2.5e1", "2,000.50", "0x2.50"}) {
    EXPECT_THAT(refusal(text, 2, "USD"), HasSubstr("is not a number such as 2.50")) << text;
  }
}

}  // namespace
}  // namespace ledgercast::cli
