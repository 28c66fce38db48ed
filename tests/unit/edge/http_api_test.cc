#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "edge/http/query.h"
#include "edge/net/http_request.h"
#include "edge/protocol/errors.h"
#include "ledgercast/v1/frames.pb.h"
#include "services/common/base/errors.h"
#include "tests/support/edge_http_fixture.h"

namespace ledgercast::testing {
namespace {

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

TEST_F(HttpApiTest, ATransactionAnswers201AndItsRepeat200) {
  service_.created->transaction.set_sequence(4);
  const std::string body = R"({"fromAccount":"a","toAccount":"b","amount":"5"})";
  HttpResponse response = Do("POST", "/v1/transactions", body);
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(BodyOf(response)["sequence"], "4");
  EXPECT_EQ(service_.token, token_);
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
  EXPECT_EQ(service_.create.id(), *request_.idempotency_key);
  EXPECT_EQ(
      Do("POST", "/v1/transactions", R"({"id":"018c5f6e-0000-7000-8000-000000000001"})").status,
      201);
  ExpectError(Do("POST", "/v1/transactions", R"({"id":"018c5f6e-0000-7000-8000-000000000002"})"),
              400, "INVALID_ARGUMENT", "INVALID_FIELD");
  request_.idempotency_key = "\xff";
  ExpectError(Do("POST", "/v1/transactions", "{}"), 400, "INVALID_ARGUMENT", "INVALID_FIELD");
}

TEST_F(HttpApiTest, AnEmptyIdempotencyKeyIsRefusedAndAnAbsentOneIsNot) {
  const std::string named = R"({"id":"018c5f6e-0000-7000-8000-000000000001"})";
  request_.idempotency_key = "";
  for (const std::string& body : {std::string("{}"), named}) {
    const HttpResponse response = Do("POST", "/v1/transactions", body);
    ExpectError(response, 400, "INVALID_ARGUMENT", "INVALID_FIELD");
    EXPECT_THAT(*response.body, ::testing::HasSubstr("Idempotency-Key"));
  }
  EXPECT_EQ(service_.create.id(), "");
  request_.idempotency_key = std::nullopt;
  EXPECT_EQ(Do("POST", "/v1/transactions", named).status, 201);
  EXPECT_EQ(service_.create.id(), "018c5f6e-0000-7000-8000-000000000001");
}

TEST(MakeHttpRequest, TellsAnEmptyIdempotencyKeyFromNone) {
  const auto request_with = [](std::optional<std::string> key) {
    return MakeHttpRequest("POST", "/v1/transactions", "{}", [&key](std::string_view name) {
      return name == "Idempotency-Key" ? key : std::nullopt;
    });
  };
  EXPECT_EQ(request_with(std::nullopt).idempotency_key, std::nullopt);
  EXPECT_EQ(request_with("").idempotency_key, "");
  EXPECT_EQ(request_with("one").idempotency_key, "one");
  EXPECT_EQ(request_with(std::nullopt).authorization, "");
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

TEST_F(HttpApiTest, ABadTokenCostsTheServiceNothing) {
  service_.token.clear();
  const std::string ended = Token("user1", Role::kMember, -absl::Seconds(1));
  for (const auto& [path, token, why] : {std::tuple("/v1/accounts", token_ + "x", "TOKEN_INVALID"),
                                         {"/v1/accounts/user1", "a.b.c", "TOKEN_INVALID"},
                                         {"/v1/digest", ended, "TOKEN_EXPIRED"}}) {
    ExpectError(Do("GET", path, "", "Bearer " + token), 401, "UNAUTHENTICATED", why);
  }
  ExpectError(Do("POST", "/v1/transactions", "{", "Bearer a.b.c"), 401, "UNAUTHENTICATED",
              "TOKEN_INVALID");
  EXPECT_EQ(service_.token, "");
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
  EXPECT_EQ(HeaderOf(Do("PUT", "/v1/transactions"), "Allow"), "POST, GET");
  EXPECT_EQ(Do("GET", "/v1/stream").status, 426);
  EXPECT_EQ(Do("POST", "/v1/token", std::string(8'193, ' ')).status, 413);
  request_.transfer_encoding = "chunked";
  EXPECT_EQ(Do("POST", "/v1/token").status, 411);
  request_.verdict = AdmissionVerdict::kTooMany;
  EXPECT_EQ(Do("GET", "/").status, 503);
}

TEST_F(HttpApiTest, EveryAnswerIsCountedByItsRouteAndStatus) {
  const auto counted = [this](size_t route, int status) {
    const OwnedHistogram& one = counts_.http[route][StatusClassOf(status)];
    int64_t count = 0;
    for (size_t bucket = 0; bucket < OwnedHistogram::kBuckets; ++bucket) count += one.count(bucket);
    return count;
  };
  Do("GET", "/v1/transactions?pageSize=3");
  Do("GET", "/v1/transactions", "", "");
  Do("POST", "/v1/transactions", "{}");
  Do("GET", "/v1/transactions/0197f6e0-0000-7000-8000-000000000000");
  Do("DELETE", "/v1/accounts");
  Do("GET", "/v1/nowhere");
  Do("GET", "/");
  const auto index_of = [](std::string_view method, std::string_view path) {
    size_t route = 0;
    while (kHttpRoutes[route].method != method || kHttpRoutes[route].path != path) ++route;
    return route;
  };
  EXPECT_EQ(counted(index_of("GET", "/v1/transactions"), 200), 1);
  EXPECT_EQ(counted(index_of("GET", "/v1/transactions"), 401), 1);
  EXPECT_EQ(counted(index_of("POST", "/v1/transactions"), 201), 1);
  EXPECT_EQ(counted(index_of("GET", "/v1/transactions/"), 200), 1);
  EXPECT_EQ(counted(kNoRoute, 404), 2);
  EXPECT_EQ(counted(kFileRoute, 200), 1);
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

TEST_F(HttpApiTest, RepeatedFieldsOfAQueryMayComeSeveralTimesOthersNot) {
  v1::PollRequest poll;
  ASSERT_TRUE(ParseQuery("accounts=a&after=x&accounts=b%20c&wait=3", &poll).ok());
  EXPECT_EQ(poll.accounts().size(), 2);
  EXPECT_EQ(poll.accounts(1), "b c");
  EXPECT_EQ(poll.wait(), 3);
  EXPECT_TRUE(absl::IsInvalidArgument(ParseQuery("after=x&after=x", &poll)));
  EXPECT_TRUE(absl::IsInvalidArgument(ParseQuery("accounts[]=a", &poll)));
}

TEST_F(HttpApiTest, DigestsAreAskedForByQuery) {
  service_.digest->set_count(3);
  const HttpResponse response = Do("GET", "/v1/digest?after=a&until=b&account=c");
  EXPECT_EQ(BodyOf(response)["count"], "3");
  EXPECT_EQ(service_.digest_request.after(), "a");
  EXPECT_EQ(service_.digest_request.until(), "b");
  EXPECT_EQ(service_.digest_request.account(), "c");
}

TEST_F(HttpApiTest, PagesOfAllowedOriginsMayReadTheAnswersAndOthersNot) {
  request_.host = "ledger.example";
  request_.origin = "https://shop.example";
  HttpResponse response = Do("GET", "/v1/accounts");
  EXPECT_EQ(HeaderOf(response, "Access-Control-Allow-Origin"), "https://shop.example");
  EXPECT_EQ(HeaderOf(response, "Vary"), "Origin");
  EXPECT_THAT(HeaderOf(response, "Access-Control-Expose-Headers"),
              ::testing::HasSubstr("X-Request-Id"));
  // Errors as well.
  response = Do("GET", "/v1/accounts", "", "");
  EXPECT_EQ(HeaderOf(response, "Access-Control-Allow-Origin"), "https://shop.example");

  request_.origin = "https://evil.example";
  response = Do("GET", "/v1/accounts");
  EXPECT_EQ(HeaderOf(response, "Access-Control-Allow-Origin"), "");
  EXPECT_EQ(HeaderOf(response, "Vary"), "Origin");
  request_.origin = "null";
  EXPECT_EQ(HeaderOf(Do("GET", "/v1/accounts"), "Access-Control-Allow-Origin"), "");
}

TEST_F(HttpApiTest, PreflightsAreAnsweredForAllowedOriginsOnly) {
  request_.host = "ledger.example";
  request_.origin = "https://shop.example";
  request_.access_control_request_method = "POST";
  HttpResponse response = Do("OPTIONS", "/v1/transactions", "", "");
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(HeaderOf(response, "Access-Control-Allow-Origin"), "https://shop.example");
  EXPECT_EQ(HeaderOf(response, "Access-Control-Allow-Methods"), "POST, GET");
  EXPECT_THAT(HeaderOf(response, "Access-Control-Allow-Headers"),
              ::testing::AllOf(::testing::HasSubstr("Authorization"),
                               ::testing::HasSubstr("Idempotency-Key"),
                               ::testing::HasSubstr("Last-Event-ID")));
  // Cookies are not used, so the browser is not told to send any.
  EXPECT_EQ(HeaderOf(response, "Access-Control-Allow-Credentials"), "");
  EXPECT_EQ(Do("OPTIONS", "/v1/nothing", "", "").status, 404);

  request_.origin = "https://evil.example";
  response = Do("OPTIONS", "/v1/transactions", "", "");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(HeaderOf(response, "Access-Control-Allow-Methods"), "");
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

}  // namespace
}  // namespace ledgercast::testing
