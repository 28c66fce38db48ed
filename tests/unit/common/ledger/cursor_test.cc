#include "services/common/ledger/cursor.h"

#include <gtest/gtest.h>

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

TEST(CursorTest, WhatIsFormattedIsReadBack) {
  for (const Position& position :
       {Position{0, 0}, Position{1, 0xffffffffffffffff}, Position{INT64_MAX, 0x0123456789abcdef}}) {
    const std::string text = FormatCursor("00ff00ff00ff00ff", position);
    const auto cursor = ParseCursor(text, "after");
    ASSERT_TRUE(cursor.ok()) << text;
    EXPECT_EQ(cursor->ledger, "00ff00ff00ff00ff");
    EXPECT_EQ(cursor->position, position);
  }
}

TEST(CursorTest, TheFormIsLedgerCheckSequence) {
  EXPECT_EQ(FormatCursor("abc", {42, 0x1f}), "abc.000000000000001f.42");
}

TEST(CursorTest, AnythingElseIsRefusedNamingTheField) {
  for (const std::string text :
       {"", "now", "abc", "abc.1", ".0000000000000001.1", "abc.0000000000000001.",
        "abc.0000000000000001.-1", "abc.0000000000000001.1x", "abc.000000000000001.1",
        "abc.000000000000000g.1", "abc.0000000000000001.9223372036854775808",
        "abc.0000000000000001. 1", "abc.0x00000000000001.1", "abc.0000000000000001.01",
        "abc.0000000000000001.-0", "abc.000000000000000A.1"}) {
    const auto cursor = ParseCursor(text, "after");
    ASSERT_FALSE(cursor.ok()) << text;
    const auto info = GetErrorInfo(cursor.status());
    EXPECT_EQ(info.reason(), "INVALID_FIELD");
    EXPECT_EQ(info.metadata().at("field"), "after");
  }
}

}  // namespace
}  // namespace ledgercast
