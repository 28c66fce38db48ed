#include "edge/http/static_files.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "edge/http/gzip.h"

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

  static std::string Unpacked(const std::string& packed) {
    z_stream stream{};
    inflateInit2(&stream, MAX_WBITS + 16);
    std::string text(1 << 20, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    text.resize(stream.total_out);
    inflateEnd(&stream);
    return text;
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

TEST_F(StaticFilesTest, WhoTakesGzipGetsLessWithATagOfItsOwn) {
  std::string text;
  while (text.size() < 10'000) text += "const answer = " + std::to_string(text.size()) + ";\n";
  files_.Add("/assets/big.js", text);
  HttpRequest request;
  request.method = "GET";
  request.path = "/assets/big.js";
  const HttpResponse plain = files_.Serve(request);
  EXPECT_EQ(*plain.body, text);
  EXPECT_EQ(HeaderOf(plain, "Content-Encoding"), "");
  EXPECT_EQ(HeaderOf(plain, "Vary"), "Accept-Encoding");

  request.accept_encoding = "br, gzip;q=0.8";
  const HttpResponse packed = files_.Serve(request);
  EXPECT_EQ(HeaderOf(packed, "Content-Encoding"), "gzip");
  EXPECT_LT(packed.body->size(), text.size() / 2);
  EXPECT_EQ(Unpacked(*packed.body), text);
  EXPECT_NE(HeaderOf(packed, "ETag"), HeaderOf(plain, "ETag"));
  request.if_none_match = HeaderOf(packed, "ETag");
  EXPECT_EQ(files_.Serve(request).status, 304);

  // What does not get smaller is sent as it is.
  request.path = "/assets/app.js";
  EXPECT_EQ(HeaderOf(files_.Serve(request), "Content-Encoding"), "");
}

TEST(AcceptsGzip, ByNameOrByAllAndNotByAWeightOfZero) {
  for (const char* yes : {"gzip", "GZIP", "deflate, gzip", "br;q=1.0, gzip;q=0.001", "*",
                          " * ;q=0.5", "*;q=0, gzip"}) {
    EXPECT_TRUE(AcceptsGzip(yes)) << yes;
  }
  for (const char* no :
       {"", "br", "gzipped", "gzip;q=0", "gzip; q=0.000", "*;q=0", "*, gzip;q=0"}) {
    EXPECT_FALSE(AcceptsGzip(no)) << no;
  }
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
