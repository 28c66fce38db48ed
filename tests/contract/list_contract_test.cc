// ListTransactions of the contract: every order and filter against sorting by hand.

#include <algorithm>

#include "tests/contract/store_contract.h"

namespace ledgercast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::pair<int64_t, int64_t> KeyOf(const v1::Transaction& transaction) {
  return {transaction.amount(), transaction.sequence()};
}

// What a list must hold, found the slow way.
std::vector<int64_t> Expected(std::vector<v1::Transaction> all, const TransactionQuery& query) {
  std::erase_if(all, [&](const v1::Transaction& transaction) {
    const auto takes_part = [&](const std::string& name) {
      return transaction.from_account() == name || transaction.to_account() == name;
    };
    return transaction.sequence() <= query.after_sequence ||
           (!query.from_account.empty() && transaction.from_account() != query.from_account) ||
           (!query.to_account.empty() && transaction.to_account() != query.to_account) ||
           (!query.account.empty() && !takes_part(query.account)) ||
           !query.visible.Matches(transaction);
  });
  if (query.order == OrderKey::kAmount) {
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return KeyOf(a) < KeyOf(b); });
  }
  if (query.descending) std::reverse(all.begin(), all.end());
  return SequencesOf(all);
}

std::string Described(const TransactionQuery& query) {
  std::string text = "order " + std::to_string(static_cast<int>(query.order)) +
                     (query.descending ? " desc" : " asc") + " from '" + query.from_account +
                     "' to '" + query.to_account + "' after " +
                     std::to_string(query.after_sequence);
  text += " of '" + query.account + (query.visible.all ? "' for all" : "' for");
  for (const std::string& name : query.visible.accounts) text += " " + name;
  return text;
}

class ListContract : public StoreContract {
 protected:
  std::vector<int64_t> ReadInPages(TransactionQuery query, int64_t page_size) {
    std::vector<int64_t> sequences;
    query.max_transactions = page_size;
    for (int pages = 0; pages < 100; ++pages) {
      const auto page = store().ListTransactions(query);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok() || page->transactions.empty()) break;
      EXPECT_LE(page->transactions.size(), static_cast<size_t>(page_size));
      EXPECT_EQ(page->looked_until, std::nullopt);
      for (const auto& transaction : page->transactions) {
        sequences.push_back(transaction.sequence());
      }
      query.resume_after = KeyOf(page->transactions.back());
    }
    return sequences;
  }
};

TEST_P(ListContract, EveryOrderAndFilterPagesThroughExactlyItsTransactions) {
  const auto all = PostSome();
  const std::pair<std::string, AccountFilter> askers[] = {
      {"", AccountFilter::All()},
      {"bob", AccountFilter::All()},
      {"nobody", AccountFilter::All()},
      {"", AccountFilter::Of({"alice"})},
      {"", AccountFilter::Of({"alice", "bob", "nobody"})},
      {"", AccountFilter::Of({"nobody"})},
      {"", AccountFilter()},
      {"carol", AccountFilter::Of({"bob"})},
      {"carol", AccountFilter::Of({"alice", "bob"})},
      {"dora", AccountFilter::Of({"dora"})},
      {"alice", AccountFilter::Of({"nobody"})},
  };
  for (const OrderKey order : {OrderKey::kSequence, OrderKey::kAmount, OrderKey::kCreateTime}) {
    for (const bool descending : {false, true}) {
      for (const auto& [account, visible] : askers) {
        for (const char* from : {"", "alice", "nobody"}) {
          for (const char* to : {"", "carol"}) {
            TransactionQuery query;
            query.account = account;
            query.visible = visible;
            query.from_account = from;
            query.to_account = to;
            query.order = order;
            query.descending = descending;
            query.after_sequence = visible.all ? 3 : 0;
            EXPECT_EQ(ReadInPages(query, 3), Expected(all, query)) << Described(query);
          }
        }
      }
    }
  }
}

TEST_P(ListContract, AListHoldsWholeTransactions) {
  const auto all = PostSome();
  TransactionQuery query;
  query.account = "bob";
  query.max_transactions = 1;
  EXPECT_EQ(store().ListTransactions(query)->transactions.front().DebugString(),
            all[0].DebugString());
}

TEST_P(ListContract, NamesAreValuesAndNeverPartOfAQuery) {
  PostSome();
  for (const char* name : {"'", "' OR true --", "\"", "\\", "$1", "{}"}) {
    for (int field = 0; field < 4; ++field) {
      TransactionQuery query;
      if (field == 0) query.account = name;
      if (field == 3) query.visible = AccountFilter::Of({name});
      if (field == 1) query.from_account = name;
      if (field == 2) query.to_account = name;
      const auto found = store().ListTransactions(query);
      ASSERT_TRUE(found.ok()) << found.status();
      EXPECT_THAT(found->transactions, IsEmpty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, ListContract, ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace ledgercast::testing
