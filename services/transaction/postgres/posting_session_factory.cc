#include "services/transaction/postgres/posting_session_factory.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "services/transaction/postgres/advisory_locks.h"
#include "services/transaction/postgres/posting_session.h"

namespace ledgercast::postgres {
namespace {

// Ends sessions of this service that hold the ledger's lock and whose client has not moved for as
// long as the fence may be held up. The server itself would wait for such a client for ever.
constexpr char kEndStopped[] =
    "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity JOIN pg_locks USING (pid) "
    "WHERE datname = current_database() AND usename = current_user "
    "AND application_name = current_setting('application_name') AND pid <> pg_backend_pid() "
    "AND locktype = 'advisory' AND granted AND objsubid = 1 "
    "AND (classid::bigint << 32) + objid::bigint = $2::bigint "
    "AND wait_event_type = 'Client' "
    "AND state_change < clock_timestamp() - $1::bigint * interval '1 millisecond'";

// Keeps the plans of the session's statements, which only look up keys. To plan one anew takes as
// long as one transfer. PostgreSQL would do so each time, because it assumes ten elements in a list
// that it does not see.
constexpr char kPlanOnce[] = "SET plan_cache_mode = force_generic_plan";

}  // namespace

PostingSessionFactory MakePostingSessionFactory(const PgOptions& options) {
  return [options]() -> absl::StatusOr<std::unique_ptr<PostingSession>> {
    auto connection = Connect(options);
    if (!connection.ok()) return connection.status();
    const auto ended =
        (*connection)
            ->Run(kEndStopped, {std::to_string(absl::ToInt64Milliseconds(options.fence_timeout)),
                                std::to_string(kLedgerLock)});
    if (!ended.ok()) return ended.status();
    for (size_t row = 0; row < ended->size(); ++row) {
      spdlog::warn("ended the database session {} of a replica that stands still while it posts",
                   ended->Text(row, 0));
    }
    const auto set = (*connection)->Run(kPlanOnce);
    if (!set.ok()) return set.status();
    return std::make_unique<PgPostingSession>(std::move(*connection), options.notify);
  };
}

}  // namespace ledgercast::postgres
