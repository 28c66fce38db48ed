#include "services/common/ledger/log_waiters.h"

#include <utility>

namespace ledgercast {

LogWaiters::Id LogWaiters::Add(const AccountFilter& filter, Wake wake) {
  const Id id = ++last_id_;
  if (filter.all) {
    for_all_.insert(id);
  } else {
    for (const std::string& account : filter.accounts) for_account_[account].push_back(id);
  }
  waiters_.emplace(id, Waiter{filter, std::move(wake)});
  return id;
}

void LogWaiters::Take(Id id, std::vector<Wake>* wakes) {
  const auto it = waiters_.find(id);
  if (it == waiters_.end()) return;
  wakes->push_back(std::move(it->second.wake));
  for_all_.erase(id);
  for (const std::string& account : it->second.filter.accounts) {
    const auto waiting = for_account_.find(account);
    if (waiting == for_account_.end()) continue;
    std::erase(waiting->second, id);
    if (waiting->second.empty()) for_account_.erase(waiting);
  }
  waiters_.erase(it);
}

void LogWaiters::TakeConcerned(const v1::Transaction& transaction, std::vector<Wake>* wakes) {
  std::vector<Id> concerned(for_all_.begin(), for_all_.end());
  for (const std::string* account : {&transaction.from_account(), &transaction.to_account()}) {
    const auto waiting = for_account_.find(*account);
    if (waiting == for_account_.end()) continue;
    concerned.insert(concerned.end(), waiting->second.begin(), waiting->second.end());
  }
  // A waiter for both accounts is in the list twice; the second Take() does nothing.
  for (const Id id : concerned) Take(id, wakes);
}

void LogWaiters::TakeAll(std::vector<Wake>* wakes) {
  for (auto& [id, waiter] : waiters_) wakes->push_back(std::move(waiter.wake));
  waiters_.clear();
  for_all_.clear();
  for_account_.clear();
}

}  // namespace ledgercast
