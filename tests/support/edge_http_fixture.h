#ifndef TESTS_SUPPORT_EDGE_HTTP_FIXTURE_H_
#define TESTS_SUPPORT_EDGE_HTTP_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "edge/http/static_files.h"
#include "edge/http_api.h"
#include "tests/support/edge_client_fixture.h"

namespace ledgercast::testing {

using Json = nlohmann::json;

// Sends requests to the edge's HTTP routes, with a service that answers at once.
class HttpApiTest : public ClientTest {
 protected:
  HttpApiTest() { files_.Add("/index.html", "<!doctype html>"); }

  HttpResponse Do(const std::string& method, const std::string& path, const std::string& body = "",
                  std::optional<std::string> authorization = std::nullopt) {
    HttpRequest request = request_;
    request.method = method;
    request.path = path.substr(0, path.find('?'));
    if (path.find('?') != std::string::npos) request.query = path.substr(path.find('?') + 1);
    request.body = body;
    request.authorization = authorization.value_or("Bearer " + token_);
    FakeResponder::Answer answer;
    api_.Handle(request, std::make_shared<FakeResponder>(&answer),
                {&requests_, &token_checks_, nullptr, nullptr, &context_});
    service_.AnswerAll();
    shard_.RunAll();
    EXPECT_TRUE(answer.response.has_value()) << "no answer";
    return answer.response.value_or(HttpResponse());
  }

  static Json BodyOf(const HttpResponse& response) { return Json::parse(*response.body); }

  static std::string HeaderOf(const HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }

  static void ExpectError(const HttpResponse& response, int status, const std::string& code,
                          const std::string& why) {
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(BodyOf(response)["error"]["code"], code);
    EXPECT_EQ(BodyOf(response)["error"]["reason"], why);
    EXPECT_TRUE(BodyOf(response)["error"]["metadata"].is_object());
  }

  void Flush() override {}

  const std::string token_ = Token("user1");
  HttpRequest request_;
  StaticFiles files_;
  TokenChecks token_checks_{&context_};
  WaitingRequests requests_{&shard_};
  HttpApi api_{{.allowed_origins = {"https://shop.example"}}, &service_, &files_};
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_EDGE_HTTP_FIXTURE_H_
