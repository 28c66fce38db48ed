#ifndef SERVICES_CLI_AUDIT_REPORT_H_
#define SERVICES_CLI_AUDIT_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/cli/problems.h"

namespace ledgercast::cli {

// Holds the result of an audit.
struct AuditReport {
  std::string ledger;
  std::string until;  // cursor
  int64_t transactions = 0;
  int64_t accounts = 0;
  std::string sha256;
  absl::Duration elapsed;
  int64_t problem_count = 0;
  std::vector<Problem> problems;  // the first ones only
  // Lists what was not checked, and why.
  std::vector<std::string> notes;

  bool is_sound() const { return problem_count == 0; }
};

// Format a report: the first as text for people, the second as one JSON object with its line end.
std::string FormatReport(const AuditReport& report);
std::string FormatReportJson(const AuditReport& report);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_AUDIT_REPORT_H_
