#include "services/cli/suggestions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/common/base/version.h"
#include "tests/support/cli_fixture.h"

namespace ledgercast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(SuggestionsTest, TheNearestComeFirst) {
  EXPECT_THAT(cli::NearTo("acounts", {"accounts", "login", "post"}), ElementsAre("accounts"));
  EXPECT_THAT(cli::NearTo("lgoin", {"logout", "login", "list"}), ElementsAre("login"));
  EXPECT_THAT(cli::NearTo("lo", {"load", "list", "login"}), ElementsAre("load", "login"));
  EXPECT_THAT(cli::NearTo("transfer", {"post", "list"}), IsEmpty());
}

class CliUsageTest : public CliFixture {};

TEST_F(CliUsageTest, NoCommandShowsTheHelp) {
  EXPECT_EQ(Run({}), 2);
  EXPECT_THAT(out_, HasSubstr("Usage: ledgercast"));
  EXPECT_THAT(out_, HasSubstr("verify"));
  EXPECT_EQ(error_, "");
  EXPECT_EQ(Run({"accounts"}), 2);
  EXPECT_THAT(out_, HasSubstr("create"));
  EXPECT_THAT(out_, ::testing::Not(HasSubstr("Signs in")));
}

TEST_F(CliUsageTest, AnUnknownCommandIsToldWhatIsNear) {
  EXPECT_EQ(Run({"acounts", "list"}), 2);
  EXPECT_THAT(error_, StartsWith("ledgercast: `ledgercast` has no command acounts: did you mean "
                                 "accounts?\n"));
  EXPECT_EQ(out_, "");
  EXPECT_EQ(Run({"accounts", "lists"}), 2);
  EXPECT_THAT(error_, HasSubstr("`ledgercast accounts` has no command lists: did you mean list?"));
  EXPECT_EQ(Run({"transfer"}), 2);
  EXPECT_THAT(error_, HasSubstr("`ledgercast --help` lists what there is."));
}

TEST_F(CliUsageTest, AnUnknownFlagIsToldWhatIsNear) {
  EXPECT_EQ(Run({"post", "--from", "ann", "--to", "bob", "--ammount", "5"}), 2);
  EXPECT_THAT(error_, HasSubstr("`ledgercast post` has no flag --ammount: did you mean --amount?"));
  EXPECT_EQ(Run({"post", "--from", "--jsn", "--to", "bob", "--amuont=5"}), 2);
  EXPECT_THAT(error_, HasSubstr("--amuont: did you mean --amount?"));
}

TEST_F(CliUsageTest, WhatIsMissingIsNamedAsBefore) {
  EXPECT_EQ(Run({"post", "--from", "ann", "--to", "bob"}), 2);
  EXPECT_THAT(error_, HasSubstr("--amount is required"));
}

TEST_F(CliUsageTest, TheVersionIsTheProjects) {
  EXPECT_EQ(Run({"--version"}), 0);
  EXPECT_EQ(out_, std::string("ledgercast ") + Version() + "\n");
}

}  // namespace
}  // namespace ledgercast
