#ifndef TESTS_SUPPORT_CLI_AUDIT_FIXTURE_H_
#define TESTS_SUPPORT_CLI_AUDIT_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/cli/audit.h"
#include "tests/support/ledger_maker.h"

namespace ledgercast::cli {

using ledgercast::testing::LedgerMaker;
using History = std::vector<v1::Transaction>;

// Holds a small ledger in memory that tests change and audit.
class AuditTest : public ::testing::Test {
 protected:
  AuditTest() {
    settings_.ledger = LedgerMaker::kLedger;
    int64_t number = 0;
    for (const char* name : {"bank", "ann", "bob", "cid", "admin"}) {
      settings_.accounts.Add({++number, name, "PTS", {}, 0, std::string_view(name) == "admin"});
    }
    LedgerMaker ledger;
    ledger.Add("bank", "ann", 100);
    ledger.Add("bank", "bob", 50);
    ledger.Add("ann", "bob", 30, "Lunch");
    ledger.Add("bob", "ann", 30);
    ledger.Add("bob", "cid", 20);
    history_ = ledger.all();
    history_[3].set_reverses(history_[2].id());
    Rehash(3);
  }

  // Makes the hashes from `index` on right again, as somebody could who can write everything.
  void Rehash(size_t index) {
    Hash hash = GenesisHash(LedgerMaker::kLedger);
    if (index > 0) HashFromHex(history_[index - 1].hash(), &hash);
    for (; index < history_.size(); ++index) {
      hash = ChainHash(hash, history_[index]);
      history_[index].set_hash(HashToHex(hash));
    }
  }

  Audit Run() {
    const auto find = [this](const std::string& id) -> absl::StatusOr<v1::Transaction> {
      for (const auto& transaction : history_) {
        if (transaction.id() == id) return transaction;
      }
      return absl::NotFoundError(id);
    };
    problems_ = std::make_unique<Problems>(100);
    Audit audit(&settings_, find, problems_.get(), options_);
    for (const auto& transaction : history_) {
      const std::string& caller = callers_[transaction.sequence()];
      EXPECT_TRUE(audit.Add({transaction, caller.empty() ? "admin" : caller, {}}).ok());
    }
    audit.Finish();
    return audit;
  }

  // Returns "sequence check column,column" for every problem.
  static std::vector<std::string> Found(const Audit& audit) {
    std::vector<std::string> found;
    for (const Problem& problem : audit.problems()->kept()) {
      std::string columns;
      for (const std::string& column : problem.columns) {
        columns += (columns.empty() ? " " : ",") + column;
      }
      found.push_back(std::to_string(problem.sequence) + " " + problem.check + columns);
    }
    return found;
  }

  AuditedSettings settings_;
  Audit::Options options_;
  std::map<int64_t, std::string> callers_;
  std::unique_ptr<Problems> problems_;
  History history_;
};

}  // namespace ledgercast::cli

#endif  // TESTS_SUPPORT_CLI_AUDIT_FIXTURE_H_
