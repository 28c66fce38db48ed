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
    if (!query_.account.empty()) {
      found = OfAccounts({query_.account}, common + AndVisible(), order, limit);
    } else if (!query_.visible.all) {
      found = OfAccounts(query_.visible.accounts, common, order, limit);
    } else {
      found = Branch(common, order, limit);
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

  std::string AccountIds(const std::vector<std::string>& names) {
    return "SELECT id FROM accounts WHERE name = ANY (" + Bind(TextArray(names)) + "::text[])";
  }

  std::string AndVisible() {
    if (query_.visible.all || query_.visible.Contains(query_.account)) return "";
    const std::string ids = AccountIds(query_.visible.accounts);
    return " AND (from_account IN (" + ids + ") OR to_account IN (" + ids + "))";
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

  // Each side of an account has an index in the list's order, which is read no further than the
  // page is long. What lies between two of them is found twice.
  std::string OfAccounts(const std::vector<std::string>& accounts, const std::string& common,
                         const std::string& order, const std::string& limit) {
    const std::string once = accounts.size() > 1 ? "DISTINCT ON (side.sequence) " : "";
    return "SELECT " + once + "side.* FROM (" + AccountIds(accounts) + ") AS one, LATERAL ((" +
           Branch(common + " AND from_account = one.id", order, limit) + ") UNION ALL (" +
           Branch(common + " AND to_account = one.id", order, limit) + ")) AS side";
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
