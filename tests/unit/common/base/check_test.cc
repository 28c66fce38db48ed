#include "services/common/base/check.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace ledgercast {
namespace {

TEST(CheckDeathTest, SaysWhatDoesNotHoldWhereAndWhy) {
  // Where the programs log, and where the test framework looks.
  const auto to_stderr = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("check", to_stderr));
  const int sequence = 7;
  EXPECT_DEATH(LC_CHECK(sequence == 8) << "joined at " << sequence,
               "sequence == 8.*check_test.cc.*joined at 7");
  EXPECT_DEATH(LC_CHECK(sequence < 0), "sequence < 0");
}

TEST(CheckTest, MakesNoMessageOfWhatHolds) {
  int made = 0;
  const auto message = [&made] { return ++made; };
  LC_CHECK(true) << message();
  EXPECT_EQ(made, 0);
}

TEST(CheckTest, IsOneStatement) {
  bool reached = false;
  if (reached)
    LC_CHECK(false) << "is not reached";
  else
    reached = true;
  EXPECT_TRUE(reached);
}

}  // namespace
}  // namespace ledgercast
