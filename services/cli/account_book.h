#ifndef SERVICES_CLI_ACCOUNT_BOOK_H_
#define SERVICES_CLI_ACCOUNT_BOOK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace ledgercast::cli {

// Holds the accounts that transactions name, with what was recorded about them. Keeps one entry per
// account. Not thread-safe.
class AccountBook {
 public:
  struct Account {
    int64_t number = 0;
    std::string name;
    std::string currency;
    // See ChangeHistory::Subject.
    std::vector<std::pair<int64_t, std::optional<int64_t>>> limits;
    int64_t known_since = 0;
    bool was_admin = false;
  };

  // Adds an account. If a number or a name is already there, its first account stays.
  void Add(Account account) {
    const auto [it, is_new] = by_number_.try_emplace(account.number, std::move(account));
    if (is_new) number_of_.try_emplace(it->second.name, it->first);
  }

  // Returns nullptr if there is no such account.
  const Account* Find(int64_t number) const {
    const auto found = by_number_.find(number);
    return found == by_number_.end() ? nullptr : &found->second;
  }
  const Account* Find(const std::string& name) const {
    const auto found = number_of_.find(name);
    return found == number_of_.end() ? nullptr : Find(found->second);
  }
  const absl::flat_hash_map<int64_t, Account>& all() const { return by_number_; }

 private:
  absl::flat_hash_map<int64_t, Account> by_number_;
  absl::flat_hash_map<std::string, int64_t> number_of_;
};

// Returns the limit that held for the transaction `sequence`; nullopt if there was none or it is
// not known.
inline std::optional<int64_t> LimitAt(const AccountBook::Account& account, int64_t sequence) {
  std::optional<int64_t> limit;
  for (const auto& [since, minimum] : account.limits) {
    if (since >= sequence) break;
    limit = minimum;
  }
  return limit;
}

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_ACCOUNT_BOOK_H_
