#ifndef TESTS_SUPPORT_SERVICE_FIXTURE_H_
#define TESTS_SUPPORT_SERVICE_FIXTURE_H_

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ledgercast/v1/account.grpc.pb.h"
#include "ledgercast/v1/auth.grpc.pb.h"
#include "ledgercast/v1/transaction.grpc.pb.h"
#include "services/common/base/errors.h"
#include "services/common/base/rpc_status.h"
#include "services/transaction/server.h"
#include "tests/support/ledger_writer.h"
#include "tests/support/test_database.h"
#include "tests/support/test_key.h"

namespace ledgercast::testing {

// Holds one call's metadata and deadline. The deadline only ends a test that hangs.
class Call {
 public:
  explicit Call(const std::string& token, absl::Duration timeout = absl::Seconds(60)) {
    if (!token.empty()) context_.AddMetadata("authorization", "Bearer " + token);
    context_.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  }
  grpc::ClientContext* operator&() { return &context_; }
  grpc::ClientContext* operator->() { return &context_; }

 private:
  grpc::ClientContext context_;
};

// Holds a WatchTransactions call, which the test's thread reads.
class WatchCall {
 public:
  WatchCall(v1::TransactionService::Stub* stub, const std::string& token,
            const v1::WatchTransactionsRequest& request)
      : call_(token), reader_(stub->WatchTransactions(&call_, request)) {}
  ~WatchCall() { call_->TryCancel(); }

  // Reads a response and checks that it continues the last one. Returns false at the end of the
  // stream.
  bool Next();
  // Reads until the stream has shown `count` transactions in all, or has ended.
  void AwaitTransactions(size_t count);
  // Reads until the cursor is `cursor`.
  void AwaitCursor(const std::string& cursor);
  // Returns how the stream ended. Call it once, after reading.
  absl::Status Finish();
  void Cancel() { call_->TryCancel(); }

  const v1::WatchTransactionsResponse& response() const { return response_; }
  const std::vector<v1::Transaction>& seen() const { return seen_; }
  std::vector<int64_t> sequences() const;
  const std::string& cursor() const { return response_.cursor(); }

 private:
  Call call_;
  const std::unique_ptr<grpc::ClientReader<v1::WatchTransactionsResponse>> reader_;
  v1::WatchTransactionsResponse response_;
  bool is_first_ = true;
  std::vector<v1::Transaction> seen_;
};

// Runs the whole service in this process on its own database. The accounts are `admin` (department
// management), `user1`, `user2`, `user3`, `poor` (minimum 0) and `euro`.
class ServiceTest : public ::testing::Test {
 protected:
  static constexpr char kPassword[] = "correct horse";

  ServiceTest();
  ~ServiceTest() override;
  void SetUp() override { Start(); }

  void Start();
  void Stop() { server_.reset(); }

  std::string Token(const std::string& subject, Role role = Role::kMember,
                    absl::Duration lifetime = absl::Minutes(5));
  std::string AdminToken() { return Token("admin", Role::kAdmin); }
  std::string RelayToken();

  v1::CreateTransactionRequest Request(const std::string& from, const std::string& to,
                                       int64_t amount, const std::string& id = "");
  absl::StatusOr<v1::Transaction> Create(const v1::CreateTransactionRequest& request,
                                         const std::string& token, bool* replayed = nullptr);
  // Posts as an admin. It must succeed.
  v1::Transaction Pay(const std::string& from, const std::string& to, int64_t amount = 1);
  // Posts into the database without this server, as another replica would.
  std::vector<v1::Transaction> PostElsewhere(const std::vector<Posting>& postings);

  std::unique_ptr<WatchCall> Watch(const std::string& token, const std::string& after,
                                   const std::vector<std::string>& accounts = {},
                                   absl::Duration progress = absl::Seconds(60));
  // Opens an admin's watch that is never read, with more to send than fits on the way.
  std::unique_ptr<WatchCall> StuckWatch();

  std::string CursorAt(int64_t sequence);
  std::string CursorOf(const v1::Transaction& transaction) {
    return FormatCursor(ledger(), PositionOf(transaction));
  }
  std::string ledger() { return store_.GetHead()->ledger; }

  // Checks code and reason, and returns the details.
  static google::rpc::ErrorInfo ExpectError(const absl::Status& status, absl::StatusCode code,
                                            std::string_view reason);
  // Checks that the error is INVALID_FIELD with `field`.
  static void ExpectInvalid(const absl::Status& status, const std::string& field);

  TestDatabase database_;
  postgres::PgStore store_{database_.options()};
  TransactionOptions options_;
  const TestKey key_{1};
  const TestKey relay_key_{2};
  std::string folder_;
  std::unique_ptr<TransactionServer> server_;
  std::unique_ptr<v1::TransactionService::Stub> transactions_;
  std::unique_ptr<v1::AccountService::Stub> accounts_;
  std::unique_ptr<v1::AuthService::Stub> auth_;
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_SERVICE_FIXTURE_H_
