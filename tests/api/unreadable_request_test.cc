// Requests that cannot be parsed: what gRPC itself would answer with UNIMPLEMENTED.

#include <google/protobuf/descriptor.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/support/byte_buffer.h>

#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

class UnreadableRequestTest : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(server_->grpc_port()),
                                   grpc::InsecureChannelCredentials());
  }

  static std::vector<const MethodDescriptor*> Methods() {
    std::vector<const MethodDescriptor*> methods;
    for (const char* name : {"ledgercast.v1.TransactionService", "ledgercast.v1.AccountService",
                             "ledgercast.v1.AuthService", "ledgercast.v1.AuditService"}) {
      const auto* const service =
          google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
      for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i));
    }
    return methods;
  }

  // Field `number` with `content`, which has less than 128 bytes.
  static std::string Field(int number, const std::string& content) {
    return std::string(1, static_cast<char>(number << 3 | 2)) + static_cast<char>(content.size()) +
           content;
  }

  // A message of that type whose first text, wherever it is, is no UTF-8. "" if it has none.
  static std::string WithBadText(const Descriptor& type) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (field.type() == FieldDescriptor::TYPE_STRING) return Field(field.number(), "a\xff");
      if (field.type() != FieldDescriptor::TYPE_MESSAGE) continue;
      const std::string inside = WithBadText(*field.message_type());
      if (!inside.empty()) return Field(field.number(), inside);
    }
    return "";
  }

  // The answer to `bytes` as the request.
  absl::Status Send(const MethodDescriptor& method, const std::string& bytes) {
    const std::string path = "/" + method.service()->full_name() + "/" + method.name();
    const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC,
                                        channel_);
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    Call call(AdminToken());
    return FromGrpcStatus(
        grpc::internal::BlockingUnaryCall(channel_.get(), rpc, &call, request, &response));
  }

  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(UnreadableRequestTest, TextThatIsNoUtf8IsTheCallersFaultInEveryRpc) {
  int with_text = 0;
  for (const MethodDescriptor* method : Methods()) {
    const std::string bytes = WithBadText(*method->input_type());
    if (bytes.empty()) continue;
    ++with_text;
    const absl::Status status = Send(*method, bytes);
    SCOPED_TRACE(method->full_name());
    ExpectInvalid(status, "request");
    EXPECT_THAT(std::string(status.message()),
                ::testing::AllOf(::testing::HasSubstr(method->input_type()->full_name()),
                                 ::testing::HasSubstr("UTF-8")));
  }
  // All but GetJsonWebKeySet and ListRevokedTokens, which hold nothing.
  EXPECT_GE(with_text, 15);
  EXPECT_EQ(Pay("user1", "user2").sequence(), 1);
}

TEST_F(UnreadableRequestTest, SoAreBytesThatAreNoMessage) {
  // A text that says to be longer than it is.
  const std::string damaged = "\x0a\x05xy";
  for (const MethodDescriptor* method : Methods()) {
    SCOPED_TRACE(method->full_name());
    ExpectInvalid(Send(*method, damaged), "request");
  }
}

}  // namespace
}  // namespace ledgercast::testing
