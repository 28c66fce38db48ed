#include "services/common/base/errors.h"

#include <gtest/gtest.h>

namespace ledgercast {
namespace {

TEST(ErrorsTest, CarriesReasonDomainAndMetadata) {
  const absl::Status status = MakeError(absl::StatusCode::kNotFound, reason::kAccountNotFound,
                                        "there is no account \"x\"", {{"account", "x"}});
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_EQ(MessageOf(status), "there is no account \"x\"");
  const google::rpc::ErrorInfo info = GetErrorInfo(status);
  EXPECT_EQ(info.reason(), "ACCOUNT_NOT_FOUND");
  EXPECT_EQ(info.domain(), "ledgercast");
  ASSERT_EQ(info.metadata().size(), 1u);
  EXPECT_EQ(info.metadata().at("account"), "x");
}

TEST(ErrorsTest, InvalidFieldNamesTheField) {
  const absl::Status status = InvalidField("amount", "must be above 0");
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ(GetErrorInfo(status).reason(), "INVALID_FIELD");
  const auto payload = status.GetPayload({kBadRequestUrl.data(), kBadRequestUrl.size()});
  ASSERT_TRUE(payload.has_value());
  google::rpc::BadRequest bad_request;
  ASSERT_TRUE(bad_request.ParseFromString(std::string(*payload)));
  ASSERT_EQ(bad_request.field_violations_size(), 1);
  EXPECT_EQ(bad_request.field_violations(0).field(), "amount");
  EXPECT_EQ(bad_request.field_violations(0).description(), "must be above 0");
}

TEST(ErrorsTest, FieldViolationsNameAllThatIsWrong) {
  FieldViolations wrong;
  EXPECT_TRUE(wrong.ToStatus().ok());
  wrong.Add("amount", "must be above 0");
  wrong.Add("id", "must be a UUID");
  const absl::Status status = wrong.ToStatus();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ(MessageOf(status), "amount must be above 0; id must be a UUID");
  EXPECT_EQ(GetErrorInfo(status).metadata().at("field"), "amount");
  const auto payload = status.GetPayload({kBadRequestUrl.data(), kBadRequestUrl.size()});
  ASSERT_TRUE(payload.has_value());
  google::rpc::BadRequest bad_request;
  ASSERT_TRUE(bad_request.ParseFromString(std::string(*payload)));
  ASSERT_EQ(bad_request.field_violations_size(), 2);
  EXPECT_EQ(bad_request.field_violations(1).field(), "id");
}

TEST(ErrorsTest, CursorUnknownSaysWhereTheLedgerIs) {
  const absl::Status status =
      CursorUnknown("ledger", "ledger.0.7", "the cursor is of another ledger");
  EXPECT_TRUE(absl::IsOutOfRange(status));
  const google::rpc::ErrorInfo info = GetErrorInfo(status);
  EXPECT_EQ(info.reason(), "CURSOR_UNKNOWN");
  EXPECT_EQ(info.metadata().at("ledger"), "ledger");
  EXPECT_EQ(info.metadata().at("head"), "ledger.0.7");
}

TEST(ErrorsTest, ForeignErrorsHaveNoReason) {
  EXPECT_EQ(GetErrorInfo(absl::InternalError("x")).reason(), "");
  EXPECT_EQ(GetErrorInfo(absl::OkStatus()).reason(), "");
  absl::Status garbage = absl::InternalError("x");
  garbage.SetPayload({kErrorInfoUrl.data(), kErrorInfoUrl.size()}, absl::Cord("\xff\xff"));
  EXPECT_EQ(GetErrorInfo(garbage).reason(), "");
}

TEST(ErrorsTest, OnlyTheEnvironmentIsRetried) {
  EXPECT_TRUE(IsRetryable(absl::UnavailableError("")));
  EXPECT_TRUE(IsRetryable(absl::ResourceExhaustedError("")));
  EXPECT_FALSE(IsRetryable(absl::InternalError("")));
  EXPECT_FALSE(IsRetryable(absl::InvalidArgumentError("")));
  EXPECT_FALSE(IsRetryable(absl::OkStatus()));
}

// gRPC's clients take 8 KiB of metadata with an error, of which its text is up to three times as
// long on its way and is there twice.
TEST(ErrorsTest, FieldViolationsStayShortEnoughToBeSent) {
  FieldViolations wrong;
  for (int i = 0; i < 100; ++i) wrong.Add("metadata.key" + std::to_string(i), "is too long");
  const absl::Status status = wrong.ToStatus();
  EXPECT_LT(MessageOf(status).size(), FieldViolations::kMaxBytes * 3 / 2);
  EXPECT_NE(MessageOf(status).find("metadata.key0 is too long"), std::string_view::npos);
  EXPECT_NE(MessageOf(status).find("; and "), std::string_view::npos);
  EXPECT_TRUE(MessageOf(status).ends_with(" more"));
  EXPECT_EQ(GetErrorInfo(status).metadata().at("field"), "metadata.key0");
}

}  // namespace
}  // namespace ledgercast
