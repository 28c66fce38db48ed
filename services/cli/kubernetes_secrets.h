#ifndef SERVICES_CLI_KUBERNETES_SECRETS_H_
#define SERVICES_CLI_KUBERNETES_SECRETS_H_

#include <memory>
#include <string>

#include "services/cli/secret_set.h"

namespace ledgercast::cli {

// Keeps each group in a Secret of Kubernetes named `ledgercast-GROUP`, in the namespace of the pod
// that this runs in. The pod's ServiceAccount needs `create` on secrets, and `get` on these. A
// Secret is made whole or not at all; its owner has to mend one that lacks something.
class KubernetesSecrets : public SecretStore {
 public:
  // Connects to the API at `host` and `port`, which the pod knows from KUBERNETES_SERVICE_HOST and
  // KUBERNETES_SERVICE_PORT. `account_folder` holds the ServiceAccount's token, CA and namespace.
  static absl::StatusOr<std::unique_ptr<KubernetesSecrets>> InCluster(
      const std::string& account_folder, const std::string& host, const std::string& port);
  ~KubernetesSecrets() override;

  absl::StatusOr<SecretFiles> Read(const std::string& group) override;
  absl::Status Add(const std::string& group, const SecretFiles& files) override;

 private:
  struct Api;
  explicit KubernetesSecrets(std::unique_ptr<Api> api);
  std::unique_ptr<Api> api_;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_KUBERNETES_SECRETS_H_
