#ifndef TESTS_CONTRACT_STORE_CONTRACT_H_
#define TESTS_CONTRACT_STORE_CONTRACT_H_

// What store.h promises, as one suite that runs against every implementation: the one in
// memory that unit tests rely on, and PostgreSQL.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/common/base/errors.h"
#include "services/transaction/store.h"
#include "tests/support/ledger_writer.h"

namespace ledgercast::testing {

// One empty ledger.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual Store* store() = 0;
  virtual PostingSessionFactory sessions() = 0;
};

struct BackendMaker {
  const char* name;
  std::function<std::unique_ptr<Backend>()> make;
};

std::vector<BackendMaker> AllBackends();

inline std::string BackendName(const ::testing::TestParamInfo<BackendMaker>& param) {
  return param.param.name;
}

class StoreContract : public ::testing::TestWithParam<BackendMaker> {
 protected:
  StoreContract() {
    for (const char* name : {"alice", "bob", "carol", "dora"}) Open(AccountOf(name));
  }

  void Open(const v1::Account& account) {
    const auto created = store().CreateAccount(account, "");
    ASSERT_TRUE(created.ok()) << created.status();
  }

  Store& store() { return *backend_->store(); }

  std::vector<v1::Transaction> Post(const std::vector<Posting>& postings) {
    return Write(backend_->sessions(), postings);
  }

  // Sixteen transfers in batches of four: alice to bob, bob to carol, carol to alice, alice
  // to carol, over and over, some of them of the same amount.
  std::vector<v1::Transaction> PostSome() {
    const std::vector<std::pair<const char*, const char*>> ways = {
        {"alice", "bob"}, {"bob", "carol"}, {"carol", "alice"}, {"alice", "carol"}};
    std::vector<v1::Transaction> all;
    for (int64_t batch = 0; batch < 4; ++batch) {
      std::vector<Posting> postings;
      for (const auto& [from, to] : ways) {
        const auto number = static_cast<int64_t>(all.size() + postings.size()) + 1;
        postings.push_back(Transfer(from, to, number * 7 % 10 + 1));
      }
      const auto posted = Post(postings);
      all.insert(all.end(), posted.begin(), posted.end());
    }
    return all;
  }

  Position Start() {
    const auto position = store().PositionAt(0);
    EXPECT_TRUE(position.ok());
    return *position;
  }

  const std::unique_ptr<Backend> backend_ = GetParam().make();
};

inline std::string ReasonIn(const absl::Status& status) { return GetErrorInfo(status).reason(); }

}  // namespace ledgercast::testing

#endif  // TESTS_CONTRACT_STORE_CONTRACT_H_
