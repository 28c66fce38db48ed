#include "services/transaction/postgres/migration_progress.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "services/common/base/clock.h"

namespace ledgercast::postgres {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(5);

constexpr char kQuery[] =
    "SELECT coalesce(wait_event_type || ' ' || wait_event, 'nothing'), coalesce((SELECT phase || "
    "', "
    "' || blocks_done || ' of ' || blocks_total || ' blocks' FROM pg_stat_progress_create_index p "
    "WHERE p.pid = a.pid), 'no index is being built') FROM pg_stat_activity a WHERE pid = "
    "$1::integer";

}  // namespace

MigrationProgress::MigrationProgress(Connection* migrating, std::string name, Connect connect)
    : name_(std::move(name)) {
  if (!connect) return;
  const auto pid = migrating->Run("SELECT pg_backend_pid()");
  if (!pid.ok()) return;
  thread_ = std::thread([this, connect = std::move(connect), id = std::string(pid->Text(0, 0))] {
    Loop(connect, id);
  });
}

MigrationProgress::~MigrationProgress() {
  stop_.Set();
  if (thread_.joinable()) thread_.join();
}

void MigrationProgress::Loop(const Connect& connect, const std::string& pid) {
  const absl::Time start = SteadyNow();
  std::unique_ptr<Connection> connection;
  while (!stop_.WaitFor(kInterval)) {
    if (connection == nullptr) {
      auto connected = connect();
      if (!connected.ok()) continue;
      connection = *std::move(connected);
    }
    const auto rows = connection->Run(kQuery, {pid});
    if (!rows.ok()) {
      connection = nullptr;
    } else if (!rows->empty()) {
      spdlog::info("migrating the database: {}, for {}: waits for {}; {}", name_,
                   absl::FormatDuration(absl::Trunc(SteadyNow() - start, absl::Seconds(1))),
                   rows->Text(0, 0), rows->Text(0, 1));
    }
  }
}

}  // namespace ledgercast::postgres
