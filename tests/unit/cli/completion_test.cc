#include "services/cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdio.h>

#include <string>
#include <vector>

#include "tests/support/cli_fixture.h"

namespace ledgercast {
namespace {

using ::testing::HasSubstr;

class CliCompletionTest : public CliFixture {
 protected:
  std::string Script(const std::string& shell) {
    EXPECT_EQ(Run({"completion", shell}), 0) << error_;
    return out_;
  }

  // What bash offers for the last of `words`, one a line.
  std::string Complete(const std::vector<std::string>& words) {
    std::string script = Script("bash") + "COMP_WORDS=(";
    for (const std::string& word : words) script += " '" + word + "'";
    script += ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_ledgercast\n";
    script += "printf '%s\\n' \"${COMPREPLY[@]}\"\n";
    FILE* bash = popen(("bash --norc " + File("complete.sh", script)).c_str(), "r");
    std::string offered;
    char buffer[4096];
    for (size_t got = fread(buffer, 1, sizeof(buffer), bash); got > 0;
         got = fread(buffer, 1, sizeof(buffer), bash)) {
      offered.append(buffer, got);
    }
    EXPECT_EQ(pclose(bash), 0);
    return offered;
  }
};

TEST_F(CliCompletionTest, BashOffersTheCommandsOfEachPlace) {
  EXPECT_EQ(Complete({"ledgercast", "ver"}), "verify\n");
  EXPECT_EQ(Complete({"ledgercast", "l"}), "login\nlogout\nlist\nload\n");
  EXPECT_EQ(Complete({"ledgercast", "accounts", ""}), "list\nshow\ncreate\n--help\n");
  EXPECT_EQ(Complete({"ledgercast", "accounts", "list", "--j"}), "--json\n");
  EXPECT_EQ(Complete({"ledgercast", "accounts", "list", "--at"}), "\n");
}

TEST_F(CliCompletionTest, BashOffersFlagsButNotAsTheirValues) {
  EXPECT_EQ(Complete({"ledgercast", "watch", "--json", "--cur"}), "--cursor-file\n");
  EXPECT_EQ(Complete({"ledgercast", "watch", "--cursor-file", ""}), "\n");
}

TEST_F(CliCompletionTest, EveryShellKnowsEveryCommandAndFlag) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = Script(shell);
    for (const char* word : {"login", "accounts", "create", "validate-only", "cursor-file",
                             "in-flight", "new-password-file", "completion"}) {
      EXPECT_THAT(script, HasSubstr(word)) << shell;
    }
  }
}

TEST_F(CliCompletionTest, OtherShellsAreUsage) { EXPECT_EQ(Run({"completion", "tcsh"}), 2); }

}  // namespace
}  // namespace ledgercast
