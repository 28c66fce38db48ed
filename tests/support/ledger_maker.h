#ifndef TESTS_SUPPORT_LEDGER_MAKER_H_
#define TESTS_SUPPORT_LEDGER_MAKER_H_

#include <map>
#include <string>
#include <vector>

#include "services/common/ledger/cursor.h"
#include "services/common/ledger/hash_chain.h"
#include "services/common/ledger/visibility.h"

namespace ledgercast::testing {

// Makes a ledger of valid transactions in memory: without gaps, chained by account and by hash,
// with balances. Tests compare readers' records with it.
class LedgerMaker {
 public:
  static constexpr char kLedger[] = "0123456789abcdef";

  LedgerMaker() : hash_(GenesisHash(kLedger)) { positions_.push_back({0, CheckOf(hash_)}); }

  v1::Transaction Add(const std::string& from, const std::string& to, int64_t amount = 1,
                      const std::string& description = "") {
    v1::Transaction transaction;
    const int64_t sequence = static_cast<int64_t>(all_.size()) + 1;
    transaction.set_sequence(sequence);
    transaction.set_id("00000000-0000-7000-8000-" + Padded(sequence));
    transaction.set_from_account(from);
    transaction.set_to_account(to);
    transaction.set_amount(amount);
    transaction.set_currency("PTS");
    transaction.set_description(description);
    transaction.set_from_previous(newest_[from]);
    transaction.set_to_previous(newest_[to]);
    newest_[from] = newest_[to] = sequence;
    transaction.set_from_balance(balances_[from] -= amount);
    transaction.set_to_balance(balances_[to] += amount);
    hash_ = ChainHash(hash_, transaction);
    transaction.set_hash(HashToHex(hash_));
    positions_.push_back({sequence, CheckOf(hash_)});
    all_.push_back(transaction);
    return transaction;
  }

  const std::vector<v1::Transaction>& all() const { return all_; }
  Position PositionAt(int64_t sequence) const { return positions_[static_cast<size_t>(sequence)]; }
  Position head() const { return positions_.back(); }

  std::vector<int64_t> SequencesAfter(int64_t after, const AccountFilter& filter) const {
    std::vector<int64_t> sequences;
    for (const v1::Transaction& transaction : all_) {
      if (transaction.sequence() > after && filter.Matches(transaction)) {
        sequences.push_back(transaction.sequence());
      }
    }
    return sequences;
  }

 private:
  static std::string Padded(int64_t sequence) {
    std::string digits = std::to_string(sequence);
    return std::string(12 - digits.size(), '0') + digits;
  }

  Hash hash_;
  std::vector<v1::Transaction> all_;
  std::vector<Position> positions_;
  std::map<std::string, int64_t> newest_;
  std::map<std::string, int64_t> balances_;
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_LEDGER_MAKER_H_
