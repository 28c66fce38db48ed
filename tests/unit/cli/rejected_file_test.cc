#include "services/cli/rejected_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "services/common/base/errors.h"
#include "services/common/base/program.h"
#include "tests/support/cli_fixture.h"

namespace ledgercast {
namespace {

using cli::RejectedFile;
using ::testing::HasSubstr;

constexpr char kRows[] = "from_account,to_account,amount\nann,bob,5\n";

class RejectedFileTest : public CliFixture {
 protected:
  std::string Rejected(const std::string& name) {
    const std::string path = folder_ + "/" + name;
    RejectedFile file(path);
    cli::TransferRow row;
    row.row = 7;
    row.request.set_amount(5);
    EXPECT_TRUE(file.Add(row, InvalidField("amount", "is odd")).ok());
    EXPECT_TRUE(file.Flush().ok());
    return path;
  }
  static std::string Refusal(const std::string& path, const std::vector<std::string>& taken = {}) {
    return std::string(MessageOf(RejectedFile::CheckPath(path, taken)));
  }
};

TEST_F(RejectedFileTest, ANewFileAnEmptyOneAndAnOwnOneAreTaken) {
  EXPECT_EQ(Refusal(folder_ + "/new"), "");
  EXPECT_EQ(Refusal(File("empty", "")), "");
  EXPECT_EQ(Refusal(Rejected("own.csv")), "");
}

TEST_F(RejectedFileTest, WhatSomebodyElseWroteIsRefusedAndKept) {
  for (const char* content : {kRows, "notes\n", "row,reason\n1,X\n", "\"", "{\"a\":1}\n", "\n"}) {
    const std::string path = File("theirs", content);
    EXPECT_THAT(Refusal(path), HasSubstr("was not written by a load")) << content;
    EXPECT_FALSE(RejectedFile(path).Resume(0).ok());
    EXPECT_FALSE(RejectedFile(path).Resume(5).ok());
    EXPECT_EQ(*ReadFile(path, 1'000), content);
  }
  EXPECT_THAT(Refusal(folder_), HasSubstr("it is no file"));
  EXPECT_THAT(Refusal("/dev/null"), HasSubstr("it is no file"));
}

TEST_F(RejectedFileTest, TheInputIsRefusedUnderWhateverName) {
  const std::string input = Rejected("input.csv");
  const std::string hard = folder_ + "/hard";
  const std::string soft = folder_ + "/soft";
  ASSERT_EQ(link(input.c_str(), hard.c_str()), 0);
  ASSERT_EQ(symlink(input.c_str(), soft.c_str()), 0);
  for (const std::string& path :
       {input, hard, soft,
        folder_ + "/../" + folder_.substr(folder_.rfind('/') + 1) + "/input.csv"}) {
    EXPECT_THAT(Refusal(path, {input}), HasSubstr("which is needed")) << path;
  }
  // Not there yet.
  EXPECT_THAT(Refusal(folder_ + "/state", {input, folder_ + "/state"}),
              HasSubstr("which is needed"));
}

TEST_F(RejectedFileTest, WhatAnEarlierLoadWroteIsKeptWhereThisOneBegins) {
  const std::string path = Rejected("rows.csv");
  const std::string content = *ReadFile(path, 1'000);
  ::testing::internal::CaptureStderr();
  EXPECT_TRUE(RejectedFile(path).Resume(0).ok());
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("kept as " + path + ".1"));
  EXPECT_FALSE(std::filesystem::exists(path));
  Rejected("rows.csv");
  ::testing::internal::CaptureStderr();
  EXPECT_TRUE(RejectedFile(path).Resume(0).ok());
  ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(*ReadFile(path + ".1", 1'000), content);
  EXPECT_EQ(*ReadFile(path + ".2", 1'000), content);
}

TEST_F(RejectedFileTest, LoadRefusesBeforeItSendsAnything) {
  const std::string input = File("payroll.csv", kRows);
  EXPECT_EQ(Run({"load", input, "--rejected-file", input}), 2);
  EXPECT_THAT(error_, HasSubstr("which is needed; give another --rejected-file"));
  const std::string other = File("notes.txt", "what I must not lose\n");
  EXPECT_EQ(Run({"load", input, "--rejected-file", other}), 2);
  EXPECT_THAT(error_, HasSubstr("was not written by a load"));
  EXPECT_EQ(*ReadFile(input, 1'000), kRows);
  EXPECT_EQ(*ReadFile(other, 1'000), "what I must not lose\n");
}

}  // namespace
}  // namespace ledgercast
