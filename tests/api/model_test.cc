// Random requests of every kind by several callers, against the real service and a naive
// model: every answer and every balance agrees. A failing seed is in the test's name, and
// the same seed makes the same requests.
//
//   LEDGERCAST_MODEL_SEEDS=1000 transaction_model_test     more seeds than ./test.sh has

#include <sodium.h>

#include <cstdlib>

#include "tests/support/request_drawer.h"
#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

constexpr int kSteps = 500;

class ModelTest : public ServiceTest, public ::testing::WithParamInterface<unsigned> {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    const auto accounts = store_.ListAccounts("", 100);
    ASSERT_TRUE(accounts.ok()) << accounts.status();
    for (const v1::Account& account : *accounts) model_.AddAccount(account);
  }

  std::string TokenOf(const ModelCaller& caller) {
    return caller.admin ? AdminToken() : Token(caller.subject);
  }

  static std::string ReasonOf(const grpc::Status& status) {
    return status.ok() ? "" : GetErrorInfo(FromGrpcStatus(status)).reason();
  }

  // `actual` without what the model cannot know, after the model learnt from it.
  void ExpectTransaction(v1::Transaction actual, const ModelAnswer& expected) {
    if (expected.transaction.id().empty()) {
      EXPECT_EQ(actual.id().size(), 36u);
      if (actual.sequence() > 0) model_.Adopt(actual);
      actual.clear_id();
    }
    EXPECT_TRUE(actual.has_create_time());
    actual.clear_create_time();
    actual.clear_hash();
    EXPECT_EQ(actual.DebugString(), expected.transaction.DebugString());
  }

  void ExpectAnswer(const grpc::Status& status, const v1::Transaction& actual,
                    const ModelAnswer& expected) {
    ASSERT_EQ(ReasonOf(status), expected.reason) << status.error_message();
    if (status.ok()) ExpectTransaction(actual, expected);
  }

  void RandomStep();
  void StepCreate();
  void StepBatch();
  void StepSubmit();
  void StepReverse();
  void StepGet();
  void StepList();
  void StepAccount();
  void StepLimit();
  void StepDigest();
  void StepRestart() {
    Stop();
    Start();
  }

  LedgerModel model_;
  RequestDrawer draw_{GetParam(), &model_};
};

void ModelTest::StepCreate() {
  const ModelCaller caller = draw_.Caller();
  const auto request = draw_.Transfer(caller);
  Call call(TokenOf(caller));
  v1::Transaction actual;
  const grpc::Status status = transactions_->CreateTransaction(&call, request, &actual);
  const ModelAnswer expected = model_.Create(caller, request);
  ExpectAnswer(status, actual, expected);
  EXPECT_EQ(call->GetServerInitialMetadata().count("idempotency-replayed") > 0, expected.replayed);
}

void ModelTest::StepBatch() {
  const ModelCaller caller = draw_.Caller();
  const auto requests = draw_.Transfers(caller, /*alike=*/true);
  v1::BatchCreateTransactionsRequest request;
  for (const auto& one : requests) *request.add_requests() = one;
  Call call(TokenOf(caller));
  v1::BatchCreateTransactionsResponse actual;
  const grpc::Status status = transactions_->BatchCreateTransactions(&call, request, &actual);
  const auto expected = model_.Batch(caller, requests);
  ASSERT_EQ(ReasonOf(status), expected.back().reason) << status.error_message();
  if (!status.ok()) return;
  ASSERT_EQ(actual.transactions_size(), static_cast<int>(expected.size()));
  for (int i = 0; i < actual.transactions_size(); ++i) {
    ExpectTransaction(actual.transactions(i), expected[static_cast<size_t>(i)]);
  }
}

