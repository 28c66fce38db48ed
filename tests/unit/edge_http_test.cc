#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "edge/errors.h"
#include "edge/http_api.h"
#include "edge/http_query.h"
#include "edge/static_files.h"
#include "services/common/errors.h"
#include "tests/support/edge_fakes.h"
#include "tests/support/fake_service.h"

namespace ledgercast::testing {
namespace {

using Json = nlohmann::json;

class FakeResponder : public HttpResponder {
 public:
  explicit FakeResponder(std::optional<HttpResponse>* response) : response_(response) {}
  void Reply(HttpResponse response) override {
    EXPECT_FALSE(response_->has_value()) << "answered twice";
    *response_ = std::move(response);
  }

 private:
  std::optional<HttpResponse>* const response_;
};

class HttpApiTest : public ::testing::Test {
 protected:
  HttpApiTest() { files_.Add("/index.html", "<!doctype html>"); }

  HttpResponse Do(const std::string& method, const std::string& path, const std::string& body = "",
                  const std::string& authorization = "Bearer a.b.c") {
    HttpRequest request = request_;
    request.method = method;
    request.path = path.substr(0, path.find('?'));
    if (path.find('?') != std::string::npos) request.query = path.substr(path.find('?') + 1);
    request.body = body;
    request.authorization = authorization;
    std::optional<HttpResponse> response;
    api_.Handle(request, std::make_shared<FakeResponder>(&response), &shard_);
    service_.AnswerAll();
    shard_.RunAll();
    EXPECT_TRUE(response.has_value()) << "no answer";
    return response.value_or(HttpResponse());
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

  HttpRequest request_;
  FakeService service_;
  StaticFiles files_;
  FakeShard shard_;
  HttpApi api_{HttpApi::Options(), &service_, &files_};
};

TEST_F(HttpApiTest, ARequestKeepsItsIdsOnItsWayToTheServiceAndBack) {
  request_.ids = {"my-request", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"};
  for (const auto& [method, path] :
       {std::pair("GET", "/v1/accounts/user1"),
        {"GET", "/v1/accounts"},
        {"GET", "/v1/transactions"},
        {"GET", "/v1/transactions/0190b5a0-0000-7000-8000-000000000001"},
        {"POST", "/v1/transactions"},
        {"POST", "/v1/token"}}) {
    service_.ids = {};
    const HttpResponse response = Do(method, path, "{}");
    EXPECT_EQ(service_.ids.request_id, "my-request") << method << path;
    EXPECT_EQ(service_.ids.traceparent, request_.ids.traceparent) << method << path;
    EXPECT_EQ(HeaderOf(response, "X-Request-Id"), "my-request") << method << path;
  }
  EXPECT_EQ(HeaderOf(Do("GET", "/v1/nothing"), "X-Request-Id"), "my-request");
}

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

TEST_F(HttpApiTest, ATransactionAnswers201AndItsRepeat200) {
  service_.created->transaction.set_sequence(4);
  const std::string body = R"({"fromAccount":"a","toAccount":"b","amount":"5"})";
  HttpResponse response = Do("POST", "/v1/transactions", body);
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(BodyOf(response)["sequence"], "4");
  EXPECT_EQ(service_.token, "a.b.c");
  EXPECT_EQ(HeaderOf(response, "Idempotency-Replayed"), "");
  service_.created->replayed = true;
  response = Do("POST", "/v1/transactions", body);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(HeaderOf(response, "Idempotency-Replayed"), "true");
}

TEST_F(HttpApiTest, WhatIsOnlyCheckedIsNotCreated) {
  EXPECT_EQ(Do("POST", "/v1/transactions", R"({"validateOnly":true})").status, 200);
}

TEST_F(HttpApiTest, TheIdempotencyKeyIsTheId) {
  request_.idempotency_key = "018C5F6E-0000-7000-8000-000000000001";
  EXPECT_EQ(Do("POST", "/v1/transactions", "{}").status, 201);
  EXPECT_EQ(service_.create.id(), request_.idempotency_key);
  EXPECT_EQ(
      Do("POST", "/v1/transactions", R"({"id":"018c5f6e-0000-7000-8000-000000000001"})").status,
      201);
  ExpectError(Do("POST", "/v1/transactions", R"({"id":"018c5f6e-0000-7000-8000-000000000002"})"),
              400, "INVALID_ARGUMENT", "INVALID_FIELD");
  request_.idempotency_key = "\xff";
  ExpectError(Do("POST", "/v1/transactions", "{}"), 400, "INVALID_ARGUMENT", "INVALID_FIELD");
}

TEST_F(HttpApiTest, ErrorsKeepTheirReasonAndGetTheirStatus) {
  using Code = absl::StatusCode;
  for (const auto& [code, status] :
       std::vector<std::pair<Code, int>>{{Code::kInvalidArgument, 400},
                                         {Code::kFailedPrecondition, 400},
                                         {Code::kOutOfRange, 400},
                                         {Code::kUnauthenticated, 401},
                                         {Code::kPermissionDenied, 403},
                                         {Code::kNotFound, 404},
                                         {Code::kAlreadyExists, 409},
                                         {Code::kAborted, 409},
                                         {Code::kResourceExhausted, 429},
                                         {Code::kUnavailable, 503},
                                         {Code::kDeadlineExceeded, 504},
                                         {Code::kInternal, 500}}) {
    service_.created = MakeError(code, "SOME_REASON", "why", {{"key", "value"}});
    const HttpResponse response = Do("POST", "/v1/transactions", "{}");
    ExpectError(response, status, std::string(CodeName(code)), "SOME_REASON");
    EXPECT_EQ(BodyOf(response)["error"]["metadata"]["key"], "value");
    EXPECT_EQ(HeaderOf(response, "Retry-After"), status == 429 || status == 503 ? "1" : "");
  }
}

TEST_F(HttpApiTest, CallsNeedAToken) {
  for (const char* authorization : {"", "Basic abc", "Bearer", "Bearer "}) {
    ExpectError(Do("POST", "/v1/transactions", "{}", authorization), 401, "UNAUTHENTICATED",
                "TOKEN_MISSING");
    ExpectError(Do("GET", "/v1/accounts", "", authorization), 401, "UNAUTHENTICATED",
                "TOKEN_MISSING");
  }
}

TEST_F(HttpApiTest, MalformedBodiesAreRefused) {
  for (const char* body : {"{", "[]", "null", R"({"amount":"x"})", R"({"nobody":1})"}) {
    ExpectError(Do("POST", "/v1/transactions", body), 400, "INVALID_ARGUMENT", "INVALID_FIELD");
    ExpectError(Do("POST", "/v1/token", body), 400, "INVALID_ARGUMENT", "INVALID_FIELD");
  }
}

TEST_F(HttpApiTest, RefusesWhatItDoesNotServe) {
  ExpectError(Do("GET", "/v1/nothing"), 404, "NOT_FOUND", "PATH_NOT_FOUND");
  ExpectError(Do("GET", "/v1/transactions/a/b"), 404, "NOT_FOUND", "PATH_NOT_FOUND");
  ExpectError(Do("DELETE", "/v1/transactions"), 405, "UNIMPLEMENTED", "METHOD_NOT_ALLOWED");
  EXPECT_EQ(Do("GET", "/v1/token").status, 405);
  EXPECT_EQ(Do("GET", "/v1/stream").status, 426);
  EXPECT_EQ(Do("POST", "/v1/token", std::string(8'193, ' ')).status, 413);
  request_.transfer_encoding = "chunked";
  EXPECT_EQ(Do("POST", "/v1/token").status, 411);
  request_.over_capacity = true;
  EXPECT_EQ(Do("GET", "/").status, 503);
}

TEST_F(HttpApiTest, QueriesAreTheFieldsOfTheRequest) {
  EXPECT_EQ(Do("GET", "/v1/transactions?pageSize=10&orderBy=sequence%20desc&account=a+b").status,
            200);
  EXPECT_EQ(service_.list.page_size(), 10);
  EXPECT_EQ(service_.list.order_by(), "sequence desc");
  EXPECT_EQ(service_.list.account(), "a b");
  for (const char* query : {"pageSize=x", "nobody=1", "account=%ff"}) {
    EXPECT_EQ(Do("GET", std::string("/v1/transactions?") + query).status, 400) << query;
  }
}

TEST_F(HttpApiTest, OneOfAKindIsNamedByThePath) {
  EXPECT_EQ(Do("GET", "/v1/transactions/018c5f6e-0000-7000-8000-000000000001").status, 200);
  EXPECT_EQ(service_.get.id(), "018c5f6e-0000-7000-8000-000000000001");
  EXPECT_EQ(Do("GET", "/v1/accounts/user1?at=c").status, 200);
  EXPECT_EQ(service_.get_account.name(), "user1");
  EXPECT_EQ(service_.get_account.at(), "c");
  EXPECT_EQ(Do("GET", "/v1/accounts/%ff").status, 400);
}

TEST(PercentDecode, LeavesMalformedEscapes) {
  EXPECT_EQ(PercentDecode("%41%zz%4"), "A%zz%4");
  EXPECT_EQ(PercentDecode("%2e%2E/"), "../");
}

class StaticFilesTest : public ::testing::Test {
 protected:
  StaticFilesTest() {
    files_.Add("/index.html", "<!doctype html>");
    files_.Add("/assets/app.js", "1");
  }

  HttpResponse Get(const std::string& path, const std::string& if_none_match = "") {
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    request.host = "ledger.example:8080";
    request.if_none_match = if_none_match;
    return files_.Serve(request);
  }

  static std::string HeaderOf(const HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }

  StaticFiles files_;
};

TEST_F(StaticFilesTest, ServesThePageAtTheRoot) {
  const HttpResponse response = Get("/");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(*response.body, "<!doctype html>");
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(HeaderOf(response, "Cache-Control"), "no-cache");
  EXPECT_EQ(HeaderOf(response, "X-Content-Type-Options"), "nosniff");
  const std::string policy = HeaderOf(response, "Content-Security-Policy");
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(policy.find("ws://ledger.example:8080"), std::string::npos);
}

TEST_F(StaticFilesTest, AnswersWhatTheBrowserHasWith304) {
  const HttpResponse first = Get("/assets/app.js");
  EXPECT_NE(HeaderOf(first, "Cache-Control").find("immutable"), std::string::npos);
  const HttpResponse second = Get("/assets/app.js", HeaderOf(first, "ETag"));
  EXPECT_EQ(second.status, 304);
  EXPECT_EQ(second.body, nullptr);
  EXPECT_EQ(Get("/assets/app.js", "\"other\"").status, 200);
}

TEST_F(StaticFilesTest, KnowsNoPathOutOfTheFolder) {
  for (const char* path :
       {"/../etc/passwd", "/%2e%2e/etc/passwd", "/assets/../../etc/passwd", "//etc/passwd",
        "/assets", "/assets/", "/index.html/", "", "/.git/config"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
}

TEST_F(StaticFilesTest, IsForReadingOnly) {
  HttpRequest request;
  request.method = "POST";
  request.path = "/";
  EXPECT_EQ(files_.Serve(request).status, 405);
  request.method = "HEAD";
  const HttpResponse head = files_.Serve(request);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, nullptr);
  EXPECT_EQ(HeaderOf(head, "Content-Length"), "15");
}

TEST(StaticFilesLoad, NeedsAPage) {
  EXPECT_TRUE(StaticFiles::Load("").ok());
  EXPECT_FALSE(StaticFiles::Load("/nonexistent-folder").ok());
}

}  // namespace
}  // namespace ledgercast::testing
