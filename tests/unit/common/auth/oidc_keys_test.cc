#include "services/common/auth/oidc_keys.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <fstream>
#include <string>
#include <thread>

#include "tests/support/test_key.h"

namespace ledgercast {
namespace {

// A provider on this machine.
class OidcKeysTest : public ::testing::Test {
 protected:
  OidcKeysTest() {
    port_ = server_.bind_to_any_port("127.0.0.1");
    options_.issuer.issuer = "http://127.0.0.1:" + std::to_string(port_);
    options_.issuer.audience = "ledgercast";
    Serve("/keys", R"({"keys":[)" + KeyJson() + R"(,{"kty":"oct","k":"c2VjcmV0"},7]})");
    Serve("/none", R"({"keys":[{"kty":"oct"}]})");
    Serve("/big", std::string(2 << 20, ' '));
    Serve("/.well-known/openid-configuration", R"({"issuer":")" + options_.issuer.issuer +
                                                   R"(","jwks_uri":")" + options_.issuer.issuer +
                                                   R"(/keys"})");
    server_.Get("/elsewhere", [](const httplib::Request&, httplib::Response& response) {
      response.set_redirect("/keys");
    });
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~OidcKeysTest() override {
    server_.stop();
    thread_.join();
  }

  static std::string KeyJson() {
    const v1::JsonWebKey key = TestKey(7).jwk();
    return R"({"kty":"OKP","crv":"Ed25519","use":"sig","kid":"7","x":")" + key.x() + "\"}";
  }

  void Serve(const std::string& path, const std::string& body) {
    server_.Get(path, [body](const httplib::Request&, httplib::Response& response) {
      response.set_content(body, "application/json");
    });
  }

  std::string MessageFor(const std::string& path) {
    options_.keys = options_.issuer.issuer + path;
    return std::string(FetchOidcKeys(options_).status().message());
  }

  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  OidcOptions options_;
};

TEST_F(OidcKeysTest, AreFoundByDiscovery) {
  const auto keys = FetchOidcKeys(options_);
  ASSERT_TRUE(keys.ok()) << keys.status();
  ASSERT_EQ(keys->size(), 1u);
  EXPECT_EQ(keys->front().kid(), "7");
  // With or without a slash at its end, as the provider writes it.
  options_.issuer.issuer += "/";
  EXPECT_TRUE(absl::IsInvalidArgument(FetchOidcKeys(options_).status()));
}

TEST_F(OidcKeysTest, ComeFromAUrlOrAFile) {
  options_.keys = options_.issuer.issuer + "/keys";
  EXPECT_TRUE(FetchOidcKeys(options_).ok());
  options_.keys = ::testing::TempDir() + "/keys.json";
  std::ofstream(options_.keys) << R"({"keys":[)" << KeyJson() << "]}";
  EXPECT_TRUE(FetchOidcKeys(options_).ok());
  options_.keys = ::testing::TempDir() + "/no such file";
  EXPECT_FALSE(FetchOidcKeys(options_).ok());
}

TEST_F(OidcKeysTest, WhatIsWrongIsSaid) {
  EXPECT_NE(MessageFor("/missing").find("/missing answered 404"), std::string::npos);
  EXPECT_NE(MessageFor("/elsewhere").find("answered 302"), std::string::npos);
  EXPECT_NE(MessageFor("/big").find("more than 1 MiB"), std::string::npos);
  EXPECT_NE(MessageFor("/none").find("holds no key that can be used"), std::string::npos);
  EXPECT_NE(MessageFor("/.well-known/openid-configuration").find("is no JWK set"),
            std::string::npos);
  options_.keys = "http://login.example/keys";
  EXPECT_NE(FetchOidcKeys(options_).status().message().find("is not https://"), std::string::npos);
}

TEST(OidcOptionsTest, AreWholeOrMissing) {
  OidcOptions options;
  EXPECT_TRUE(options.Validate().ok());
  options.issuer.audience = "ledgercast";
  EXPECT_NE(options.Validate().message().find("--oidc-issuer"), std::string::npos);
  options.issuer.issuer = "https://login.example";
  EXPECT_TRUE(options.Validate().ok());
  options.issuer.audience.clear();
  EXPECT_NE(options.Validate().message().find("--oidc-audience"), std::string::npos);
  options.issuer.audience = "ledgercast";
  for (const std::string issuer : {"http://login.example", "https://", "login.example",
                                   "http://localhost.evil.example", "ftp://login.example"}) {
    options.issuer.issuer = issuer;
    EXPECT_FALSE(options.Validate().ok()) << issuer;
  }
  for (const std::string issuer :
       {"http://localhost:8180/realms/a", "http://[::1]:80", "https://login.example/tenant"}) {
    options.issuer.issuer = issuer;
    EXPECT_TRUE(options.Validate().ok()) << issuer;
  }
  // What the keys are read from decides, where that is given.
  options.issuer.issuer = "any name";
  options.keys = "/etc/keys.json";
  EXPECT_TRUE(options.Validate().ok());
  for (const std::string claim : {"", "/a/~2", "/a~"}) {
    options.issuer.subject_claim = claim;
    EXPECT_FALSE(options.Validate().ok()) << claim;
  }
}

}  // namespace
}  // namespace ledgercast
