#ifndef SERVICES_CLI_VERIFICATION_H_
#define SERVICES_CLI_VERIFICATION_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/cli/audit_report.h"
#include "services/cli/service_client.h"

namespace ledgercast::cli {

struct VerificationOptions {
  // How long to try while the service is away or busy.
  absl::Duration give_up_after = absl::Seconds(60);
  size_t max_problems_kept = 20;
  bool foreign_callers = false;
};

// Audits the ledger up to where it ends now, while it is in use: recomputes what is stored, then
// compares what the service says of it. Fails if that cannot be read to its end.
absl::StatusOr<AuditReport> VerifyLedger(const VerificationOptions& options, ServiceClient* client);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_VERIFICATION_H_
