#ifndef SERVICES_CLI_VERIFICATION_H_
#define SERVICES_CLI_VERIFICATION_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/cli/audit_report.h"
#include "services/cli/service_client.h"

namespace ledgercast::cli {

struct VerificationOptions {
  // Longest time to try while the service is away or busy.
  absl::Duration give_up_after = absl::Seconds(60);
  size_t max_problems_kept = 20;
  bool foreign_callers = false;
};

// Audits the ledger up to its present end, while it is in use. Recomputes what is stored, then
// compares it with what the service answers. Fails if the ledger cannot be read to that end.
absl::StatusOr<AuditReport> VerifyLedger(const VerificationOptions& options, ServiceClient* client);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_VERIFICATION_H_
