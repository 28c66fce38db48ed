#include "edge/protocol/frames.h"
#include "edge/protocol/proto_json.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "ledgercast/v1/frames.pb.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/common/base/errors.h"
#include "tests/support/edge_fakes.h"

namespace ledgercast {
namespace {

using Json = nlohmann::json;
using ::ledgercast::testing::MakeTextFrame;

TEST(ParseClientFrame, ReadsStateDataAndId) {
  const auto frame = ParseClientFrame(R"({"state":"watch","data":{"after":"now"},"id":"a\"1"})");
  ASSERT_TRUE(frame.ok()) << frame.status();
  EXPECT_EQ(frame->state, "watch");
  EXPECT_EQ(frame->data, R"({"after":"now"})");
  EXPECT_EQ(frame->id, R"("a\"1")");
}

TEST(ParseClientFrame, KeepsNumbersAsIds) {
  EXPECT_EQ(ParseClientFrame(R"({"state":"ping","id":9007199254740993})")->id, "9007199254740993");
  EXPECT_EQ(ParseClientFrame(R"({"state":"ping","id":1.5})")->id, "1.5");
  EXPECT_EQ(ParseClientFrame(R"({"state":"ping","id":null})")->id, "");
  EXPECT_EQ(ParseClientFrame(R"({"state":"ping"})")->id, "");
}

TEST(ParseClientFrame, TakesABareTokenForAuthenticate) {
  const auto frame = ParseClientFrame(R"({"token":"a.b.c"})");
  ASSERT_TRUE(frame.ok()) << frame.status();
  EXPECT_EQ(frame->state, "authenticate");
  v1::AuthenticateFrame data;
  ASSERT_TRUE(ParseData(*frame, &data).ok());
  EXPECT_EQ(data.token(), "a.b.c");
}

TEST(ParseClientFrame, RefusesWhatIsNoFrame) {
  const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
  for (const std::string& text : std::vector<std::string>{
           "", "{", "null", "[]", "1", "\"watch\"", "{}", R"({"state":1})", R"({"state":null})",
           R"({"data":{}})", R"({"state":"ping","id":{}})", R"({"state":"ping","id":[1]})",
           R"({"state":"ping","id":true})", R"({'state':'ping'})", R"({"state":"ping"} x)",
           R"({"state":"\ud800"})", R"({"state":"ping","data":)" + deep + "}", deep}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseClientFrame(text).status())) << text.substr(0, 60);
  }
}

TEST(ParseData, ReadsNoMoreThanJsonAndOnlyAnObject) {
  v1::WatchFrame watch;
  const auto read = [&watch](const char* text) {
    const auto frame = ParseClientFrame(text);
    return frame.ok() ? ParseData(*frame, &watch) : frame.status();
  };
  EXPECT_TRUE(read(R"({"state":"watch","data":{"after":"now"}})").ok());
  EXPECT_EQ(watch.after(), "now");
  EXPECT_TRUE(read(R"({"state":"watch"})").ok());
  EXPECT_TRUE(read(R"({"state":"watch","data":null})").ok());
  for (const char* text :
       {R"({"state":"watch","data":[]})", R"({"state":"watch","data":"{}"})",
        R"({"state":"watch","data":1})", R"({"state":"watch","data":{"after":1}})",
        R"({"state":"watch","data":{"afte":"now"}})", R"({"state":"watch","data":{after:"now"}})",
        R"({"state":"watch","data":{'after':'now'}})", R"({"state":"watch","data":{},})"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(read(text))) << text;
  }
}

TEST(ParseJson, ReadsTheMessageOfTheState) {
  v1::CreateTransactionRequest request;
  ASSERT_TRUE(ParseJson(R"({"fromAccount":"a","amount":"9223372036854775807",)"
                        R"("metadata":{"k":"v"},"validateOnly":true})",
                        &request)
                  .ok());
  EXPECT_EQ(request.from_account(), "a");
  EXPECT_EQ(request.amount(), INT64_MAX);
  EXPECT_EQ(request.metadata().at("k"), "v");
  EXPECT_TRUE(request.validate_only());
}

TEST(ParseJson, RefusesWrongTypesUnknownFieldsAndNumbersBeyondInt64) {
  for (const std::string& text : std::vector<std::string>{
           R"({"amount":"x"})", R"({"amount":{}})", R"({"amount":1.5})",
           R"({"amount":"9223372036854775808"})", R"({"amount":9223372036854775808})",
           R"({"amount":1e30})", R"({"fromAccount":1e400})", R"({"fromAccount":[]})",
           R"({"nobody":1})", "[]", "1", "x", R"({"amount":1,})",
           R"({"description":")" + std::string(60'000, 'x') + R"(","amount":"y"})"}) {
    v1::CreateTransactionRequest request;
    const absl::Status status = ParseJson(text, &request);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << text.substr(0, 60);
    EXPECT_EQ(GetErrorInfo(status).reason(), "INVALID_FIELD");
    EXPECT_LE(MessageOf(status).size(), 200u);
  }
}

TEST(ParseJson, TakesNothingForTheEmptyMessage) {
  v1::WatchFrame watch;
  EXPECT_TRUE(ParseJson("", &watch).ok());
  EXPECT_EQ(watch.after(), "");
}

