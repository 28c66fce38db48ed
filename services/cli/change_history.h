#ifndef SERVICES_CLI_CHANGE_HISTORY_H_
#define SERVICES_CLI_CHANGE_HISTORY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/cli/change_hash.h"
#include "services/cli/problems.h"
#include "services/cli/stored_rows.h"
#include "services/common/auth/strict_json.h"

namespace ledgercast::cli {

inline constexpr char kChangesTable[] = "changes";

// Reads what was recorded about the rows of accounts, currencies, the ledger and the migrations. It
// takes the table `changes` in the order of its key, checks the hash chain of each subject, and
// knows the newest state of each. Keeps one entry per subject, and one for each limit that an
// account has had. Not thread-safe.
class ChangeHistory {
 public:
  struct Subject {
    Change newest;
    // Sequence of the ledger's head when the first change was recorded. Nothing is known about the
    // time before.
    int64_t known_since = 0;
    // Each `minimum_balance` in order, with the sequence after which it holds.
    std::vector<std::pair<int64_t, std::optional<int64_t>>> limits;
    bool was_admin = false;
  };
  using Subjects = std::map<std::string, Subject>;

  // Adds the problems it finds to `problems`, which must outlive it.
  ChangeHistory(std::string ledger, Problems* problems)
      : ledger_(std::move(ledger)), problems_(problems) {}

  // Adds a row of the table. A row that was added before changes nothing.
  void Add(const StoredRow& row);

  // Returns nullptr if nothing is recorded about the subject.
  const Subject* Find(const std::string& table, const std::string& subject) const;
  const Subjects& Of(const std::string& table) const;
  // Returns the newest settings version that was recorded.
  int64_t settings_version() const { return settings_version_; }

 private:
  void Check(const Change& change, const Change& before);
  void Note(const Change& change, Subject* subject);

  const std::string ledger_;
  Problems* const problems_;
  std::map<std::string, Subjects> tables_;
  int64_t settings_version_ = 0;
};

// Returns the state that a change holds; the JSON value is `discarded` if it cannot be parsed.
Json StateOf(const Change& change);

// Returns the columns of `row` that differ from `state`. Columns that `state` does not have go to
// `unknown`.
std::vector<std::string> DifferingColumns(const StoredRow& row, const Json& state,
                                          std::vector<std::string>* unknown);

// Returns the ledger's name, with which every recorded hash begins. It is the recorded name if its
// hash confirms it, otherwise the name in the ledger's row.
absl::StatusOr<std::string> FindLedgerName(const StoredSource& source);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_CHANGE_HISTORY_H_
