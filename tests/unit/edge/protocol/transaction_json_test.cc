#include "edge/protocol/transaction_json.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "edge/protocol/json_text.h"

namespace ledgercast {
namespace {

using Json = nlohmann::json;

// What Protobuf prints for what `viewer` may see.
std::string Expected(const Viewer& viewer, v1::Transaction transaction) {
  Redact(viewer, &transaction);
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(transaction, &json, options).ok());
  return json;
}

std::string Written(const Viewer& viewer, const v1::Transaction& transaction) {
  std::string json;
  AppendTransactionJson(transaction, ClassOf(viewer, transaction), &json);
  return json;
}

class RandomTransactions {
 public:
  v1::Transaction Next() {
    v1::Transaction transaction;
    transaction.set_sequence(Number());
    transaction.set_id(Text());
    transaction.set_from_account("user" + std::to_string(engine_() % 3));
    transaction.set_to_account("user" + std::to_string(3 + engine_() % 3));
    transaction.set_amount(Number());
    if (Coin()) transaction.set_currency(Text());
    if (Coin()) transaction.set_description(Text());
    for (uint64_t i = engine_() % 4; i > 0; --i) (*transaction.mutable_metadata())[Text()] = Text();
    if (Coin()) SetTime(transaction.mutable_create_time());
    if (Coin()) transaction.set_reverses(Text());
    if (Coin()) transaction.set_from_previous(Number());
    if (Coin()) transaction.set_to_previous(Number());
    if (Coin()) transaction.set_hash(Text());
    if (Coin()) transaction.set_from_balance(Number());
    if (Coin()) transaction.set_to_balance(Number());
    return transaction;
  }

 private:
  bool Coin() { return engine_() % 2 == 0; }

  int64_t Number() {
    switch (engine_() % 4) {
      case 0:
        return 0;
      case 1:
        return std::numeric_limits<int64_t>::max();
      case 2:
        return std::numeric_limits<int64_t>::min();
      default:
        return static_cast<int64_t>(engine_());
    }
  }

  std::string Text() {
    static const std::vector<std::string> kPieces = {"a",
                                                     "Z9",
                                                     " ",
                                                     "\"",
                                                     "\\",
                                                     "/",
                                                     "\n",
                                                     "\t",
                                                     "\x01",
                                                     "\x1f",
                                                     "\x7f",
                                                     "<",
                                                     ">",
                                                     "&",
                                                     "'",
                                                     "é",
                                                     "漢",
                                                     "🙂",
                                                     "\xE2\x80\xA8",
                                                     "\xE2\x80\xA9",
                                                     "\xE2\x80\xAA",
                                                     "{}"};
    std::string text;
    for (uint64_t i = engine_() % 8; i > 0; --i) text += kPieces[engine_() % kPieces.size()];
    return text;
  }

  void SetTime(google::protobuf::Timestamp* time) {
    // Years 1 to 9999, which is what the type can hold.
    time->set_seconds(static_cast<int64_t>(engine_() % 315'537'897'600) - 62'135'596'800);
    static constexpr int32_t kUnits[] = {1, 1'000, 1'000'000};
    const int32_t unit = kUnits[engine_() % 3];
    time->set_nanos(Coin() ? 0 : static_cast<int32_t>(engine_() % (1'000'000'000 / unit)) * unit);
  }

  std::mt19937_64 engine_{20'240'117};
};

TEST(TransactionJson, SaysWhatProtobufSays) {
  RandomTransactions transactions;
  for (int i = 0; i < 3'000; ++i) {
    const v1::Transaction transaction = transactions.Next();
    for (const Viewer& viewer :
         {Viewer{{}, true}, Viewer{{transaction.from_account()}},
          Viewer{{transaction.to_account()}}, Viewer{{"stranger"}},
          Viewer{AccountFilter::Of({transaction.from_account(), transaction.to_account()})
                     .accounts}}) {
      ASSERT_EQ(Json::parse(Written(viewer, transaction)),
                Json::parse(Expected(viewer, transaction)))
          << transaction.ShortDebugString();
    }
  }
}

// Where a time is set, Protobuf moves it behind the plain fields; JSON has no order.
TEST(TransactionJson, IsWhatProtobufPrintsByteForByteWithoutATime) {
  v1::Transaction transaction;
  transaction.set_sequence(7);
  transaction.set_id("018c5f6e-0000-7000-8000-000000000001");
  transaction.set_from_account("user1");
  transaction.set_to_account("user2");
  transaction.set_amount(9'007'199'254'740'993);
  transaction.set_currency("PTS");
  transaction.set_description("lunch \"<b>\" \xE2\x80\xA8");
  (*transaction.mutable_metadata())["k"] = "v";
  transaction.set_reverses("018c5f6e-0000-7000-8000-000000000000");
  transaction.set_from_previous(0);
  transaction.set_to_previous(3);
  transaction.set_hash("00ff");
  transaction.set_from_balance(-5);
  transaction.set_to_balance(0);
  EXPECT_EQ(Written({{}, true}, transaction), Expected({{}, true}, transaction));
}

TEST(TransactionJson, HidesTheOtherSideAndTheHashFromMembers) {
  v1::Transaction transaction;
  transaction.set_from_account("user1");
  transaction.set_to_account("user2");
  transaction.set_from_previous(1);
  transaction.set_to_previous(2);
  transaction.set_from_balance(3);
  transaction.set_to_balance(4);
  transaction.set_hash("00ff");
  const Json sender = Json::parse(Written({{"user1"}, false}, transaction));
  EXPECT_EQ(sender["fromBalance"], "3");
  EXPECT_EQ(sender["fromPrevious"], "1");
  EXPECT_FALSE(sender.contains("toBalance") || sender.contains("toPrevious"));
  EXPECT_FALSE(sender.contains("hash"));
  const Json receiver = Json::parse(Written({{"user2"}, false}, transaction));
  EXPECT_EQ(receiver["toBalance"], "4");
  EXPECT_FALSE(receiver.contains("fromBalance") || receiver.contains("hash"));
  const Json stranger = Json::parse(Written({{"user3"}, false}, transaction));
  EXPECT_FALSE(stranger.contains("toBalance") || stranger.contains("fromBalance"));
}

TEST(TransactionTexts, AreWrittenOnceForEachKindOfViewer) {
  v1::Transaction transaction;
  transaction.set_from_account("user1");
  transaction.set_to_account("user2");
  TransactionTexts texts(&transaction);
  const std::string& first = texts.For({{"admin"}, true});
  EXPECT_EQ(&first, &texts.For({{"other-admin"}, true}));
  EXPECT_NE(&first, &texts.For({{"user1"}, false}));
}

}  // namespace
}  // namespace ledgercast
