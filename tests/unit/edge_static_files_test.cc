#include "edge/static_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace ledgercast::testing {
namespace {

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
