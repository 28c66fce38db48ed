// Compressed messages: back and forth, and what strangers make of them.

#include "edge/net/deflate.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

namespace ledgercast::testing {
namespace {

using Inflated = Deflater::Inflated;
using Offer = std::map<std::string, std::string>;

constexpr size_t kLimit = 64 << 10;
// The one answer, and what may follow.
constexpr char kAnswer[] =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
constexpr char kAnswerWithWindow[] =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
    "server_max_window_bits=15";

// What a sender that is not ours makes of it, ended as `flush` says.
std::string ZlibDeflate(const std::string& text, int level, int flush = Z_SYNC_FLUSH,
                        int window_bits = MAX_WBITS) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, level, Z_DEFLATED, -window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string payload(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(payload.data());
  stream.avail_out = static_cast<uInt>(payload.size());
  deflate(&stream, flush);
  payload.resize(stream.total_out);
  deflateEnd(&stream);
  // The protocol leaves the flush's own tail out, and has a byte behind a stream that ended.
  if (flush == Z_FINISH) return payload + '\0';
  return payload.substr(0, payload.size() - 4);
}

std::string JsonLike(size_t rows) {
  std::string text;
  for (size_t i = 0; i < rows; ++i) {
    text += R"({"sequence":")" + std::to_string(i) + R"(","fromAccount":"user1","amount":")" +
            std::to_string(i * 7919 % 1000) + R"("},)";
  }
  return text;
}

std::string RandomBytes(size_t count, std::mt19937* random) {
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>((*random)());
  return bytes;
}

TEST(DeflateTest, WhatIsDeflatedInflatesToTheSame) {
  Deflater deflater;
  std::string message;
  for (const size_t rows : {5u, 50u, 500u}) {
    const std::string text = JsonLike(rows);
    const auto payload = deflater.Deflate(text);
    ASSERT_TRUE(payload.has_value()) << rows;
    EXPECT_LT(payload->size(), text.size() / 2);
    ASSERT_EQ(deflater.Inflate(*payload, kLimit, &message), Inflated::kDone);
    EXPECT_EQ(message, text);
  }
}

TEST(DeflateTest, TheSameTextGivesTheSamePayloadWhateverWasBefore) {
  Deflater deflater;
  const auto first = deflater.Deflate(JsonLike(20));
  deflater.Deflate(JsonLike(500));
  EXPECT_EQ(deflater.Deflate(JsonLike(20)), first);
}

TEST(DeflateTest, WhatGainsNothingIsLeftAsItIs) {
  Deflater deflater;
  std::mt19937 random(1);
  EXPECT_EQ(deflater.Deflate(""), std::nullopt);
  EXPECT_EQ(deflater.Deflate(std::string(100, 'x')), std::nullopt);
  EXPECT_EQ(deflater.Deflate(RandomBytes(5000, &random)), std::nullopt);
}

TEST(DeflateTest, EveryKindOfBlockIsInflated) {
  Deflater deflater;
  std::string message;
  for (const std::string& text : {std::string(), std::string("x"), JsonLike(300)}) {
    for (const int level : {0, 1, 9}) {
      for (const int flush : {Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH}) {
        for (const int window_bits : {9, 15}) {
          const std::string payload = ZlibDeflate(text, level, flush, window_bits);
          ASSERT_EQ(deflater.Inflate(payload, kLimit, &message), Inflated::kDone)
              << text.size() << " bytes, level " << level << ", flush " << flush;
          EXPECT_EQ(message, text);
        }
      }
    }
  }
}

TEST(DeflateTest, AMessageMayBeAsBigAsTheLimitAndNoBigger) {
  Deflater deflater;
  std::string message;
  const std::string fits = ZlibDeflate(std::string(kLimit, 'x'), 9);
  EXPECT_EQ(deflater.Inflate(fits, kLimit, &message), Inflated::kDone);
  EXPECT_EQ(message.size(), kLimit);
  const std::string more = ZlibDeflate(std::string(kLimit + 1, 'x'), 9);
  EXPECT_EQ(deflater.Inflate(more, kLimit, &message), Inflated::kTooBig);
}

TEST(DeflateTest, ABombIsPutDownBeforeItGrows) {
  Deflater deflater;
  std::string message;
  const std::string bomb = ZlibDeflate(std::string(50 << 20, '\0'), 9);
  ASSERT_LT(bomb.size(), 64 << 10);
  EXPECT_EQ(deflater.Inflate(bomb, kLimit, &message), Inflated::kTooBig);
  EXPECT_LE(message.capacity(), 2 * kLimit);
}

TEST(DeflateTest, GarbageAndWhatBreaksOffAreMalformedAndHarmNobodyElse) {
  Deflater deflater;
  std::string message;
  const std::string text = JsonLike(300);
  const std::string good = ZlibDeflate(text, 6);
  EXPECT_EQ(deflater.Inflate("\xff\xff\xff\xff", kLimit, &message), Inflated::kMalformed);
  for (size_t size = 1; size + 2 < good.size(); size += 7) {
    EXPECT_EQ(deflater.Inflate(good.substr(0, size), kLimit, &message), Inflated::kMalformed)
        << size;
  }
  std::mt19937 random(2);
  for (int i = 0; i < 2000; ++i) {
    deflater.Inflate(RandomBytes(random() % 200, &random), kLimit, &message);
    EXPECT_LE(message.size(), kLimit);
  }
  ASSERT_EQ(deflater.Inflate(good, kLimit, &message), Inflated::kDone);
  EXPECT_EQ(message, text);
}

TEST(DeflateTest, OffersThatAreTakenAreAnsweredInOneWay) {
  for (const Offer& offer :
       {Offer{},
        {{"client_max_window_bits", ""}},
        {{"client_max_window_bits", "8"}},
        {{"server_no_context_takeover", ""}},
        {{"client_no_context_takeover", ""}, {"client_max_window_bits", "15"}}}) {
    EXPECT_EQ(AnswerDeflateOffer(offer), kAnswer);
  }
  EXPECT_EQ(AnswerDeflateOffer({{"server_max_window_bits", "15"}}), kAnswerWithWindow);
}

TEST(DeflateTest, OffersThatAskForAnotherWindowOrMakeNoSenseAreNotTaken) {
  for (const Offer& offer : {Offer{{"server_max_window_bits", "14"}},
                             {{"server_max_window_bits", "8"}},
                             {{"server_max_window_bits", ""}},
                             {{"server_max_window_bits", "015"}},
                             {{"client_max_window_bits", "7"}},
                             {{"client_max_window_bits", "16"}},
                             {{"client_max_window_bits", "1x"}},
                             {{"client_max_window_bits", "09"}},
                             {{"server_no_context_takeover", "true"}},
                             {{"client_no_context_takeover", "0"}},
                             {{"x-level", "9"}}}) {
    EXPECT_EQ(AnswerDeflateOffer(offer), std::nullopt) << offer.begin()->first;
  }
}

}  // namespace
}  // namespace ledgercast::testing
