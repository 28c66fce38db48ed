#include "services/transaction/postgres/connect_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledgercast::testing {
namespace {

using postgres::WithConnectSettings;
using postgres::WithPassword;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(ConnectSettings, BothFormsOfConnectionStringsAreCompleted) {
  EXPECT_THAT(WithConnectSettings("host=a,b dbname=x", absl::Seconds(3)),
              AllOf(StartsWith("host=a,b dbname=x connect_timeout=3 "),
                    HasSubstr(" tcp_user_timeout=3000")));
  EXPECT_THAT(WithConnectSettings("postgresql://a,b/x", absl::Seconds(3)),
              AllOf(StartsWith("postgresql://a,b/x?connect_timeout=3&"),
                    HasSubstr("&tcp_user_timeout=3000")));
  EXPECT_THAT(
      WithConnectSettings("postgresql://a/x?target_session_attrs=read-write", absl::Seconds(3)),
      StartsWith("postgresql://a/x?target_session_attrs=read-write&connect_timeout=3&"));
}

TEST(ConnectSettings, WhatTheConnectionStringSaysItselfStays) {
  EXPECT_THAT(WithConnectSettings("host=a connect_timeout=30", absl::Seconds(3)),
              AllOf(HasSubstr("connect_timeout=30"), Not(HasSubstr("connect_timeout=3 "))));
}

TEST(ConnectSettings, APasswordOfAnyLettersIsPartOfBothForms) {
  EXPECT_EQ(WithPassword("host=a dbname=x", R"(it's a \ word)"),
            R"(host=a dbname=x password='it\'s a \\ word')");
  EXPECT_EQ(WithPassword("postgresql://u@a/x", "a&b?"), "postgresql://u@a/x?password=%61%26%62%3F");
  EXPECT_EQ(WithPassword("postgresql://u@a/x?sslmode=require", "%"),
            "postgresql://u@a/x?sslmode=require&password=%25");
}

TEST(ConnectSettings, NoHostHoldsUpTheNextForLong) {
  EXPECT_THAT(WithConnectSettings("host=a,b", absl::Minutes(1)), HasSubstr("connect_timeout=5 "));
  // libpq advises against less.
  EXPECT_THAT(WithConnectSettings("host=a,b", absl::Milliseconds(50)),
              HasSubstr("connect_timeout=2 "));
}

}  // namespace
}  // namespace ledgercast::testing
