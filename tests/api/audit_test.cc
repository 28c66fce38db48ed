// AuditService: what is stored, for admins only.

#include "ledgercast/v1/audit.grpc.pb.h"
#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;

class AuditTest : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    audit_ = v1::AuditService::NewStub(grpc::CreateChannel(
        "127.0.0.1:" + std::to_string(server_->grpc_port()), grpc::InsecureChannelCredentials()));
  }

  absl::StatusOr<v1::ListStoredRowsResponse> List(const v1::ListStoredRowsRequest& request,
                                                  const std::string& token) {
    v1::ListStoredRowsResponse response;
    Call call(token);
    const absl::Status status = FromGrpcStatus(audit_->ListStoredRows(&call, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  static v1::ListStoredRowsRequest Of(const std::string& table, int page_size = 0) {
    v1::ListStoredRowsRequest request;
    request.set_table(table);
    request.set_page_size(page_size);
    return request;
  }

  std::unique_ptr<v1::AuditService::Stub> audit_;
};

TEST_F(AuditTest, OnlyAdminsReadWhatIsStored) {
  for (const std::string& token : {Token("user1"), RelayToken()}) {
    ExpectError(List(Of("accounts"), token).status(), Code::kPermissionDenied, reason::kNotAllowed);
    v1::ListStoredTablesResponse response;
    Call call(token);
    ExpectError(FromGrpcStatus(audit_->ListStoredTables(&call, {}, &response)),
                Code::kPermissionDenied, reason::kNotAllowed);
  }
  ExpectError(List(Of("accounts"), "").status(), Code::kUnauthenticated, reason::kTokenMissing);
}

TEST_F(AuditTest, RowsAreReadFromTheDatabaseAndNotFromMemory) {
  Pay("user1", "user2", 5);
  database_.Run("ALTER TABLE transactions DISABLE TRIGGER ALL");
  database_.Run("UPDATE transactions SET amount = 6");
  const auto page = List(Of("transactions"), AdminToken());
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->rows_size(), 1);
  for (int i = 0; i < page->columns_size(); ++i) {
    if (page->columns(i).name() != "amount") continue;
    EXPECT_EQ(page->rows(0).values(i).text(), "6");
  }
}

TEST_F(AuditTest, PagesGoOnWhereTheLastOneEnded) {
  for (int i = 0; i < 5; ++i) Pay("user1", "user2");
  for (const bool descending : {false, true}) {
    std::string sequences;
    v1::ListStoredRowsRequest request = Of("transactions", 2);
    request.set_descending(descending);
    do {
      const auto page = List(request, AdminToken());
      ASSERT_TRUE(page.ok()) << page.status();
      for (const auto& row : page->rows()) sequences += row.values(0).text();
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    EXPECT_EQ(sequences, descending ? "54321" : "12345");
  }
}

TEST_F(AuditTest, MistakesAreNamed) {
  for (int i = 0; i < 3; ++i) Pay("user1", "user2");
  const std::string admin = AdminToken();
  ExpectInvalid(List(Of("none"), admin).status(), "table");
  ExpectInvalid(List(Of(""), admin).status(), "table");
  ExpectInvalid(List(Of("accounts", -1), admin).status(), "page_size");
  auto request = Of("transactions", 2);
  request.set_page_token(List(request, admin)->next_page_token());
  request.set_descending(true);
  ExpectInvalid(List(request, admin).status(), "page_token");
  request.set_descending(false);
  request.add_start_key("1");
  ExpectInvalid(List(request, admin).status(), "start_key");
  request.clear_page_token();
  request.set_start_key(0, "one");
  ExpectInvalid(List(request, admin).status(), "start_key");
  request.set_page_token("forged");
  request.clear_start_key();
  ExpectInvalid(List(request, admin).status(), "page_token");
}

}  // namespace
}  // namespace ledgercast::testing
