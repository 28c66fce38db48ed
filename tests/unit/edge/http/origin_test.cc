#include "edge/http/origin.h"

#include <gtest/gtest.h>

#include "edge/options.h"
#include "edge/protocol/handshake.h"
#include "services/common/base/host_port.h"

namespace ledgercast {
namespace {

TEST(IsOriginAllowed, AllowsProgramsAndTheSitesOwnPages) {
  EXPECT_TRUE(IsOriginAllowed("", "ledger.example", {}));
  EXPECT_TRUE(IsOriginAllowed("https://ledger.example", "ledger.example", {}));
  EXPECT_TRUE(IsOriginAllowed("http://127.0.0.1:8080", "127.0.0.1:8080", {}));
  EXPECT_TRUE(IsOriginAllowed("HTTPS://Ledger.Example", "ledger.example", {}));
  EXPECT_TRUE(IsOriginAllowed("http://[::1]:8080", "[::1]:8080", {}));
  EXPECT_TRUE(IsOriginAllowed("https://ledger.example", "ledger.example:443", {}));
  EXPECT_TRUE(IsOriginAllowed("http://ledger.example", "ledger.example:80", {}));
}

TEST(IsOriginAllowed, RefusesEverybodyElse) {
  for (const char* origin :
       {"https://evil.example", "null", "https://ledger.example.evil.example",
        "https://evil.example/ledger.example", "https://ledger.example:8443", "ledger.example",
        "file://", "http://", "https://ledger.example, https://evil.example",
        "ftp://ledger.example", "http://ledger.example:443"}) {
    EXPECT_FALSE(IsOriginAllowed(origin, "ledger.example", {})) << origin;
  }
  EXPECT_FALSE(IsOriginAllowed("http://", "", {}));
}

TEST(IsOriginAllowed, AllowsWhatIsConfigured) {
  const std::vector<std::string> allowed = {"https://app.example", "http://localhost:5173"};
  EXPECT_TRUE(IsOriginAllowed("https://app.example", "ledger.example", allowed));
  EXPECT_TRUE(IsOriginAllowed("http://localhost:5173", "ledger.example", allowed));
  EXPECT_FALSE(IsOriginAllowed("http://app.example", "ledger.example", allowed));
  EXPECT_FALSE(IsOriginAllowed("https://sub.app.example", "ledger.example", allowed));
}

TEST(HandshakeToken, ComesFromTheHeaderOrASubprotocol) {
  EXPECT_EQ(HandshakeToken("Bearer a.b.c", {"ledgercast.v1"}), "a.b.c");
  EXPECT_EQ(HandshakeToken("", {"ledgercast.v1", "ledgercast.bearer.d.e.f"}), "d.e.f");
  EXPECT_EQ(HandshakeToken("Bearer a.b.c", {"ledgercast.bearer.d.e.f"}), "a.b.c");
  EXPECT_EQ(HandshakeToken("Basic abc", {}), "");
  EXPECT_EQ(HandshakeToken("", {"ledgercast.v1"}), "");
}

TEST(SelectSubprotocol, NeverEchoesTheToken) {
  EXPECT_EQ(SelectSubprotocol({"ledgercast.bearer.d.e.f", "ledgercast.v1"}), "ledgercast.v1");
  EXPECT_EQ(SelectSubprotocol({"ledgercast.bearer.d.e.f"}), "");
  EXPECT_EQ(SelectSubprotocol({}), "");
}

EdgeOptions ValidOptions() {
  EdgeOptions options;
  options.relay_key_file = "relay.pem";
  return options;
}

TEST(EdgeOptions, NameTheFlagThatCannotBe) {
  EXPECT_TRUE(ValidOptions().Validate().ok());
  EXPECT_FALSE(EdgeOptions().Validate().ok());
  const auto refused = [](auto change) {
    EdgeOptions options = ValidOptions();
    change(&options);
    return options.Validate().ToString();
  };
  EXPECT_NE(refused([](auto* o) { o->listen = "8080"; }).find("--listen"), std::string::npos);
  EXPECT_NE(refused([](auto* o) { o->threads = -1; }).find("--threads"), std::string::npos);
  EXPECT_NE(refused([](auto* o) { o->allowed_origins = {"app.example"}; }).find("--allowed"),
            std::string::npos);
  EXPECT_NE(refused([](auto* o) { o->ring.capacity_transactions = 0; }).find("--ring-transactions"),
            std::string::npos);
}

TEST(ParseHostPort, ReadsNamesAndAddresses) {
  EXPECT_EQ(ParseHostPort("0.0.0.0:8080")->port, 8080);
  EXPECT_EQ(ParseHostPort("[::1]:0")->host, "::1");
  EXPECT_EQ(ParseHostPort("localhost:65535")->host, "localhost");
  EXPECT_EQ(ParseHostPort(":8080")->host, "");
  EXPECT_EQ(ParseHostPort(":8080")->listen_host(), "0.0.0.0");
  for (const char* bad :
       {"", "8080", "[]:1", "host:", "host:x", "host:65536", "host:-1", "host:1 "}) {
    EXPECT_FALSE(ParseHostPort(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace ledgercast
