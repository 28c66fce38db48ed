#include <algorithm>
#include <utility>

#include "services/transaction/postgres/list_query.h"

namespace ledgercast::postgres {
namespace {

using Names = std::vector<std::string>;
using Side = std::optional<Names>;

Side Intersection(const Side& one, const Side& other) {
  if (!one) return other;
  if (!other) return one;
  Names both;
  for (const std::string& name : *one) {
    if (std::find(other->begin(), other->end(), name) != other->end()) both.push_back(name);
  }
  return both;
}

// Returns whether a transaction can match. An account never sends to itself.
bool CanMatch(const ListBranch& branch) {
  if (branch.from && branch.from->empty()) return false;
  if (branch.to && branch.to->empty()) return false;
  return !branch.from || !branch.to || branch.from->size() > 1 || *branch.from != *branch.to;
}

bool Holds(const Side& one, const Side& other) {
  if (!one) return true;
  return other && std::all_of(other->begin(), other->end(), [&one](const std::string& name) {
           return std::find(one->begin(), one->end(), name) != one->end();
         });
}

bool Holds(const ListBranch& one, const ListBranch& other) {
  return Holds(one.from, other.from) && Holds(one.to, other.to);
}

void Add(ListBranch branch, std::vector<ListBranch>* branches) {
  if (!CanMatch(branch)) return;
  for (const ListBranch& other : *branches) {
    if (Holds(other, branch)) return;
  }
  std::erase_if(*branches, [&branch](const ListBranch& other) { return Holds(branch, other); });
  branches->push_back(std::move(branch));
}

// Returns the parts of `branches` in which an account of `names` takes part.
std::vector<ListBranch> WithPart(const std::vector<ListBranch>& branches, const Names& names) {
  std::vector<ListBranch> result;
  for (const ListBranch& branch : branches) {
    Add({Intersection(branch.from, names), branch.to}, &result);
    Add({branch.from, Intersection(branch.to, names)}, &result);
  }
  return result;
}

}  // namespace

std::vector<ListBranch> BranchesOf(const TransactionQuery& query) {
  ListBranch asked;
  if (!query.from_account.empty()) asked.from = Names{query.from_account};
  if (!query.to_account.empty()) asked.to = Names{query.to_account};
  std::vector<ListBranch> branches;
  Add(std::move(asked), &branches);
  if (!query.account.empty()) branches = WithPart(branches, {query.account});
  if (!query.visible.all) branches = WithPart(branches, query.visible.accounts);
  return branches;
}

}  // namespace ledgercast::postgres
