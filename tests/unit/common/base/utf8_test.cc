#include "services/common/base/utf8.h"

#include <gtest/gtest.h>

namespace ledgercast {
namespace {

TEST(TruncateUtf8, EndsWithAWholeCharacter) {
  EXPECT_EQ(TruncateUtf8("abc", 3), "abc");
  EXPECT_EQ(TruncateUtf8("abc", 2), "ab");
  EXPECT_EQ(TruncateUtf8("a漢", 3), "a");
  EXPECT_EQ(TruncateUtf8("a漢", 4), "a漢");
  EXPECT_EQ(TruncateUtf8("🙂🙂", 7), "🙂");
}

}  // namespace
}  // namespace ledgercast
