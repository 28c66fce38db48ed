#ifndef SERVICES_TRANSACTION_POSTGRES_MIGRATION_PROGRESS_H_
#define SERVICES_TRANSACTION_POSTGRES_MIGRATION_PROGRESS_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "services/common/base/stop_flag.h"
#include "services/transaction/postgres/connection.h"

namespace ledgercast::postgres {

// Logs every few seconds, as long as it lives, the progress of the statement that `migrating` runs:
// what it waits for, or how much of an index is built.
//
// Threads: it has one thread, with a session of its own.
class MigrationProgress {
 public:
  using Connect = std::function<absl::StatusOr<std::unique_ptr<Connection>>()>;

  // Starts to log. Nothing is logged if `connect` is null or fails.
  MigrationProgress(Connection* migrating, std::string name, Connect connect);
  ~MigrationProgress();
  MigrationProgress(const MigrationProgress&) = delete;
  MigrationProgress& operator=(const MigrationProgress&) = delete;

 private:
  void Loop(const Connect& connect, const std::string& pid);

  const std::string name_;
  StopFlag stop_;
  std::thread thread_;
};

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_MIGRATION_PROGRESS_H_
