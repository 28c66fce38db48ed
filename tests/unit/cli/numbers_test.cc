// Numbers on the tool's command line and in its files are decimal and exact, or refused.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "services/cli/transfer_reader.h"
#include "services/common/base/errors.h"
#include "tests/support/cli_fixture.h"
#include "tests/support/cli_service.h"

namespace ledgercast {
namespace {

using ::testing::HasSubstr;

class CliNumbersTest : public CliFixture {
 protected:
  std::vector<std::string> SignedIn(std::vector<std::string> arguments) {
    for (const std::string& more :
         {std::string("--service"), service_.address(), std::string("--username"),
          std::string("boss"), std::string("--password-file"),
          File("boss", "the boss's password\n")}) {
      arguments.push_back(more);
    }
    return arguments;
  }
  int Post(const std::string& amount) {
    return Run(SignedIn({"post", "--from", "ann", "--to", "bob", "--amount=" + amount}));
  }

  CliService service_;
};

TEST_F(CliNumbersTest, AnAmountIsDecimal) {
  ASSERT_EQ(Post("010"), 0) << error_;
  EXPECT_EQ(service_.transfers().back().amount(), 10);
  EXPECT_THAT(out_, HasSubstr("posted: 0.10 USD (10 minor units) from ann to bob"));
  ASSERT_EQ(Post("2.50"), 0) << error_;
  EXPECT_EQ(service_.transfers().back().amount(), 250);
  EXPECT_THAT(out_, HasSubstr("posted: 2.50 USD (250 minor units) from ann to bob"));
  ASSERT_EQ(Post("2.5"), 0) << error_;
  EXPECT_EQ(service_.transfers().back().amount(), 250);
}

TEST_F(CliNumbersTest, AnAmountThatIsNotExactPostsNothing) {
  for (const char* amount : {"0x10", "99999999999999999999", "9223372036854775808", "1e3", "1_000",
                             "-5", "0", "", "2.505", "2.", ".5", "0.00", "five"}) {
    EXPECT_EQ(Post(amount), 2) << amount;
    EXPECT_NE(error_, "") << amount;
  }
  EXPECT_TRUE(service_.transfers().empty());
}

TEST_F(CliNumbersTest, NoNumberOfAnyCommandIsReadOtherwise) {
  const std::string file = File("rows.csv", "from_account,to_account,amount\nann,bob,5\n");
  const std::string password = File("new", "a new password\n");
  const std::vector<std::vector<std::string>> commands = {
      {"post", "--from=ann", "--to=bob", "--amount=1", "--retry-seconds"},
      {"list", "--limit"},
      {"accounts", "list", "--timeout-seconds"},
      {"accounts", "create", "ann", "--new-password-file=" + password, "--minimum-balance"},
      {"accounts", "create", "ann", "--new-password-file=" + password, "--minor-unit-digits"},
      {"load", file, "--batch-transactions"},
      {"load", file, "--in-flight"},
      {"load", file, "--retry-seconds"},
      {"verify", "--problems"},
      {"verify", "--retry-seconds"}};
  for (const std::vector<std::string>& command : commands) {
    for (const char* number : {"0x10", "1e1", "1.0", "99999999999999999999", "+1", "1_0", "x"}) {
      std::vector<std::string> arguments = command;
      arguments.back() += std::string("=") + number;
      EXPECT_EQ(Run(SignedIn(arguments)), 2) << ::testing::PrintToString(arguments);
      EXPECT_THAT(error_, HasSubstr(command.back())) << ::testing::PrintToString(arguments);
    }
  }
  EXPECT_TRUE(service_.transfers().empty());
  EXPECT_TRUE(service_.created().empty());
}

TEST_F(CliNumbersTest, ALeadingZeroIsNoOctalNumber) {
  ASSERT_EQ(Run(SignedIn({"accounts", "create", "ann", "--minimum-balance", "-010",
                          "--new-password-file", File("new", "a new password\n")})),
            0)
      << error_;
  EXPECT_EQ(service_.created()[0].account().minimum_balance(), -10);
}

// The error of the one row, or "amount N".
std::string ReadOne(const std::string& content) {
  std::istringstream input(content);
  const auto reader = cli::TransferReader::Open(&input, "name");
  cli::TransferRow row;
  const auto found = (*reader)->Next(&row);
  if (!found.ok()) return std::string(MessageOf(found.status()));
  return "amount " + std::to_string(row.request.amount());
}

std::string LineOf(const std::string& rest) {
  return ReadOne("{\"fromAccount\":\"ann\",\"toAccount\":\"bob\"," + rest + "}\n");
}

TEST(TransferNumbersTest, AmountsOfFilesAreMinorUnitsInDecimal) {
  const std::string header = "from_account,to_account,amount\nann,bob,";
  EXPECT_EQ(ReadOne(header + "010\n"), "amount 10");
  for (const char* amount : {"0x10", "1e3", "99999999999999999999", " 1", "+1", ""}) {
    EXPECT_THAT(ReadOne(header + amount + "\n"), HasSubstr("is not a whole number")) << amount;
  }
  EXPECT_THAT(ReadOne(header + "2.50\n"), HasSubstr("250 is 2.50 USD, and 250 JPY"));
  EXPECT_EQ(LineOf("\"amount\":10"), "amount 10");
  EXPECT_EQ(LineOf("\"amount\":\"010\""), "amount 10");
  for (const char* amount : {"1e3", "10.0", "9007199254740991.4", "99999999999999999999",
                             "\"0x10\"", "\"1e3\"", "\"10.0\"", "\" 10\"", "true", "[1]"}) {
    EXPECT_THAT(LineOf("\"amount\":" + std::string(amount)), HasSubstr("amount")) << amount;
    EXPECT_THAT(LineOf("\"amount\":" + std::string(amount)), HasSubstr("line 1: ")) << amount;
  }
}

TEST(TransferNumbersTest, AKeyThatIsThereTwiceIsRefused) {
  EXPECT_THAT(LineOf("\"amount\":1,\"amount\":2"), HasSubstr("a key twice"));
  EXPECT_THAT(LineOf("\"amount\":1,\"metadata\":{\"k\":\"a\",\"k\":\"b\"}"),
              HasSubstr("a key twice"));
  EXPECT_THAT(LineOf("\"amount\":1,\"from_account\":\"cid\""),
              HasSubstr("has from_account twice, under both of its names"));
  EXPECT_THAT(ReadOne("from_account,to_account,amount,metadata\n"
                      "ann,bob,1,\"{\"\"k\"\":\"\"a\"\",\"\"k\"\":\"\"b\"\"}\"\n"),
              HasSubstr("has a key twice"));
}

TEST(TransferNumbersTest, NestingWithoutEndIsRefused) {
  const std::string open(20'000, '[');
  EXPECT_THAT(LineOf("\"amount\":" + open + std::string(20'000, ']')),
              HasSubstr("is no CreateTransactionRequest"));
}

}  // namespace
}  // namespace ledgercast
