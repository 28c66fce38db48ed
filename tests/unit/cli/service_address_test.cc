#include "services/cli/service_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/common/base/errors.h"
#include "tests/support/cli_fixture.h"

namespace ledgercast {
namespace {

using ::testing::HasSubstr;

std::string Refusal(const std::string& address) {
  return std::string(MessageOf(cli::CheckServiceAddress(address)));
}

TEST(ServiceAddressTest, HostAndPortAreFine) {
  for (const char* address :
       {"localhost:50051", "127.0.0.1:1", "[::1]:50051", "a.b.example:443", "dns:///ledger:50051",
        "ipv4:10.0.0.1:50051,10.0.0.2:50051", "unix:/run/ledgercast"}) {
    EXPECT_EQ(Refusal(address), "") << address;
  }
}

TEST(ServiceAddressTest, WhatIsMissingIsSaidWithAnExample) {
  EXPECT_THAT(Refusal("localhost"),
              HasSubstr("has no port: give HOST:PORT, for example localhost:50051"));
  EXPECT_THAT(Refusal("[::1]"), HasSubstr("has no port: give HOST:PORT, for example [::1]:50051"));
  EXPECT_THAT(Refusal("::1"), HasSubstr("stands in brackets: [::1]:50051"));
  EXPECT_THAT(Refusal("http://localhost:8080/"),
              HasSubstr("not HTTP: give HOST:PORT, for example localhost:50051"));
  EXPECT_THAT(Refusal("https://ledger.example"),
              HasSubstr("ledger.example:50051 and --service-ca-file"));
  for (const char* address : {"", ":50051", "localhost:", "localhost:0", "localhost:99999",
                              "localhost:0x10", "localhost:50051/path"}) {
    EXPECT_THAT(Refusal(address), HasSubstr("HOST:PORT")) << address;
  }
}

class CliServiceAddressTest : public CliFixture {};

TEST_F(CliServiceAddressTest, LoginSaysItBeforeItAsksForThePassword) {
  EXPECT_EQ(Run({"login", "--service", "localhost", "--username", "ann"}), 2);
  EXPECT_THAT(error_, HasSubstr("has no port"));
  EXPECT_EQ(Run({"accounts", "list", "--service", "http://localhost:8080"}), 2);
  EXPECT_THAT(error_, HasSubstr("not HTTP"));
}

}  // namespace
}  // namespace ledgercast