void ModelTest::StepSubmit() {
  const ModelCaller caller = draw_.Caller();
  const auto requests = draw_.Transfers(caller, /*alike=*/false);
  v1::SubmitTransactionsRequest request;
  for (const auto& one : requests) *request.add_requests() = one;
  Call call(TokenOf(caller));
  v1::SubmitTransactionsResponse actual;
  const grpc::Status status = transactions_->SubmitTransactions(&call, request, &actual);
  if (requests.empty()) {
    EXPECT_EQ(ReasonOf(status), reason::kInvalidField);
    return;
  }
  ASSERT_TRUE(status.ok()) << status.error_message();
  const auto expected = model_.Submit(caller, requests);
  ASSERT_EQ(actual.results_size(), static_cast<int>(expected.size()));
  for (size_t i = 0; i < expected.size(); ++i) {
    const v1::SubmitResult& result = actual.results(static_cast<int>(i));
    const grpc::Status outcome(static_cast<grpc::StatusCode>(result.error().code()), "",
                               result.error().SerializeAsString());
    ExpectAnswer(outcome, result.transaction(), expected[i]);
    EXPECT_EQ(result.replayed(), expected[i].replayed);
  }
}

void ModelTest::StepReverse() {
  const ModelCaller caller = draw_.Caller();
  v1::ReverseTransactionRequest request;
  request.set_id(draw_.KnownId());
  if (draw_.OneIn(2)) request.set_reversal_id(draw_.OneIn(3) ? draw_.KnownId() : draw_.FreshId());
  if (draw_.OneIn(3)) request.set_description("taken back");
  request.set_validate_only(draw_.OneIn(8));
  Call call(TokenOf(caller));
  v1::Transaction actual;
  const grpc::Status status = transactions_->ReverseTransaction(&call, request, &actual);
  ExpectAnswer(status, actual, model_.Reverse(caller, request));
}

void ModelTest::StepGet() {
  const ModelCaller caller = draw_.Caller();
  v1::GetTransactionRequest request;
  if (draw_.OneIn(2)) {
    request.set_id(draw_.KnownId());
  } else {
    request.set_sequence(1 + draw_.Below(static_cast<int64_t>(model_.rows().size()) + 2));
  }
  Call call(TokenOf(caller));
  v1::Transaction actual;
  const grpc::Status status = transactions_->GetTransaction(&call, request, &actual);
  ExpectAnswer(status, actual, model_.Get(caller, request));
}

void ModelTest::StepList() {
  const ModelCaller caller = draw_.Caller();
  const int64_t after =
      draw_.OneIn(2) ? draw_.Below(static_cast<int64_t>(model_.rows().size()) + 1) : 0;
  v1::ListTransactionsRequest request;
  request.set_page_size(static_cast<int>(1 + draw_.Below(40)));
  request.set_after(after == 0 ? "" : CursorAt(after));
  if (draw_.OneIn(3)) request.set_account(draw_.Name());
  if (draw_.OneIn(4)) request.set_from_account(draw_.Name());
  if (draw_.OneIn(4)) request.set_to_account(draw_.Name());
  static const std::vector<std::string> orders = {
      "", "sequence", "sequence desc", "amount", "amount desc", "create_time", "create_time desc"};
  request.set_order_by(draw_.OneOf(orders));
  std::vector<int64_t> listed;
  do {
    Call call(TokenOf(caller));
    v1::ListTransactionsResponse page;
    const grpc::Status status = transactions_->ListTransactions(&call, request, &page);
    ASSERT_TRUE(status.ok()) << status.error_message();
    for (const auto& transaction : page.transactions()) listed.push_back(transaction.sequence());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, model_.List(caller, request, after)) << request.ShortDebugString();
}

void ModelTest::StepAccount() {
  const ModelCaller caller = draw_.Caller();
  const std::string name = draw_.Name();
  const auto head = static_cast<int64_t>(model_.rows().size());
  const int64_t at = draw_.OneIn(2) ? draw_.Below(head + 1) : head;
  v1::GetAccountRequest request;
  request.set_name(name);
  if (at != head) request.set_at(CursorAt(at));
  Call call(TokenOf(caller));
  v1::Account actual;
  const std::string reason = ReasonOf(accounts_->GetAccount(&call, request, &actual));
  if (!caller.admin && caller.subject != name) {
    EXPECT_EQ(reason, reason::kNotAllowed);
  } else if (!model_.accounts().contains(name)) {
    EXPECT_EQ(reason, reason::kAccountNotFound);
  } else {
    ASSERT_EQ(reason, "");
    EXPECT_EQ(actual.balance(), model_.BalanceAt(name, at)) << name << " at " << at;
  }
}

