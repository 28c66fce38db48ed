#ifndef SERVICES_CLI_PROBLEMS_H_
#define SERVICES_CLI_PROBLEMS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ledgercast::cli {

// Describes one thing about a ledger that is not as it must be.
struct Problem {
  // The table and the primary key of the row. Both are empty if the problem is in an answer of the
  // service.
  std::string table;
  std::string row;
  // The columns that disagree or, if that cannot be told, the columns that may have been changed.
  std::vector<std::string> columns;
  // Sequence and id of the transaction; 0 and "" if the row is no transaction.
  int64_t sequence = 0;
  std::string id;
  // Names what the row disagrees with: sequence, hash, chain, balance, limit, currency, time,
  // reversal, caller, content, record, sum, cursor, digest, account or service.
  std::string check;
  std::string message;
};

// Counts all problems and keeps the first ones. Not thread-safe.
class Problems {
 public:
  explicit Problems(size_t max_kept) : max_kept_(max_kept) {}

  void Add(Problem problem) {
    ++count_;
    if (kept_.size() < max_kept_) kept_.push_back(std::move(problem));
  }
  // Adds a problem that belongs to no row.
  void Add(std::string check, std::string message) {
    Add({"", "", {}, 0, "", std::move(check), std::move(message)});
  }

  int64_t count() const { return count_; }
  const std::vector<Problem>& kept() const { return kept_; }

 private:
  const size_t max_kept_;
  int64_t count_ = 0;
  std::vector<Problem> kept_;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_PROBLEMS_H_
