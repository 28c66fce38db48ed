#ifndef TESTS_SUPPORT_CLI_FIXTURE_H_
#define TESTS_SUPPORT_CLI_FIXTURE_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <string>
#include <vector>

#include "services/cli/cli.h"

namespace ledgercast {

// Runs the program's commands in this process, without its environment variables and without a
// sign-in.
class CliFixture : public ::testing::Test {
 protected:
  CliFixture() {
    unsetenv("LEDGERCAST_SERVICE");
    unsetenv("LEDGERCAST_DATABASE");
    std::string pattern = ::testing::TempDir() + "cli_test.XXXXXX";
    folder_ = mkdtemp(pattern.data());
    setenv("XDG_CONFIG_HOME", folder_.c_str(), 1);
  }

  std::string File(const std::string& name, const std::string& content) {
    std::string path = folder_ + "/" + name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  int Run(const std::vector<std::string>& arguments) {
    std::vector<const char*> argv = {"ledgercast"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int code = cli::Run(static_cast<int>(argv.size()), argv.data());
    out_ = ::testing::internal::GetCapturedStdout();
    error_ = ::testing::internal::GetCapturedStderr();
    return code;
  }

  std::string folder_;
  std::string out_;
  std::string error_;
};

}  // namespace ledgercast

#endif  // TESTS_SUPPORT_CLI_FIXTURE_H_