void ModelTest::StepLimit() {
  v1::UpdateAccountRequest request;
  request.mutable_account()->set_name(draw_.OneIn(2) ? "user1" : "user2");
  std::optional<int64_t> minimum;
  if (!draw_.OneIn(3)) minimum = 50 - draw_.Below(300);
  request.mutable_update_mask()->add_paths(minimum ? "minimum_balance" : "no_minimum");
  if (minimum) request.mutable_account()->set_minimum_balance(*minimum);
  request.mutable_account()->set_no_minimum(!minimum);
  Call call(AdminToken());
  v1::Account actual;
  ASSERT_TRUE(accounts_->UpdateAccount(&call, request, &actual).ok());
  model_.SetMinimum(request.account().name(), minimum);
}

void ModelTest::StepDigest() {
  const ModelCaller caller = draw_.Caller();
  const auto head = static_cast<int64_t>(model_.rows().size());
  const int64_t after = draw_.Below(head + 1);
  const int64_t until = after + draw_.Below(head - after + 1);
  v1::DigestTransactionsRequest request;
  request.set_after(CursorAt(after));
  request.set_until(CursorAt(until));
  if (caller.admin && draw_.OneIn(2)) request.set_account("user1");
  Call call(TokenOf(caller));
  v1::DigestTransactionsResponse actual;
  const grpc::Status status = transactions_->DigestTransactions(&call, request, &actual);
  ASSERT_TRUE(status.ok()) << status.error_message();
  std::string text;
  const auto lines = model_.DigestLines(caller, request.account(), after, until);
  for (const std::string& line : lines) text += line;
  Hash hash;
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EXPECT_EQ(actual.count(), static_cast<int64_t>(lines.size()));
  EXPECT_EQ(actual.sha256(), HashToHex(hash));
}

void ModelTest::RandomStep() {
  using Step = void (ModelTest::*)();
  static const std::vector<Step> steps = {
      &ModelTest::StepCreate,  &ModelTest::StepCreate, &ModelTest::StepCreate,
      &ModelTest::StepCreate,  &ModelTest::StepBatch,  &ModelTest::StepBatch,
      &ModelTest::StepSubmit,  &ModelTest::StepSubmit, &ModelTest::StepReverse,
      &ModelTest::StepReverse, &ModelTest::StepGet,    &ModelTest::StepList,
      &ModelTest::StepAccount, &ModelTest::StepLimit,  &ModelTest::StepDigest};
  (this->*draw_.OneOf(steps))();
}

TEST_P(ModelTest, EveryAnswerAndEveryBalanceAgreeWithTheModel) {
  for (int step = 0; step < kSteps && !HasFailure(); ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    if (draw_.OneIn(60)) StepRestart();
    RandomStep();
  }
  ASSERT_GT(model_.rows().size(), 50u);

  // What everybody reads from the beginning is the model's ledger, on one chain of hashes.
  const auto watch = Watch(AdminToken(), "");
  watch->AwaitTransactions(model_.rows().size());
  Hash hash = GenesisHash(ledger());
  for (size_t i = 0; i < model_.rows().size(); ++i) {
    v1::Transaction row = watch->seen()[i];
    hash = ChainHash(hash, row);
    EXPECT_EQ(row.hash(), HashToHex(hash));
    row.clear_hash();
    row.clear_create_time();
    EXPECT_EQ(row.DebugString(), model_.rows()[i].DebugString());
  }
  int64_t sum = 0;
  const auto accounts = store_.ListAccounts("", 100);
  ASSERT_TRUE(accounts.ok()) << accounts.status();
  for (const v1::Account& account : *accounts) sum += account.balance();
  EXPECT_EQ(sum, 0);
}

unsigned Seeds() {
  const char* seeds = std::getenv("LEDGERCAST_MODEL_SEEDS");
  return seeds == nullptr ? 6 : static_cast<unsigned>(std::atoi(seeds));
}

INSTANTIATE_TEST_SUITE_P(Seed, ModelTest, ::testing::Range(1u, Seeds() + 1));

}  // namespace
}  // namespace ledgercast::testing
