#ifndef TESTS_SUPPORT_RANDOM_LOG_H_
#define TESTS_SUPPORT_RANDOM_LOG_H_

// Makes small logs with random transfers, for tests of the transaction log.

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "services/common/ledger/transaction_log.h"
#include "tests/support/ledger_maker.h"

namespace ledgercast::testing {

inline TransactionLog::Options SmallLog(int64_t capacity = 32, int64_t chunk = 4) {
  TransactionLog::Options options;
  options.capacity_transactions = capacity;
  options.chunk_transactions = chunk;
  return options;
}

inline std::vector<int64_t> SequencesOf(const TransactionLog::Page& page) {
  std::vector<int64_t> sequences;
  for (const v1::Transaction* transaction : page.transactions) {
    sequences.push_back(transaction->sequence());
  }
  return sequences;
}

inline std::string AccountName(int number) { return "user" + std::to_string(number); }

// Appends `count` random transfers to ledger and log, in batches.
inline void AppendRandom(int count, int accounts, std::mt19937* random, LedgerMaker* ledger,
                         TransactionLog* log) {
  std::vector<v1::Transaction> batch;
  for (int i = 0; i < count; ++i) {
    const int from = static_cast<int>((*random)() % static_cast<unsigned>(accounts));
    const int step = 1 + static_cast<int>((*random)() % static_cast<unsigned>(accounts - 1));
    batch.push_back(ledger->Add(AccountName(from), AccountName((from + step) % accounts)));
  }
  ASSERT_EQ(log->Append(std::move(batch)), TransactionLog::AppendResult::kAppended);
}

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_RANDOM_LOG_H_
