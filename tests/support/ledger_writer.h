#ifndef TESTS_SUPPORT_LEDGER_WRITER_H_
#define TESTS_SUPPORT_LEDGER_WRITER_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/transaction/posting/decide.h"
#include "services/transaction/posting/uuid.h"
#include "services/transaction/store.h"

namespace ledgercast::testing {

inline Posting Transfer(const std::string& from, const std::string& to, int64_t amount) {
  Posting posting;
  posting.request.set_id(MakeUuidV7(absl::Now()));
  posting.request.set_from_account(from);
  posting.request.set_to_account(to);
  posting.request.set_amount(amount);
  posting.caller = from;
  return posting;
}

inline v1::Account AccountOf(const std::string& name,
                             std::optional<int64_t> minimum = std::nullopt) {
  v1::Account account;
  account.set_name(name);
  account.set_currency("PTS");
  if (minimum) account.set_minimum_balance(*minimum);
  return account;
}

// Holds the decisions about transfers, each decided as a unit of its own.
struct DecidedEach {
  std::vector<absl::StatusOr<Posted>> outcomes;
  std::vector<LedgerEntry> entries;
  Head head;
};

inline DecidedEach DecideEach(const std::vector<Posting>& postings, const KnownEntries& known,
                              const Head& head, absl::Time now, AccountStates* accounts) {
  std::vector<PostingUnit> units;
  for (const Posting& posting : postings) units.push_back({posting});
  std::vector<const PostingUnit*> pointers;
  for (const PostingUnit& unit : units) pointers.push_back(&unit);
  Decisions decisions = Decide(pointers, known, head, now, accounts);
  DecidedEach each{{}, std::move(decisions.entries), std::move(decisions.head)};
  for (const auto& outcome : decisions.outcomes) {
    if (outcome.ok()) {
      each.outcomes.emplace_back(outcome->front());
    } else {
      each.outcomes.emplace_back(outcome.status());
    }
  }
  return each;
}

// Holds a session with its lock and its decisions. The next step is Commit() or Release().
struct Prepared {
  std::unique_ptr<PostingSession> session;
  DecidedEach decisions;
};

inline Prepared Prepare(const PostingSessionFactory& sessions, const std::vector<Posting>& postings,
                        const KnownEntries& known = {}) {
  Prepared prepared;
  auto session = sessions();
  EXPECT_TRUE(session.ok()) << session.status();
  prepared.session = *std::move(session);
  FenceQuery query;
  std::vector<std::string>& names = query.accounts;
  for (const Posting& posting : postings) {
    names.push_back(posting.request.from_account());
    names.push_back(posting.request.to_account());
  }
  const auto fenced = prepared.session->Fence(query);
  EXPECT_TRUE(fenced.ok()) << fenced.status();
  AccountStates accounts;
  for (const NamedAccountState& account : fenced->accounts) accounts[account.name] = account.state;
  prepared.decisions = DecideEach(postings, known, fenced->head, fenced->head.read_time, &accounts);
  return prepared;
}

// Posts all of them in one batch and returns the posted transactions.
inline std::vector<v1::Transaction> Write(const PostingSessionFactory& sessions,
                                          const std::vector<Posting>& postings) {
  Prepared prepared = Prepare(sessions, postings);
  EXPECT_EQ(prepared.decisions.entries.size(), postings.size());
  const absl::Status committed =
      prepared.session->Commit(prepared.decisions.entries, prepared.decisions.head);
  EXPECT_TRUE(committed.ok()) << committed;
  std::vector<v1::Transaction> transactions;
  for (const LedgerEntry& entry : prepared.decisions.entries) {
    transactions.push_back(entry.transaction);
  }
  return transactions;
}

inline std::vector<int64_t> SequencesOf(const std::vector<v1::Transaction>& transactions) {
  std::vector<int64_t> sequences;
  for (const auto& transaction : transactions) sequences.push_back(transaction.sequence());
  return sequences;
}

inline Position PositionOf(const v1::Transaction& transaction) {
  return {transaction.sequence(), CheckOfHex(transaction.hash())};
}

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_LEDGER_WRITER_H_
