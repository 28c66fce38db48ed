#include "services/cli/admin_create.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "services/cli/exit_code.h"
#include "services/common/auth/management.h"
#include "services/common/auth/password.h"
#include "services/common/auth/password_file.h"
#include "services/common/base/errors.h"
#include "services/transaction/api/validate.h"
#include "services/transaction/postgres/migrate.h"
#include "services/transaction/postgres/pg_store.h"
#include "services/transaction/postgres/roles.h"

namespace ledgercast::cli {
namespace {

struct AdminCreateArguments {
  v1::Account account;
  postgres::PgOptions database;
  std::string password_file;
  bool if_missing = false;
};

// Makes the tables of a new database if this role may make them, so that the order of first starts
// does not matter. Otherwise returns an error that says who has to make them.
absl::Status PrepareDatabase(const postgres::PgOptions& options) {
  const auto session = postgres::Connect(options);
  if (!session.ok()) return session.status();
  const absl::Status lacking = postgres::CheckSchema(session->get());
  if (!absl::IsUnavailable(lacking)) return lacking;
  const auto may = postgres::MayMakeTables(session->get());
  if (!may.ok()) return may.status();
  return *may ? postgres::MigrateDatabase(options, {}) : lacking;
}

// Returns OK if the existing account is an admin. `--if-missing` does not accept an account of
// another department.
absl::Status CheckExisting(const std::string& name, Store* store) {
  const auto existing = store->GetAccount(name, std::nullopt);
  if (!existing.ok()) return existing.status();
  if (existing->department() == kManagement) return absl::OkStatus();
  return MakeError(absl::StatusCode::kAlreadyExists, reason::kAccountExists,
                   "account '" + name + "' exists and is no admin");
}

int Run(const AdminCreateArguments& arguments) {
  v1::CreateAccountRequest request;
  *request.mutable_account() = arguments.account;
  request.mutable_account()->set_department(kManagement);
  // The money of the ledger comes from this account, so its balance may go below zero.
  request.mutable_account()->set_no_minimum(true);
  const auto password = ReadPasswordFile(arguments.password_file);
  if (!password.ok()) return ReportUsage(password.status());
  request.set_password(*password);
  if (const auto valid = ValidateCreateAccount(request); !valid.ok()) return ReportUsage(valid);
  const auto hash = HashPassword(*password);
  if (!hash.ok()) return Report(hash.status());

  if (const auto status = PrepareDatabase(arguments.database); !status.ok()) return Report(status);
  postgres::PgStore store(arguments.database);
  const std::string& name = request.account().name();
  const auto created = store.CreateAccount(request.account(), *hash);
  if (created.ok()) {
    std::printf("admin '%s' is made\n", name.c_str());
    return kDone;
  }
  if (!arguments.if_missing || !absl::IsAlreadyExists(created.status())) {
    return Report(created.status());
  }
  const absl::Status existing = CheckExisting(name, &store);
  if (existing.ok()) std::printf("admin '%s' exists already\n", name.c_str());
  return Report(existing);
}

}  // namespace

void AddAdminCreate(CLI::App* parent, int* exit_code) {
  CLI::App* command =
      parent->add_subcommand("create", "Makes an admin directly in the service's database");
  const auto arguments = std::make_shared<AdminCreateArguments>();
  arguments->account.set_currency("PTS");
  command->add_option("name", *arguments->account.mutable_name(), "the account's name")->required();
  command->add_option("--database", arguments->database.conninfo, "PostgreSQL connection string")
      ->envname("LEDGERCAST_DATABASE")
      ->required();
  command
      ->add_option("--database-password-file", arguments->database.password_file,
                   "a file of one line: the database's password")
      ->envname("LEDGERCAST_DATABASE_PASSWORD_FILE");
  command->add_option("--password-file", arguments->password_file, kPasswordFileHelp)->required();
  command
      ->add_option("--currency", *arguments->account.mutable_currency(), "currency of the balance")
      ->capture_default_str();
  command->add_option("--display-name", *arguments->account.mutable_display_name(),
                      "name that is shown to people");
  command->add_flag("--if-missing", arguments->if_missing,
                    "succeed if the admin exists already, and leave it unchanged");
  command->callback([arguments, exit_code] { *exit_code = Run(*arguments); });
}

}  // namespace ledgercast::cli
