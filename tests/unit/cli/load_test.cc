#include "services/cli/load_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "services/cli/load_file.h"
#include "services/common/base/errors.h"
#include "services/common/base/program.h"
#include "services/common/base/rpc_status.h"

namespace ledgercast::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A service in this process that posts what it is sent once an id, refuses transfers of
// 13, and is too busy for each transfer of 99 the first time.
class LoadTest : public ::testing::Test {
 protected:
  LoadTest() {
    std::string pattern = ::testing::TempDir() + "cli_load_test.XXXXXX";
    folder_ = mkdtemp(pattern.data());
    options_.max_batch_transactions = 10;
    options_.give_up_after = absl::Seconds(30);
    options_.tick = absl::Milliseconds(1);
  }

  absl::StatusOr<v1::SubmitTransactionsResponse> Submit(
      const v1::SubmitTransactionsRequest& request) {
    absl::MutexLock lock(&mu_);
    if (++calls_ > calls_until_broken_) return broken_;
    v1::SubmitTransactionsResponse response;
    for (const auto& transfer : request.requests()) {
      *response.add_results() = Post(transfer);
    }
    return response;
  }

  v1::SubmitResult Post(const v1::CreateTransactionRequest& transfer) {
    v1::SubmitResult result;
    if (transfer.amount() == 13) {
      *result.mutable_error() = ToStatusProto(MakeError(
          absl::StatusCode::kFailedPrecondition, reason::kInsufficientFunds, "not, \"enough\""));
    } else if (transfer.amount() == 99 && busy_for_.insert(transfer.id()).second) {
      *result.mutable_error() = ToStatusProto(
          MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy, "too busy"));
    } else {
      result.set_replayed(!posted_.emplace(transfer.id(), transfer.amount()).second);
      result.mutable_transaction()->set_id(transfer.id());
    }
    return result;
  }

  // Rows 1 to `rows`, whose amounts are `special` or 1.
  static std::string Csv(int rows, const std::map<int, int>& special = {}) {
    std::string csv = "from_account,to_account,amount\n";
    for (int row = 1; row <= rows; ++row) {
      const auto found = special.find(row);
      csv += "ann,bob," + std::to_string(found == special.end() ? 1 : found->second) + "\n";
    }
    return csv;
  }

  std::string RejectedPath() const { return folder_ + "/rejected.csv"; }

  absl::Status Run(const std::string& csv, int64_t acknowledged_rows = 0) {
    std::istringstream input(csv);
    const auto reader = TransferReader::Open(&input, "run");
    RejectedFile rejected(RejectedPath());
    absl::Status status = rejected.Resume(acknowledged_rows);
    LoadRun run(options_,
                {.reader = reader->get(),
                 .rejected = &rejected,
                 .submit = [this](const auto& request) { return Submit(request); },
                 .status_of =
                     [](const google::rpc::Status& item) {
                       return FromGrpcStatus({static_cast<grpc::StatusCode>(item.code()),
                                              item.message(), item.SerializeAsString()});
                     },
                 .keep_state =
                     [this](int64_t rows) {
                       kept_.push_back(rows);
                       return absl::OkStatus();
                     },
                 .on_progress = [](const LoadTotals&) {}},
                acknowledged_rows);
    status.Update(run.Run());
    totals_ = run.totals();
    rejected_rows_ = rejected.rows();
    return status;
  }

  std::string folder_;
  LoadRun::Options options_;
  absl::Mutex mu_;
  int calls_ = 0;
  int calls_until_broken_ = 1'000'000;
  absl::Status broken_;
  std::set<std::string> busy_for_;
  std::map<std::string, int64_t> posted_;
  std::vector<int64_t> kept_;
  LoadTotals totals_;
  int64_t rejected_rows_ = 0;
};

TEST_F(LoadTest, EveryRowIsPostedOnce) {
  ASSERT_TRUE(Run(Csv(95)).ok());
  EXPECT_EQ(posted_.size(), 95u);
  EXPECT_EQ(totals_.posted, 95);
  EXPECT_EQ(totals_.replayed, 0);
  EXPECT_EQ(calls_, 10);
  EXPECT_EQ(kept_.back(), 95);
}

TEST_F(LoadTest, RunAgainItPostsNothingTwice) {
  ASSERT_TRUE(Run(Csv(30)).ok());
  ASSERT_TRUE(Run(Csv(30)).ok());
  EXPECT_EQ(posted_.size(), 30u);
  EXPECT_EQ(totals_.replayed, 30);
}

TEST_F(LoadTest, RowsThatWereAnsweredAreNotSentAgain) {
  ASSERT_TRUE(Run(Csv(30), 25).ok());
  EXPECT_EQ(posted_.size(), 5u);
  EXPECT_EQ(totals_.skipped, 25);
  EXPECT_EQ(totals_.done(), 30);
}

TEST_F(LoadTest, WhatTheServiceIsTooBusyForIsTriedAgain) {
  ASSERT_TRUE(Run(Csv(30, {{3, 99}, {17, 99}})).ok());
  EXPECT_EQ(posted_.size(), 30u);
  EXPECT_EQ(totals_.posted, 30);
}

TEST_F(LoadTest, RefusedRowsAreWrittenDownWithTheReasonAndCanBeLoadedAgain) {
  ASSERT_TRUE(Run(Csv(30, {{3, 13}, {17, 13}})).ok());
  EXPECT_EQ(totals_.posted, 28);
  EXPECT_EQ(totals_.rejected, 2);
  const std::string rejected = *ReadFile(RejectedPath(), 1 << 20);
  EXPECT_THAT(rejected, HasSubstr("3,INSUFFICIENT_FUNDS,\"not, \"\"enough\"\"\","));
  const auto check = CheckTransferFile(RejectedPath(), "", 5);
  EXPECT_EQ(check->rows, 2);
  EXPECT_EQ(check->bad_rows, 0);
}

