#include "services/transaction/postgres/list_query.h"

#include "services/transaction/postgres/rows.h"

namespace ledgercast::postgres {
namespace {

class Builder {
 public:
  explicit Builder(const TransactionQuery& query) : query_(query) {}

  Statement Build() {
    const std::string order = Order();
    const std::string common = Conditions();
    const std::string limit = Bind(std::to_string(query_.max_transactions));
    std::string found;
    if (query_.participants.empty()) {
      found = Branch(common, order, limit);
    } else {
      const std::string account = AccountId(query_.participants.front());
      found = "(" + Branch(common + " AND from_account = " + account, order, limit) +
              ") UNION ALL (" + Branch(common + " AND to_account = " + account, order, limit) + ")";
    }
    std::string sql = std::string("SELECT ") + kTransactionColumns + " FROM (" + found + ") AS t" +
                      kTransactionJoins + "ORDER BY " + order + " LIMIT " + limit;
    return {std::move(sql), std::move(params_)};
  }

 private:
  std::string Bind(std::string value) {
    params_.emplace_back(std::move(value));
    return "$" + std::to_string(params_.size());
  }

  std::string AccountId(const std::string& name) {
    return "(SELECT id FROM accounts WHERE name = " + Bind(name) + ")";
  }

  std::string Order() const {
    const std::string direction = query_.descending ? " DESC" : " ASC";
    // Times never decrease along the sequence, so that order is the sequence's.
    if (query_.order != OrderKey::kAmount) return "sequence" + direction;
    return "amount" + direction + ", sequence" + direction;
  }

  std::string Conditions() {
    std::string sql = "sequence > " + Bind(std::to_string(query_.after_sequence)) + "::bigint";
    if (!query_.from_account.empty())
      sql += " AND from_account = " + AccountId(query_.from_account);
    if (!query_.to_account.empty()) sql += " AND to_account = " + AccountId(query_.to_account);
    for (size_t i = 1; i < query_.participants.size(); ++i) {
      const std::string account = AccountId(query_.participants[i]);
      sql += " AND (from_account = " + account + " OR to_account = " + account + ")";
    }
    if (query_.resume_after) {
      const std::string compare = query_.descending ? " < " : " > ";
      const std::string sequence = Bind(std::to_string(query_.resume_after->second)) + "::bigint";
      if (query_.order == OrderKey::kAmount) {
        sql += " AND (amount, sequence)" + compare + "(" +
               Bind(std::to_string(query_.resume_after->first)) + "::bigint, " + sequence + ")";
      } else {
        sql += " AND sequence" + compare + sequence;
      }
    }
    return sql;
  }

  static std::string Branch(const std::string& conditions, const std::string& order,
                            const std::string& limit) {
    return "SELECT * FROM transactions WHERE " + conditions + " ORDER BY " + order + " LIMIT " +
           limit;
  }

  const TransactionQuery& query_;
  std::vector<Param> params_;
};

}  // namespace

Statement BuildListStatement(const TransactionQuery& query) { return Builder(query).Build(); }

}  // namespace ledgercast::postgres
