#include "services/cli/change_hash.h"

#include "services/common/base/sha256.h"

namespace ledgercast::cli {

std::string ChangeHash(const std::string& ledger, const std::string& previous,
                       const Change& change) {
  Sha256 sha256;
  for (const std::string& field :
       {ledger, previous, change.table_name, change.subject, std::to_string(change.number),
        std::to_string(change.time_micros), std::to_string(change.sequence),
        std::to_string(change.settings_version), change.state}) {
    sha256.Add(std::to_string(field.size()) + ":");
    sha256.Add(field);
    sha256.Add("\n");
  }
  return HashToHex(sha256.Finish());
}

}  // namespace ledgercast::cli
