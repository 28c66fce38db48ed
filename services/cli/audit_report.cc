#include "services/cli/audit_report.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <vector>

#include "services/cli/table.h"
#include "services/cli/text.h"

namespace ledgercast::cli {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string ColumnsOf(const Problem& problem) {
  std::string text;
  for (const std::string& column : problem.columns) text += (text.empty() ? "" : ",") + column;
  return text;
}

std::string FormatProblems(const std::vector<Problem>& problems) {
  Table table({{"TABLE"}, {"ROW", true}, {"COLUMN"}, {"DISAGREES"}, {"ID"}, {"WHAT"}});
  std::vector<Table::Row> rows;
  for (const Problem& problem : problems) {
    rows.push_back({problem.table, problem.row, ColumnsOf(problem), problem.check, problem.id,
                    problem.message});
  }
  return table.Format(rows);
}

}  // namespace

std::string FormatReport(const AuditReport& report) {
  char took[32];
  std::snprintf(took, sizeof(took), "%.1f s", absl::ToDoubleSeconds(report.elapsed));
  std::string text = "ledger        " + report.ledger + "\n";
  text += "transactions  " + FormatCount(report.transactions) + "\n";
  text += "accounts      " + FormatCount(report.accounts) + "\n";
  text += "up to         " + report.until + "\n";
  text += "sha256        " + report.sha256 + "\n";
  text += "took          " + std::string(took) + "\n";
  for (const std::string& note : report.notes) text += "note          " + note + "\n";
  text += "\n";
  if (report.is_sound()) return text + "The ledger is sound.\n";
  text += FormatProblems(report.problems);
  text += "\nThe ledger is NOT sound: " + FormatCount(report.problem_count) +
          (report.problem_count == 1 ? " problem" : " problems");
  const auto shown = static_cast<int64_t>(report.problems.size());
  if (shown < report.problem_count) {
    text += ", of which the first " + FormatCount(shown) + " are above";
  }
  return text + ".\n";
}

std::string FormatReportJson(const AuditReport& report) {
  OrderedJson problems = OrderedJson::array();
  for (const Problem& problem : report.problems) {
    problems.push_back({{"sequence", std::to_string(problem.sequence)},
                        {"id", problem.id},
                        {"table", problem.table},
                        {"row", problem.row},
                        {"columns", problem.columns},
                        {"check", problem.check},
                        {"message", problem.message}});
  }
  const OrderedJson json = {{"sound", report.is_sound()},
                            {"ledger", report.ledger},
                            {"transactions", std::to_string(report.transactions)},
                            {"accounts", std::to_string(report.accounts)},
                            {"until", report.until},
                            {"sha256", report.sha256},
                            {"seconds", absl::ToDoubleSeconds(report.elapsed)},
                            {"notes", report.notes},
                            {"problemCount", std::to_string(report.problem_count)},
                            {"problems", problems}};
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace ledgercast::cli
