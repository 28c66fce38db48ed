#include "tests/support/ledger_model.h"

#include <algorithm>
#include <set>
#include <utility>

namespace ledgercast::testing {
namespace {

bool TakesPart(const v1::Transaction& t, const std::string& account) {
  return t.from_account() == account || t.to_account() == account;
}

bool MayPost(const ModelCaller& caller, const std::string& from) {
  return caller.admin || caller.subject == from;
}

std::map<std::string, std::string> MapOf(
    const google::protobuf::Map<std::string, std::string>& map) {
  return {map.begin(), map.end()};
}

ModelAnswer Refusal(const std::string& reason) { return {reason, {}, false}; }

}  // namespace

v1::Transaction LedgerModel::Shown(const ModelCaller& caller, v1::Transaction transaction) {
  if (caller.admin) return transaction;
  transaction.clear_hash();
  if (transaction.from_account() != caller.subject) {
    transaction.clear_from_previous();
    transaction.clear_from_balance();
  }
  if (transaction.to_account() != caller.subject) {
    transaction.clear_to_previous();
    transaction.clear_to_balance();
  }
  return transaction;
}

void LedgerModel::Adopt(const v1::Transaction& posted) {
  v1::Transaction& row = rows_[static_cast<size_t>(posted.sequence()) - 1];
  row.set_id(posted.id());
}

std::string LedgerModel::FieldsOf(const v1::CreateTransactionRequest& request) {
  if (request.amount() <= 0 || request.from_account() == request.to_account() ||
      request.from_account().empty() || request.to_account().empty()) {
    return "INVALID_FIELD";
  }
  return "";
}

const v1::Transaction* LedgerModel::Find(const std::string& id) const {
  for (const v1::Transaction& row : rows_) {
    if (!id.empty() && row.id() == id) return &row;
  }
  return nullptr;
}

int64_t LedgerModel::NewestOf(const std::string& account) const {
  int64_t newest = 0;
  for (const v1::Transaction& row : rows_) {
    if (TakesPart(row, account)) newest = row.sequence();
  }
  return newest;
}

int64_t LedgerModel::BalanceAt(const std::string& account, int64_t sequence) const {
  int64_t balance = 0;
  for (const v1::Transaction& row : rows_) {
    if (row.sequence() > sequence) break;
    if (row.from_account() == account) balance -= row.amount();
    if (row.to_account() == account) balance += row.amount();
  }
  return balance;
}

void LedgerModel::SetMinimum(const std::string& account, std::optional<int64_t> minimum) {
  accounts_[account].clear_minimum_balance();
  if (minimum) accounts_[account].set_minimum_balance(*minimum);
}

ModelAnswer LedgerModel::Post(const ModelCaller& caller,
                              const v1::CreateTransactionRequest& request,
                              const std::string& reverses) {
  if (const v1::Transaction* first = Find(request.id())) {
    const bool same =
        callers_[static_cast<size_t>(first->sequence()) - 1] == caller.subject &&
        first->from_account() == request.from_account() &&
        first->to_account() == request.to_account() && first->amount() == request.amount() &&
        first->description() == request.description() && first->reverses() == reverses &&
        MapOf(first->metadata()) == MapOf(request.metadata());
    if (!same) return Refusal("TRANSACTION_EXISTS");
    return {"", Shown(caller, *first), true};
  }
  for (const v1::Transaction& row : rows_) {
    if (!reverses.empty() && row.reverses() == reverses) return Refusal("ALREADY_REVERSED");
  }
  const auto from = accounts_.find(request.from_account());
  const auto to = accounts_.find(request.to_account());
  if (from == accounts_.end() || to == accounts_.end()) return Refusal("ACCOUNT_NOT_FOUND");
  if (from->second.currency() != to->second.currency()) return Refusal("CURRENCY_MISMATCH");
  const auto head = static_cast<int64_t>(rows_.size());
  v1::Transaction row;
  row.set_sequence(head + 1);
  row.set_id(request.id());
  row.set_from_account(request.from_account());
  row.set_to_account(request.to_account());
  row.set_amount(request.amount());
  row.set_currency(from->second.currency());
  row.set_description(request.description());
  *row.mutable_metadata() = request.metadata();
  row.set_reverses(reverses);
  row.set_from_previous(NewestOf(request.from_account()));
  row.set_to_previous(NewestOf(request.to_account()));
  row.set_from_balance(BalanceAt(request.from_account(), head) - request.amount());
  row.set_to_balance(BalanceAt(request.to_account(), head) + request.amount());
  if (from->second.has_minimum_balance() && row.from_balance() < from->second.minimum_balance()) {
    return Refusal("INSUFFICIENT_FUNDS");
  }
  rows_.push_back(row);
  callers_.push_back(caller.subject);
  return {"", Shown(caller, row), false};
}

ModelAnswer LedgerModel::Create(const ModelCaller& caller,
                                const v1::CreateTransactionRequest& request) {
  if (const std::string wrong = FieldsOf(request); !wrong.empty()) return Refusal(wrong);
  if (!MayPost(caller, request.from_account())) return Refusal("NOT_ALLOWED");
  if (!request.validate_only()) return Post(caller, request, "");
  LedgerModel trial = *this;
  ModelAnswer answer = trial.Post(caller, request, "");
  if (!answer.replayed) answer.transaction.clear_sequence();
  return answer;
}

std::vector<ModelAnswer> LedgerModel::Batch(
    const ModelCaller& caller, const std::vector<v1::CreateTransactionRequest>& requests) {
  if (requests.empty()) return {Refusal("INVALID_FIELD")};
  std::set<std::string> ids;
  for (const auto& request : requests) {
    if (request.validate_only() != requests[0].validate_only()) return {Refusal("INVALID_FIELD")};
    if (const std::string wrong = FieldsOf(request); !wrong.empty()) return {Refusal(wrong)};
    if (!MayPost(caller, request.from_account())) return {Refusal("NOT_ALLOWED")};
    if (!request.id().empty() && !ids.insert(request.id()).second) {
      return {Refusal("INVALID_FIELD")};
    }
  }
  LedgerModel trial = *this;
  std::vector<ModelAnswer> answers;
  for (const auto& request : requests) {
    answers.push_back(trial.Post(caller, request, ""));
    if (!answers.back().reason.empty()) return {answers.back()};
  }
  if (!requests[0].validate_only()) {
    *this = trial;
    return answers;
  }
  for (ModelAnswer& answer : answers) {
    // An answer that repeats an earlier transaction keeps its sequence.
    if (answer.transaction.sequence() > static_cast<int64_t>(rows_.size())) {
      answer.transaction.clear_sequence();
    }
  }
  return answers;
}

std::vector<ModelAnswer> LedgerModel::Submit(
    const ModelCaller& caller, const std::vector<v1::CreateTransactionRequest>& requests) {
  std::vector<ModelAnswer> answers;
  for (const auto& request : requests) answers.push_back(Create(caller, request));
  return answers;
}

ModelAnswer LedgerModel::Reverse(const ModelCaller& caller,
                                 const v1::ReverseTransactionRequest& request) {
  if (request.id() == request.reversal_id()) return Refusal("INVALID_FIELD");
  const v1::Transaction* original = Find(request.id());
  if (original == nullptr || !(caller.admin || TakesPart(*original, caller.subject))) {
    return Refusal("TRANSACTION_NOT_FOUND");
  }
  if (!MayPost(caller, original->to_account())) return Refusal("NOT_ALLOWED");
  v1::CreateTransactionRequest opposite;
  opposite.set_id(request.reversal_id());
  opposite.set_from_account(original->to_account());
  opposite.set_to_account(original->from_account());
  opposite.set_amount(original->amount());
  opposite.set_description(request.description());
  if (!request.validate_only()) return Post(caller, opposite, request.id());
  LedgerModel trial = *this;
  ModelAnswer answer = trial.Post(caller, opposite, request.id());
  if (!answer.replayed) answer.transaction.clear_sequence();
  return answer;
}

ModelAnswer LedgerModel::Get(const ModelCaller& caller,
                             const v1::GetTransactionRequest& request) const {
  for (const v1::Transaction& row : rows_) {
    if (row.id() != request.id() && row.sequence() != request.sequence()) continue;
    if (!caller.admin && !TakesPart(row, caller.subject)) break;
    return {"", Shown(caller, row), false};
  }
  return Refusal("TRANSACTION_NOT_FOUND");
}

std::vector<int64_t> LedgerModel::List(const ModelCaller& caller,
                                       const v1::ListTransactionsRequest& request,
                                       int64_t after) const {
  std::vector<v1::Transaction> found;
  for (const v1::Transaction& row : rows_) {
    if (row.sequence() <= after) continue;
    if (!caller.admin && !TakesPart(row, caller.subject)) continue;
    if (!request.account().empty() && !TakesPart(row, request.account())) continue;
    if (!request.from_account().empty() && row.from_account() != request.from_account()) continue;
    if (!request.to_account().empty() && row.to_account() != request.to_account()) continue;
    found.push_back(row);
  }
  if (request.order_by().starts_with("amount")) {
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return std::pair(a.amount(), a.sequence()) < std::pair(b.amount(), b.sequence());
    });
  }
  if (request.order_by().ends_with(" desc")) std::reverse(found.begin(), found.end());
  std::vector<int64_t> sequences;
  for (const v1::Transaction& row : found) sequences.push_back(row.sequence());
  return sequences;
}

std::vector<std::string> LedgerModel::DigestLines(const ModelCaller& caller,
                                                  const std::string& account, int64_t after,
                                                  int64_t until) const {
  std::vector<std::string> lines;
  for (const v1::Transaction& row : rows_) {
    if (row.sequence() <= after || row.sequence() > until) continue;
    if (!caller.admin && !TakesPart(row, caller.subject)) continue;
    if (!account.empty() && !TakesPart(row, account)) continue;
    lines.push_back(std::to_string(row.sequence()) + " " + row.id() + " " + row.from_account() +
                    " " + row.to_account() + " " + std::to_string(row.amount()) + " " +
                    row.currency() + "\n");
  }
  return lines;
}

}  // namespace ledgercast::testing
