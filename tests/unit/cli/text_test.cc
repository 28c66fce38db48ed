#include "services/cli/text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "services/cli/currency_digits.h"
#include "services/cli/progress.h"
#include "services/cli/table.h"

namespace ledgercast::cli {
namespace {

TEST(CliTextTest, AmountsHaveTheirCurrencysDigits) {
  EXPECT_EQ(FormatAmount(1250, 2), "12.50");
  EXPECT_EQ(FormatAmount(1250, 0), "1250");
  EXPECT_EQ(FormatAmount(5, 2), "0.05");
  EXPECT_EQ(FormatAmount(0, 3), "0.000");
  EXPECT_EQ(FormatAmount(-5, 2), "-0.05");
  EXPECT_EQ(FormatAmount(-1250, 2), "-12.50");
  EXPECT_EQ(FormatAmount(std::numeric_limits<int64_t>::max(), 9), "9223372036.854775807");
  EXPECT_EQ(FormatAmount(std::numeric_limits<int64_t>::min(), 2), "-92233720368547758.08");
}

TEST(CliTextTest, CountsAreGrouped) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(1'000), "1,000");
  EXPECT_EQ(FormatCount(12'345'678), "12,345,678");
  EXPECT_EQ(FormatCount(-1'000), "-1,000");
}

TEST(CliTextTest, OnlyUtf8IsTakenForIt) {
  for (const char* text : {"", "plain", "\u00fcber \u20ac \U0001f600"}) EXPECT_TRUE(IsUtf8(text));
  for (const char* text : {"\xff", "\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80",
                           "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\x80", "\xe2\x82"}) {
    EXPECT_FALSE(IsUtf8(text)) << ::testing::PrintToString(text);
  }
}

TEST(CliTextTest, NothingThatSteersATerminalGetsThere) {
  EXPECT_EQ(Printable("a\x1b[2Jb\r\nc\x7f"), "a?[2Jb??c?");
  EXPECT_EQ(Printable("\u009b31m"), "?31m");
  EXPECT_EQ(Printable("\u202eabc\u2028"), "?abc?");
  EXPECT_EQ(Printable("\xff\xc3"), "??");
  EXPECT_EQ(Printable("\u00fc \u20ac"), "\u00fc \u20ac");
}

TEST(CliTableTest, ColumnsLineUpAndTitlesComeOnce) {
  Table table({{"NAME"}, {"AMOUNT", true}, {"TEXT"}});
  EXPECT_EQ(table.Format({{"\u00fc", "1.00", "x"}, {"user1", "12.50", ""}}),
            "NAME   AMOUNT  TEXT\n"
            "\u00fc        1.00  x\n"
            "user1   12.50\n");
  EXPECT_EQ(table.Format({{"a", "1", "a\nb"}}), "a           1  a?b\n");
}

TEST(CliTableTest, AnEmptyListStillHasTitles) {
  EXPECT_EQ(Table({{"ONE"}, {"TWO"}}).Format({}), "ONE  TWO\n");
}

TEST(CliProgressTest, TellsShareRateAndWhatIsLeft) {
  Progress progress;
  progress.total = 1'000'000;
  progress.done = 500'000;
  progress.elapsed = absl::Seconds(10);
  EXPECT_EQ(FormatProgress(progress, false), "50 %  500,000 of 1,000,000  50,000/s  10 s left");
  EXPECT_EQ(FormatProgress(progress, true),
            "[===============>              ] 50 %  500,000 of 1,000,000  50,000/s  10 s left");
  progress.elapsed = absl::Hours(2);
  EXPECT_EQ(FormatProgress(progress, false), "50 %  500,000 of 1,000,000  69/s  2 h 00 min left");
}

TEST(CliProgressTest, WhatWasDoneBeforeDoesNotMakeItFast) {
  Progress progress;
  progress.total = 300;
  progress.done = 200;
  progress.head_start = 100;
  progress.elapsed = absl::Seconds(100);
  EXPECT_EQ(FormatProgress(progress, false), "66 %  200 of 300  1/s  1 min 40 s left");
}

TEST(CliProgressTest, WithoutATotalThereIsNoShare) {
  Progress progress;
  progress.done = 1'500;
  progress.elapsed = absl::Seconds(3);
  EXPECT_EQ(FormatProgress(progress, true), "1,500  500/s");
}

v1::Transaction Transfer(const std::string& currency) {
  v1::Transaction transaction;
  transaction.set_from_account("ann");
  transaction.set_to_account("bob");
  transaction.set_currency(currency);
  return transaction;
}

TEST(CurrencyDigitsTest, EachCurrencyIsAskedForOnceAtTheSideThatMayBeSeen) {
  std::vector<std::string> asked;
  CurrencyDigits digits([&asked](const std::string& name) -> absl::StatusOr<v1::Account> {
    asked.push_back(name);
    if (name == "ann") return absl::PermissionDeniedError("not yours");
    v1::Account account;
    account.set_minor_unit_digits(2);
    return account;
  });
  EXPECT_EQ(*digits.Of(Transfer("USD")), 2);
  EXPECT_EQ(*digits.Of(Transfer("USD")), 2);
  EXPECT_EQ(asked, (std::vector<std::string>{"ann", "bob"}));
}

TEST(CurrencyDigitsTest, WhatCouldNotBeAskedIsAskedAgain) {
  int asked = 0;
  CurrencyDigits digits([&asked](const std::string&) -> absl::StatusOr<v1::Account> {
    if (++asked == 1) return absl::UnavailableError("away");
    return v1::Account();
  });
  EXPECT_TRUE(absl::IsUnavailable(digits.Of(Transfer("JPY")).status()));
  EXPECT_EQ(*digits.Of(Transfer("JPY")), 0);
}

}  // namespace
}  // namespace ledgercast::cli
