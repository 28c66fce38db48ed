// POST /v1/token.

#include <gtest/gtest.h>

#include <memory>

#include "tests/support/edge_http_fixture.h"

namespace ledgercast::testing {
namespace {

TEST_F(HttpApiTest, TokensForAPassword) {
  service_.tokens->set_access_token("access");
  service_.tokens->set_refresh_token("refresh");
  service_.tokens->mutable_expires_at()->set_seconds(1'700'000'000);
  const HttpResponse response = Do("POST", "/v1/token", R"({"username":"u","password":"p"})", "");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(BodyOf(response), Json({{"accessToken", "access"},
                                    {"refreshToken", "refresh"},
                                    {"expiresAt", "2023-11-14T22:13:20Z"}}));
  EXPECT_EQ(HeaderOf(response, "Cache-Control"), "no-store");
  EXPECT_EQ(service_.issue.username(), "u");
}

TEST_F(HttpApiTest, TokensForARefreshToken) {
  service_.refreshed->set_access_token("access");
  const HttpResponse response = Do("POST", "/v1/token", R"({"refreshToken":"r"})", "");
  EXPECT_EQ(BodyOf(response)["accessToken"], "access");
  EXPECT_EQ(service_.refresh.refresh_token(), "r");
}

TEST_F(HttpApiTest, ATokenIsAskedForWithTheAddressOfTheClientAndNothingElseIs) {
  Do("POST", "/v1/token", R"({"username":"u","password":"p"})", "");
  EXPECT_EQ(service_.address, "192.0.2.2:50000");
  Do("POST", "/v1/token", R"({"refreshToken":"r"})", "");
  EXPECT_EQ(service_.address, "192.0.2.2:50000");
  Do("GET", "/v1/accounts");
  EXPECT_EQ(service_.address, "");
}

TEST_F(HttpApiTest, AClientThatLeavesCallsItsSignInOff) {
  HttpRequest request;
  request.method = "POST";
  request.path = "/v1/token";
  request.body = R"({"username":"u","password":"p"})";
  FakeResponder::Answer answer;
  api_.Handle(request, std::make_shared<FakeResponder>(&answer),
              {&requests_, &token_checks_, nullptr, nullptr, &context_});
  ASSERT_NE(service_.call_off, nullptr);
  int cancelled = 0;
  service_.call_off->SetCancel([&] { ++cancelled; });
  EXPECT_EQ(cancelled, 0);
  ASSERT_TRUE(answer.gone);
  answer.gone();
  EXPECT_EQ(cancelled, 1);
  // A call that begins only then ends at once.
  service_.call_off->SetCancel([&] { ++cancelled; });
  EXPECT_EQ(cancelled, 2);
}

}  // namespace
}  // namespace ledgercast::testing