TEST(ToJson, WritesByHandWhatProtobufWrites) {
  v1::AuthenticatedFrame authenticated;
  v1::WatchingFrame watching;
  const auto same = [](const auto& frame) {
    const google::protobuf::Message& message = frame;
    EXPECT_EQ(Json::parse(ToJson(frame)), Json::parse(ToJson(message)));
  };
  same(authenticated);
  same(watching);
  authenticated.set_subject("a \"b\" \\ \n é </script>");
  authenticated.set_admin(true);
  authenticated.mutable_expires_at()->set_seconds(1'700'000'000);
  authenticated.mutable_expires_at()->set_nanos(120'000'000);
  authenticated.set_ledger("0123456789abcdef");
  same(authenticated);
  watching.set_after("a-1-2");
  watching.set_head("a-9-8");
  (*watching.mutable_balances())["user2"] = std::numeric_limits<int64_t>::min();
  (*watching.mutable_balances())["user \"1\""] = std::numeric_limits<int64_t>::max();
  (*watching.mutable_balances())["zero"] = 0;
  same(watching);
}

TEST(ToJson, ShowsFieldsThatAreFalseOrZero) {
  const Json json = Json::parse(ToJson(v1::AuthenticatedFrame()));
  EXPECT_EQ(json["admin"], false);
  EXPECT_EQ(json["subject"], "");
  v1::GoingAwayFrame going_away;
  EXPECT_EQ(Json::parse(ToJson(going_away))["reconnectAfterMs"], "0");
}

TEST(Frame, PutsTheEnvelopeAround) {
  EXPECT_EQ(Frame("pong", R"([1])", "7").text, R"({"state":"pong","data":[1],"id":7})");
  EXPECT_EQ(Frame("unwatched", "").text, R"({"state":"unwatched","data":{}})");
}

TEST(ErrorFrame, CarriesCodeReasonMessageAndMetadata) {
  const absl::Status error = MakeError(absl::StatusCode::kPermissionDenied, reason::kNotAllowed,
                                       "not \"yours\"", {{"account", "user2"}});
  EXPECT_EQ(ErrorFrame(error, "\"w\"").text,
            R"({"state":"error","error":{"code":"PERMISSION_DENIED","reason":"NOT_ALLOWED",)"
            R"("message":"not \"yours\"","metadata":{"account":"user2"}},"id":"w"})");
}

TEST(WireFrame, KnowsItsParts) {
  const FramePtr progress = MakeTextFrame(ProgressFrame("a", "b"));
  EXPECT_EQ(progress->state(), "progress");
  EXPECT_EQ(progress->data(), R"({"after":"a","cursor":"b"})");
  EXPECT_EQ(progress->cursor(), "b");
  EXPECT_EQ(progress->transactions(), "");
  const FramePtr answer = MakeTextFrame(Frame("pong", "[1]", "7"));
  EXPECT_EQ(answer->data(), "[1]");
  EXPECT_EQ(answer->cursor(), "");
  const FramePtr error = MakeTextFrame(ErrorFrame(InvalidField("name", "is wrong"), "7"));
  EXPECT_EQ(error->state(), "error");
  EXPECT_EQ(error->data(), "");
}

TEST(WireFrame, HoldsTheListOfItsTransactionsWhateverTheySay) {
  TransactionsFrameBuilder builder;
  const FramePtr empty = MakeTextFrame(builder.Finish("a", "b", false));
  EXPECT_EQ(empty->transactions(), "");
  EXPECT_FALSE(empty->live());
  const std::string hostile = R"({"description":"],\"after\":\"x\"","metadata":{"after":"y"}})";
  builder.Add(hostile);
  builder.Add(R"({"sequence":"2"})");
  const FramePtr frame = MakeTextFrame(builder.Finish("a", "b", true));
  EXPECT_EQ(frame->transactions(), hostile + R"(,{"sequence":"2"})");
  EXPECT_TRUE(frame->live());
  EXPECT_EQ(frame->data(), TransactionsData(frame->transactions(), "a", "b", true));
  EXPECT_EQ(TransactionsData(hostile, "start", "b", false),
            R"({"transactions":[)" + hostile + R"(],"after":"start","cursor":"b","live":false})");
}

TEST(WireFrame, IsAnEventThatIsNamedAsItsStateAndWhoseIdIsItsCursor) {
  EXPECT_EQ(MakeTextFrame(ProgressFrame("a", "b"))->event(),
            "event: progress\nid: b\ndata: {\"after\":\"a\",\"cursor\":\"b\"}\n\n");
  EXPECT_EQ(MakeTextFrame(Frame("reauthenticate", "{}"))->event(),
            "event: reauthenticate\ndata: {}\n\n");
}

TEST(TransactionsFrameBuilder, IsEmptyAgainAfterAFrame) {
  TransactionsFrameBuilder builder;
  builder.Add(R"({"sequence":"1"})");
  builder.Add(R"({"sequence":"2"})");
  EXPECT_EQ(builder.count(), 2);
  EXPECT_EQ(builder.Finish("a", "b", true).text,
            R"({"state":"transactions","data":{"transactions":[{"sequence":"1"},{"sequence":"2"}],)"
            R"("after":"a","cursor":"b","live":true}})");
  EXPECT_TRUE(builder.empty());
  EXPECT_EQ(builder.Finish("b", "b", false).text,
            R"({"state":"transactions","data":{"transactions":[],)"
            R"("after":"b","cursor":"b","live":false}})");
}

}  // namespace
}  // namespace ledgercast