TEST_F(LoadTest, AServiceThatIsAwayTooLongEndsItWithTheStateKept) {
  options_.max_batches_in_flight = 1;
  options_.give_up_after = absl::ZeroDuration();
  calls_until_broken_ = 2;
  broken_ = absl::UnavailableError("away");
  EXPECT_TRUE(absl::IsUnavailable(Run(Csv(95))));
  EXPECT_EQ(kept_.back(), 20);
  calls_until_broken_ = 1'000'000;
  ASSERT_TRUE(Run(Csv(95), 20).ok());
  EXPECT_EQ(posted_.size(), 95u);
  EXPECT_EQ(totals_.replayed, 0);
}

TEST_F(LoadTest, ARefusedRequestEndsIt) {
  calls_until_broken_ = 0;
  broken_ = absl::PermissionDeniedError("no");
  EXPECT_TRUE(absl::IsPermissionDenied(Run(Csv(95))));
  EXPECT_TRUE(kept_.empty());
}

TEST_F(LoadTest, ABadLineEndsItAfterWhatCameBefore) {
  EXPECT_TRUE(absl::IsInvalidArgument(Run(Csv(15) + "ann,bob,x\n" + "ann,bob,1\n")));
  EXPECT_EQ(posted_.size(), 15u);
  EXPECT_EQ(kept_.back(), 15);
}

TEST_F(LoadTest, ARunThatGoesOnKeepsTheRejectedRowsThatCount) {
  std::ofstream(RejectedPath()) << "row,reason,message,id,from_account,to_account,amount,"
                                   "description,metadata\n"
                                   "2,WHY,,an id,ann,bob,13,,\n"
                                   "9,WHY,,an id,ann,bob,13,,\n"
                                   "10,WHY,\"cut of";
  ASSERT_TRUE(Run(Csv(12, {{2, 13}, {9, 13}, {10, 13}}), 5).ok());
  EXPECT_EQ(rejected_rows_, 3);
  const std::string rejected = *ReadFile(RejectedPath(), 1 << 20);
  EXPECT_THAT(rejected, HasSubstr("\n2,WHY,"));
  EXPECT_THAT(rejected, HasSubstr("\n9,INSUFFICIENT_FUNDS,"));
  EXPECT_THAT(rejected, HasSubstr("\n10,INSUFFICIENT_FUNDS,"));
  EXPECT_THAT(rejected, Not(HasSubstr("\n9,WHY,")));
}

TEST_F(LoadTest, ARunFromTheStartLeavesNoOldRejectedRows) {
  std::ofstream(RejectedPath())
      << "row,reason,message,id,from_account,to_account,amount,description,"
         "metadata\n";
  ASSERT_TRUE(Run(Csv(3)).ok());
  EXPECT_TRUE(absl::IsNotFound(ReadFile(RejectedPath(), 1 << 20).status()));
}

TEST(AnsweredRowsTest, HolesHoldBackWhatIsBehindThem) {
  AnsweredRows rows(10);
  rows.Add(21, 30);
  EXPECT_EQ(rows.up_to(), 10);
  rows.Add(11, 15);
  EXPECT_EQ(rows.up_to(), 15);
  rows.Add(16, 20);
  EXPECT_EQ(rows.up_to(), 30);
}

TEST(LoadStateTest, IsReadBackAndDamageIsNone) {
  const std::string path = ::testing::TempDir() + "cli_load_state";
  ASSERT_TRUE(WriteLoadState(path, {"print", "name", "cursor", 7}).ok());
  const auto state = ReadLoadState(path);
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->fingerprint, "print");
  EXPECT_EQ(state->name, "name");
  EXPECT_EQ(state->head, "cursor");
  EXPECT_EQ(state->acknowledged_rows, 7);
  std::ofstream(path) << "{\"fingerprint\":";
  EXPECT_FALSE(ReadLoadState(path).has_value());
  EXPECT_FALSE(ReadLoadState(path + ".missing").has_value());
}

TEST(LoadStateTest, TheSameFileGoesOnAndAChangedOneIsNotPostedTwice) {
  const LoadState before = {"print", "print", "old head", 7};
  EXPECT_EQ(Resumed({"print", "print", "head", 0}, before, false)->acknowledged_rows, 7);
  EXPECT_EQ(Resumed({"print", "print", "head", 0}, before, false)->head, "head");
  EXPECT_THAT(
      std::string(MessageOf(Resumed({"other", "other", "head", 0}, before, false).status())),
      HasSubstr("this file was changed since it was loaded"));
  EXPECT_EQ(Resumed({"other", "june", "head", 0}, before, true)->acknowledged_rows, 0);
}

TEST(LoadStateTest, ANamedRunGoesOnUnderItsNameOnly) {
  const LoadState before = {"print", "june", "old head", 7};
  EXPECT_EQ(Resumed({"print", "june", "head", 0}, before, true)->acknowledged_rows, 7);
  EXPECT_EQ(Resumed({"other", "june", "head", 0}, before, true)->acknowledged_rows, 0);
  EXPECT_EQ(Resumed({"print", "july", "head", 0}, before, true)->acknowledged_rows, 0);
  EXPECT_THAT(
      std::string(MessageOf(Resumed({"print", "print", "head", 0}, before, false).status())),
      HasSubstr("was loaded with --run june"));
}

}  // namespace
}  // namespace ledgercast::cli
