#include "services/cli/secrets.h"

#include <memory>
#include <string>
#include <vector>

#include "services/cli/exit_code.h"
#include "services/cli/kubernetes_secrets.h"
#include "services/cli/output.h"
#include "services/cli/secret_folder.h"
#include "services/cli/table.h"

namespace ledgercast::cli {
namespace {

struct SecretsArguments {
  std::string folder;
  bool kubernetes = false;
  bool admin_only = false;
  std::string account_folder = "/var/run/secrets/kubernetes.io/serviceaccount";
  std::string api_host;
  std::string api_port;
};

absl::StatusOr<std::unique_ptr<SecretStore>> OpenStore(const SecretsArguments& arguments) {
  if (arguments.kubernetes == !arguments.folder.empty()) {
    return absl::InvalidArgumentError("name the folder for the secrets, or give --kubernetes");
  }
  if (!arguments.kubernetes) return std::make_unique<SecretFolder>(arguments.folder);
  return KubernetesSecrets::InCluster(arguments.account_folder, arguments.api_host,
                                      arguments.api_port);
}

int Create(const SecretsArguments& arguments) {
  const auto store = OpenStore(arguments);
  if (!store.ok()) return ReportUsage(store.status());
  const auto made =
      MakeMissingSecrets(store->get(), arguments.admin_only ? SignIns::kAdminOnly : SignIns::kDemo);
  if (!made.ok()) return Report(made.status());
  std::string text;
  for (const std::string& name : *made) text += "made " + name + "\n";
  if (made->empty()) text = "all secrets are there already\n";
  return Report(WriteOut(text));
}

int ShowSignIns(const std::string& folder) {
  SecretFolder store(folder);
  const auto sign_ins = ReadSignIns(&store);
  if (!sign_ins.ok()) return Report(sign_ins.status());
  std::vector<Table::Row> rows;
  for (const auto& [username, password] : *sign_ins) rows.push_back({username, password});
  return Report(WriteOut(Table({{"USERNAME"}, {"PASSWORD"}}).Format(rows)));
}

}  // namespace

void AddSecretsCreate(CLI::App* parent, int* exit_code) {
  CLI::App* command = parent->add_subcommand(
      "create", "Makes the keys and passwords that are missing; keeps those that are there");
  const auto arguments = std::make_shared<SecretsArguments>();
  command->add_option("folder", arguments->folder, "folder for the keys and passwords");
  command->add_flag("--kubernetes", arguments->kubernetes,
                    "keep them as Secrets in the namespace of this pod");
  command->add_flag("--admin-only", arguments->admin_only,
                    "make no passwords for the users of the demo");
  command
      ->add_option("--service-account-dir", arguments->account_folder,
                   "folder with the pod's token, CA and namespace")
      ->capture_default_str();
  command
      ->add_option("--api-host", arguments->api_host,
                   "host of the Kubernetes API; every pod has it in its environment")
      ->envname("KUBERNETES_SERVICE_HOST");
  command->add_option("--api-port", arguments->api_port, "port of the Kubernetes API")
      ->envname("KUBERNETES_SERVICE_PORT");
  command->callback([arguments, exit_code] { *exit_code = Create(*arguments); });
}

void AddSecretsSignIns(CLI::App* parent, int* exit_code) {
  CLI::App* command =
      parent->add_subcommand("sign-ins", "Prints user names and passwords that `create` made");
  const auto folder = std::make_shared<std::string>();
  command->add_option("folder", *folder, "folder of the keys and passwords")->required();
  command->callback([folder, exit_code] { *exit_code = ShowSignIns(*folder); });
}

}  // namespace ledgercast::cli
