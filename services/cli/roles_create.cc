#include "services/cli/roles_create.h"

#include <memory>
#include <string>

#include "services/cli/exit_code.h"
#include "services/cli/output.h"
#include "services/cli/retry.h"
#include "services/transaction/postgres/roles.h"

namespace ledgercast::cli {
namespace {

struct RolesCreateArguments {
  postgres::PgOptions database;
  postgres::DatabaseRoles roles = {{"ledgercast_owner"}, {"ledgercast_service"}};
  int wait_seconds = 60;
};

int Run(const RolesCreateArguments& arguments) {
  Retry retry(absl::Seconds(arguments.wait_seconds));
  absl::Status status;
  do {
    status = postgres::MakeRoles(arguments.database, arguments.roles);
  } while (!status.ok() && retry.Again(status));
  if (!status.ok()) return Report(status);
  return Report(WriteOut("role '" + arguments.roles.owner.name +
                         "' owns the database; the service may run as '" +
                         arguments.roles.runtime.name + "' once the owner has migrated it\n"));
}

}  // namespace

void AddRolesCreate(CLI::App* parent, int* exit_code) {
  CLI::App* command = parent->add_subcommand(
      "create", "Makes the roles that own the database and that the service runs as");
  const auto arguments = std::make_shared<RolesCreateArguments>();
  postgres::PgOptions& database = arguments->database;
  postgres::DatabaseRoles& roles = arguments->roles;
  command
      ->add_option("--database", database.conninfo,
                   "PostgreSQL connection string of a superuser, to the ledger's database")
      ->envname("LEDGERCAST_DATABASE")
      ->required();
  command
      ->add_option("--database-password-file", database.password_file,
                   "a file of one line: the superuser's password")
      ->envname("LEDGERCAST_DATABASE_PASSWORD_FILE");
  command
      ->add_option("--owner-role", roles.owner.name,
                   "role that owns the database and its tables; `migrate` signs in as this role")
      ->capture_default_str();
  command->add_option("--owner-password-file", roles.owner.password_file,
                      "a file of one line: its password; without it the role's stays as it is");
  command->add_option("--runtime-role", roles.runtime.name, "role as which the service signs in")
      ->capture_default_str();
  command->add_option("--runtime-password-file", roles.runtime.password_file,
                      "a file of one line: its password; without it the role's stays as it is");
  command
      ->add_option("--wait-seconds", arguments->wait_seconds,
                   "how long to wait for a database that does not answer")
      ->capture_default_str()
      ->check(CLI::Range(0, 86400));
  command->callback([arguments, exit_code] { *exit_code = Run(*arguments); });
}

}  // namespace ledgercast::cli
