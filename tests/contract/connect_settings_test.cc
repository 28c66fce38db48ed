#include "services/transaction/postgres/connect_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledgercast::testing {
namespace {

using postgres::MaskConninfo;
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

TEST(ConnectSettings, NoPasswordIsShownInWhicheverForm) {
  for (const std::string conninfo : {
           "host=h dbname=d user=u password=s3cret",
           "password=s3cret host=h dbname=d user=u",
           "host=h dbname=d user=u password = 's3cret'",
           "host=h dbname=d user=u password='s3cret with \\' and = and ://'",
           "host=h dbname=d user=u password=s3cret\\ with\\ spaces",
           "host=h dbname=d user=u password=wrong password=s3cret",
           "host=h dbname=d user=u sslpassword=s3cret",
           "postgresql://u:s3cret@h/d",
           "postgres://u:s3cret@h/d",
           "postgresql://u:s3cret%40%2F@h/d",
           "postgresql://u:s3cret@h:5432,g:5432/d",
           "postgresql://u@h/d?password=s3cret",
           "postgresql://u@h/d?sslpassword=s3cret&sslmode=require",
           "postgresql://h/d?user=u&password=s3%63ret",
           "postgresql://u:wrong@h/d?password=s3cret",
       }) {
    const std::string shown = MaskConninfo(conninfo);
    EXPECT_THAT(shown, Not(HasSubstr("s3"))) << conninfo;
    EXPECT_THAT(shown, Not(HasSubstr("wrong"))) << conninfo;
    EXPECT_THAT(shown, AllOf(HasSubstr("'***'"), HasSubstr("user='u'"), HasSubstr("dbname='d'")))
        << conninfo;
  }
}

TEST(ConnectSettings, WhatIsNoSecretIsShown) {
  EXPECT_EQ(MaskConninfo("postgresql://u@h/d?sslmode=require"),
            "user='u' dbname='d' host='h' sslmode='require'");
  EXPECT_EQ(MaskConninfo("host='/var/run/it\\'s'"), "host='/var/run/it\\'s'");
}

TEST(ConnectSettings, NothingIsShownOfWhatCannotBeRead) {
  for (const char* conninfo :
       {"s3cret", "password='s3cret", "s3cret=s3cret", "postgresql://u:s3cret@h:port:/d?s3cret",
        "postgresql://u:s3cret@h/d?s3cret=1", "http://u:s3cret@h"}) {
    EXPECT_THAT(MaskConninfo(conninfo), Not(HasSubstr("s3cret"))) << conninfo;
  }
}

TEST(ConnectSettings, NoHostHoldsUpTheNextForLong) {
  EXPECT_THAT(WithConnectSettings("host=a,b", absl::Minutes(1)), HasSubstr("connect_timeout=5 "));
  // libpq advises against less.
  EXPECT_THAT(WithConnectSettings("host=a,b", absl::Milliseconds(50)),
              HasSubstr("connect_timeout=2 "));
}

}  // namespace
}  // namespace ledgercast::testing
