#include "tests/support/service_fixture.h"

#include <sodium.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace ledgercast::testing {
namespace {

std::string MakeFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "ledgercast.XXXXXX").string();
  EXPECT_NE(mkdtemp(pattern.data()), nullptr);
  return pattern;
}

std::string WriteFile(const std::string& path, const std::string& content) {
  std::ofstream(path) << content;
  return path;
}

TokenSigner SignerOf(const TestKey& key) {
  auto signer = TokenSigner::FromPem(key.PrivatePem(), "ledgercast", "ledgercast");
  EXPECT_TRUE(signer.ok()) << signer.status();
  return *std::move(signer);
}

}  // namespace

bool WatchCall::Next() {
  const std::string before = response_.cursor();
  response_.Clear();
  if (!reader_->Read(&response_)) return false;
  if (!std::exchange(is_first_, false)) {
    EXPECT_EQ(response_.after(), before);
  }
  for (const v1::Transaction& transaction : response_.transactions()) {
    seen_.push_back(transaction);
  }
  return true;
}

void WatchCall::AwaitTransactions(size_t count) {
  while (seen_.size() < count) ASSERT_TRUE(Next()) << Finish();
}

void WatchCall::AwaitCursor(const std::string& cursor) {
  while (response_.cursor() != cursor) ASSERT_TRUE(Next()) << Finish();
}

absl::Status WatchCall::Finish() { return FromGrpcStatus(reader_->Finish()); }

std::vector<int64_t> WatchCall::sequences() const {
  std::vector<int64_t> sequences;
  for (const v1::Transaction& transaction : seen_) sequences.push_back(transaction.sequence());
  return sequences;
}

ServiceTest::ServiceTest() : folder_(MakeFolder()) {
  EXPECT_GE(sodium_init(), 0);
  options_.listen = "127.0.0.1:0";
  options_.admin_listen = "127.0.0.1:0";
  options_.postgres = database_.options();
  options_.signing_key_file = WriteFile(folder_ + "/key.pem", key_.PrivatePem());
  options_.relay_key_files = {WriteFile(folder_ + "/relay.pem", relay_key_.PublicPem())};
  options_.watches.tick = absl::Milliseconds(5);
  options_.drain_delay = absl::ZeroDuration();
  for (const char* name : {"admin", "user1", "user2", "user3", "poor", "euro"}) {
    v1::Account account = AccountOf(name);
    if (account.name() == "admin") account.set_department("management");
    if (account.name() == "poor") account.set_minimum_balance(0);
    if (account.name() == "euro") account.set_currency("EUR");
    EXPECT_TRUE(store_.CreateAccount(account, "").ok());
  }
}

ServiceTest::~ServiceTest() {
  Stop();
  std::filesystem::remove_all(folder_);
}

void ServiceTest::Start() {
  auto server = TransactionServer::Start(options_, [] { return false; });
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  // Each server gets its own channel. Otherwise gRPC shares the channels of one target, and their
  // back-off.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto channel =
      grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(server_->grpc_port()),
                                grpc::InsecureChannelCredentials(), arguments);
  transactions_ = v1::TransactionService::NewStub(channel);
  accounts_ = v1::AccountService::NewStub(channel);
  auth_ = v1::AuthService::NewStub(channel);
}

std::string ServiceTest::Token(const std::string& subject, Role role, absl::Duration lifetime) {
  const absl::Time now = absl::Now();
  return SignerOf(key_).Sign(TokenKind::kAccess, subject, role, now, now + lifetime);
}

std::string ServiceTest::RelayToken() {
  const absl::Time now = absl::Now();
  return SignerOf(relay_key_)
      .Sign(TokenKind::kAccess, kRelaySubject, Role::kRelay, now, now + absl::Minutes(1));
}

v1::CreateTransactionRequest ServiceTest::Request(const std::string& from, const std::string& to,
                                                  int64_t amount, const std::string& id) {
  v1::CreateTransactionRequest request;
  request.set_id(id);
  request.set_from_account(from);
  request.set_to_account(to);
  request.set_amount(amount);
  return request;
}

absl::StatusOr<v1::Transaction> ServiceTest::Create(const v1::CreateTransactionRequest& request,
                                                    const std::string& token, bool* replayed) {
  Call call(token);
  v1::Transaction transaction;
  const grpc::Status status = transactions_->CreateTransaction(&call, request, &transaction);
  if (!status.ok()) return FromGrpcStatus(status);
  if (replayed != nullptr) {
    const auto& metadata = call->GetServerInitialMetadata();
    const auto it = metadata.find("idempotency-replayed");
    *replayed = it != metadata.end() && it->second == "true";
  }
  return transaction;
}

v1::Transaction ServiceTest::Pay(const std::string& from, const std::string& to, int64_t amount) {
  auto created = Create(Request(from, to, amount), AdminToken());
  EXPECT_TRUE(created.ok()) << created.status();
  return created.ok() ? *std::move(created) : v1::Transaction();
}

std::vector<v1::Transaction> ServiceTest::PostElsewhere(const std::vector<Posting>& postings) {
  return Write(database_.Sessions(), postings);
}

std::unique_ptr<WatchCall> ServiceTest::Watch(const std::string& token, const std::string& after,
                                              const std::vector<std::string>& accounts,
                                              absl::Duration progress) {
  v1::WatchTransactionsRequest request;
  request.set_after(after);
  for (const std::string& account : accounts) request.add_accounts(account);
  request.mutable_progress_interval()->set_seconds(absl::ToInt64Seconds(progress));
  request.mutable_progress_interval()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(progress % absl::Seconds(1))));
  return std::make_unique<WatchCall>(transactions_.get(), token, request);
}

std::unique_ptr<WatchCall> ServiceTest::StuckWatch() {
  auto watch = Watch(AdminToken(), "");
  for (int batch = 0; batch < 20; ++batch) {
    std::vector<Posting> postings;
    for (int i = 0; i < 200; ++i) {
      postings.push_back(Transfer("user1", "user2", 1));
      postings.back().request.set_description(std::string(1'000, 'x'));
    }
    PostElsewhere(postings);
  }
  return watch;
}

std::string ServiceTest::CursorAt(int64_t sequence) {
  const auto position = store_.PositionAt(sequence);
  EXPECT_TRUE(position.ok()) << position.status();
  return FormatCursor(ledger(), *position);
}

google::rpc::ErrorInfo ServiceTest::ExpectError(const absl::Status& status, absl::StatusCode code,
                                                std::string_view reason) {
  const google::rpc::ErrorInfo info = GetErrorInfo(status);
  EXPECT_EQ(status.code(), code) << status;
  EXPECT_EQ(info.reason(), reason) << status;
  EXPECT_EQ(info.domain(), "ledgercast") << status;
  return info;
}

void ServiceTest::ExpectInvalid(const absl::Status& status, const std::string& field) {
  ExpectError(status, absl::StatusCode::kInvalidArgument, reason::kInvalidField);
  const auto payload =
      status.GetPayload(absl::string_view(kBadRequestUrl.data(), kBadRequestUrl.size()));
  ASSERT_TRUE(payload.has_value()) << status;
  google::rpc::BadRequest bad_request;
  ASSERT_TRUE(bad_request.ParseFromString(std::string(*payload)));
  ASSERT_EQ(bad_request.field_violations_size(), 1);
  EXPECT_EQ(bad_request.field_violations(0).field(), field);
}

}  // namespace ledgercast::testing
