#include "services/common/base/rpc_status.h"

#include <gtest/gtest.h>

#include "google/rpc/status.pb.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

TEST(RpcStatusTest, OkStaysOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
}

TEST(RpcStatusTest, EveryCodeComesBack) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status =
        MakeError(static_cast<absl::StatusCode>(code), reason::kTooBusy, "why", {{"key", "value"}});
    const grpc::Status rpc = ToGrpcStatus(status);
    EXPECT_EQ(static_cast<int>(rpc.error_code()), code);
    EXPECT_EQ(rpc.error_message(), "why");
    EXPECT_EQ(FromGrpcStatus(rpc), status);
  }
}

TEST(RpcStatusTest, DetailsAreWhatOtherClientsRead) {
  const grpc::Status rpc = ToGrpcStatus(InvalidField("amount", "must be above 0"));
  google::rpc::Status proto;
  ASSERT_TRUE(proto.ParseFromString(rpc.error_details()));
  EXPECT_EQ(proto.code(), static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_EQ(proto.message(), rpc.error_message());
  ASSERT_EQ(proto.details_size(), 2);
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad_request;
  for (const auto& detail : proto.details()) {
    EXPECT_TRUE(detail.UnpackTo(&info) || detail.UnpackTo(&bad_request)) << detail.type_url();
  }
  EXPECT_EQ(info.reason(), "INVALID_FIELD");
  ASSERT_EQ(bad_request.field_violations_size(), 1);
  EXPECT_EQ(bad_request.field_violations(0).field(), "amount");
}

TEST(RpcStatusTest, WhatCarriesNoReasonGetsOne) {
  const auto reason_of = [](grpc::StatusCode code, const std::string& details) {
    const absl::Status status = FromGrpcStatus(grpc::Status(code, "connection refused", details));
    EXPECT_EQ(static_cast<int>(status.code()), static_cast<int>(code));
    EXPECT_EQ(MessageOf(status), "connection refused");
    return GetErrorInfo(status).reason();
  };
  EXPECT_EQ(reason_of(grpc::StatusCode::UNAVAILABLE, ""), "SERVICE_UNAVAILABLE");
  EXPECT_EQ(reason_of(grpc::StatusCode::DEADLINE_EXCEEDED, ""), "SERVICE_UNAVAILABLE");
  EXPECT_EQ(reason_of(grpc::StatusCode::CANCELLED, ""), "SERVICE_UNAVAILABLE");
  EXPECT_EQ(reason_of(grpc::StatusCode::UNIMPLEMENTED, ""), "INTERNAL");
  EXPECT_EQ(reason_of(grpc::StatusCode::INTERNAL, "\xff garbage"), "INTERNAL");
  EXPECT_EQ(GetErrorInfo(FromGrpcStatus(ToGrpcStatus(absl::InternalError("x")))).reason(),
            "INTERNAL");
}

TEST(RpcStatusTest, ReasonsOfOthersAreNotOurs) {
  google::rpc::ErrorInfo info;
  info.set_reason("RATE_LIMITED");
  info.set_domain("proxy.example");
  google::rpc::Status proto;
  proto.set_code(static_cast<int>(grpc::StatusCode::UNAVAILABLE));
  proto.add_details()->PackFrom(info);
  const absl::Status status = FromGrpcStatus(
      grpc::Status(grpc::StatusCode::UNAVAILABLE, "slow down", proto.SerializeAsString()));
  EXPECT_EQ(GetErrorInfo(status).reason(), "SERVICE_UNAVAILABLE");
  EXPECT_EQ(GetErrorInfo(status).domain(), kErrorDomain);
}

}  // namespace
}  // namespace ledgercast
