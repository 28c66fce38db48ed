#include "services/transaction/postgres/list_query.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"
#include "services/transaction/postgres/rows.h"

namespace ledgercast::postgres {
namespace {

constexpr int64_t kNewest = std::numeric_limits<int64_t>::max();
// An account's share of kMaxCandidates, where several are looked at, is no less.
constexpr int64_t kMinCandidates = 200;
// An account's share of kMaxSortedTransactions is no less either.
constexpr int64_t kMinSorted = 1'000;

class Builder {
 public:
  explicit Builder(const TransactionQuery& query)
      : query_(query),
        by_amount_(query.order == OrderKey::kAmount),
        limit_(Bind(query.max_transactions)) {
    int64_t low = query.after_sequence;
    int64_t high = kNewest;
    if (!by_amount_ && query.resume_after) {
      const int64_t resume = query.resume_after->second;
      if (query.descending) {
        high = resume;
      } else {
        low = std::max(low, resume);
      }
    }
    low_ = Bind(low);
    high_ = Bind(high);
  }

  Statement Build() {
    const std::vector<ListBranch> branches = BranchesOf(query_);
    std::vector<std::string> found;
    for (size_t i = 0; i < branches.size(); ++i) {
      const ListBranch& branch = branches[i];
      if (branch.from)
        found.push_back(Way(i, "from_account", *branch.from, "to_account", branch.to));
      if (branch.to) found.push_back(Way(i, "to_account", *branch.to, "from_account", branch.from));
      if (!branch.from && !branch.to) found.push_back(WholeLedger());
    }
    if (found.empty()) {
      return {absl::StrCat("SELECT ", ListEnd(query_), "::bigint, NULL::bigint"), {}};
    }
    std::string sql = absl::Substitute(
        "WITH found AS ($0), cut AS (SELECT branch, way, account, $1(sequence) AS last FROM found "
        "GROUP BY branch, way, account HAVING count(*) = max(size)), horizon AS ($2) "
        "SELECT h.last, page.sequence FROM horizon h LEFT JOIN (SELECT DISTINCT $6 FROM found, "
        "horizon WHERE matches AND $4 ORDER BY $3 LIMIT $5) AS page ON true ORDER BY $3",
        absl::StrJoin(found, " UNION ALL "), Farther(), Horizon(), Order(), Condition(), limit_,
        by_amount_ ? "amount, sequence" : "sequence");
    return {std::move(sql), std::move(params_)};
  }

 private:
  std::string Bind(int64_t value) { return Bind(std::to_string(value)) + "::bigint"; }
  std::string Bind(std::string value) {
    params_.emplace_back(std::move(value));
    return "$" + std::to_string(params_.size());
  }

  std::string IdsOf(const std::vector<std::string>& names) {
    return "SELECT id FROM accounts WHERE name = ANY (" + Bind(TextArray(names)) + "::text[])";
  }

  std::string Direction() const { return query_.descending ? " DESC" : " ASC"; }
  // Names the aggregate that picks the sequence which comes later in the list.
  const char* Farther() const { return query_.descending ? "min" : "max"; }
  const char* Nearer() const { return query_.descending ? "max" : "min"; }

  // How many of each of `accounts` are read; what is `filtered` may not match.
  int64_t SizeOf(size_t accounts, bool filtered) const {
    const auto count = static_cast<int64_t>(accounts);
    if (by_amount_) return std::max(kMinSorted, kMaxSortedTransactions / count) + 1;
    if (!filtered) return query_.max_transactions;
    return std::max(kMinCandidates, kMaxCandidates / count);
  }

  // The transactions of `accounts` in `column`, those that match `others` in `other_column` marked.
  std::string Way(size_t branch, const char* column, const std::vector<std::string>& accounts,
                  const char* other_column, const std::optional<std::vector<std::string>>& others) {
    ways_.push_back(absl::StrCat("(", branch, ", '", column, "')"));
    const std::string matches =
        others ? absl::StrCat(other_column, " = ANY (ARRAY(", IdsOf(*others), "))") : "true";
    const std::string size = Bind(SizeOf(accounts.size(), others.has_value()));
    return absl::Substitute(
        "SELECT $0 AS branch, '$1' AS way, one.id AS account, $2 AS size, side.* FROM ($3) AS one, "
        "LATERAL (SELECT sequence, amount, $4 AS matches FROM transactions WHERE ($1, sequence) > "
        "(one.id, $5) AND ($1, sequence) < (one.id, $6) ORDER BY $1$7, sequence$7 LIMIT $2) AS "
        "side",
        branch, column, size, IdsOf(accounts), matches, low_, high_, Direction());
  }

  std::string WholeLedger() {
    ways_.emplace_back("(0, 'all')");
    return absl::Substitute(
        "SELECT 0 AS branch, 'all' AS way, 0 AS account, $0 AS size, side.* FROM (SELECT sequence, "
        "amount, true AS matches FROM transactions WHERE sequence > $1 AND sequence < $2 ORDER BY "
        "sequence$3 LIMIT $0) AS side",
        Bind(SizeOf(1, /*filtered=*/false)), low_, high_, Direction());
  }

  // A way is complete up to where the first of its accounts was cut off; a branch as far as the
  // better of its ways; the list as far as the worst of its branches.
  std::string Horizon() const {
    return absl::Substitute(
        "SELECT $0(last) AS last FROM (SELECT branch, $1(last) AS last FROM (SELECT w.branch, "
        "coalesce((SELECT $0(c.last) FROM cut c WHERE c.branch = w.branch AND c.way = w.way), $2) "
        "AS last FROM (VALUES $3) AS w (branch, way)) AS by_way GROUP BY branch) AS by_branch",
        Nearer(), Farther(), ListEnd(query_), absl::StrJoin(ways_, ", "));
  }

  std::string Order() const {
    if (!by_amount_) return "sequence" + Direction();
    return "amount" + Direction() + ", sequence" + Direction();
  }

  std::string Condition() {
    const char* compare = query_.descending ? ">=" : "<=";
    std::string sql = absl::StrCat("sequence ", compare, " horizon.last");
    if (by_amount_ && query_.resume_after) {
      absl::StrAppend(&sql, " AND (amount, sequence) ", query_.descending ? "<" : ">", " (",
                      Bind(query_.resume_after->first), ", ", Bind(query_.resume_after->second),
                      ")");
    }
    return sql;
  }

  const TransactionQuery& query_;
  const bool by_amount_;
  std::vector<Param> params_;
  const std::string limit_;
  std::string low_;
  std::string high_;
  // Branch and name of each, as SQL.
  std::vector<std::string> ways_;
};

}  // namespace

int64_t ListEnd(const TransactionQuery& query) { return query.descending ? 0 : kNewest; }

Statement BuildListStatement(const TransactionQuery& query) { return Builder(query).Build(); }

}  // namespace ledgercast::postgres
