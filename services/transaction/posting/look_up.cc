#include "services/transaction/posting/look_up.h"

#include <utility>

#include "absl/container/flat_hash_set.h"

namespace ledgercast {

std::vector<std::string> AccountsOf(const std::vector<const PostingUnit*>& units) {
  absl::flat_hash_set<std::string> names;
  for (const PostingUnit* unit : units) {
    for (const Posting& posting : *unit) {
      names.insert(posting.request.from_account());
      names.insert(posting.request.to_account());
    }
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> IdsToFind(const std::vector<PostingItem>& batch) {
  std::vector<std::string> ids;
  for (const PostingItem& item : batch) {
    if (!item.chosen_ids) continue;
    for (const Posting& posting : item.unit) ids.push_back(posting.request.id());
  }
  return ids;
}

absl::StatusOr<KnownEntries> LookUp(const std::vector<const PostingUnit*>& units,
                                    std::vector<std::string> known_ids, PostingSession* session) {
  std::vector<std::string> ids = std::move(known_ids);
  std::vector<std::string> reversed;
  for (const PostingUnit* unit : units) {
    for (const Posting& posting : *unit) {
      if (!posting.reverses.empty()) reversed.push_back(posting.reverses);
    }
  }
  ids.insert(ids.end(), reversed.begin(), reversed.end());
  KnownEntries known;
  if (!ids.empty()) {
    auto found = session->FindByIds(ids);
    if (!found.ok()) return found.status();
    for (LedgerEntry& entry : *found) {
      known.by_id.emplace(entry.transaction.id(), std::move(entry));
    }
  }
  if (!reversed.empty()) {
    const auto found = session->FindReversals(reversed);
    if (!found.ok()) return found.status();
    known.reversed_by.insert(found->begin(), found->end());
  }
  return known;
}

}  // namespace ledgercast
