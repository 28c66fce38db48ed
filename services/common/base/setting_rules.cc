#include "services/common/base/setting_rules.h"

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/common/base/errors.h"

namespace ledgercast {

absl::Status Require(bool holds, std::string_view flag, std::string_view rule) {
  return holds ? absl::OkStatus() : InvalidField(flag, rule);
}

absl::Status RequireRange(std::string_view flag, int64_t value, int64_t least, int64_t most) {
  return Require(value >= least && value <= most, flag,
                 absl::StrCat("must be ", least, " to ", most));
}

absl::Status RequireAtLeast(std::string_view flag, int64_t value, int64_t least) {
  return Require(value >= least, flag, absl::StrCat("must be at least ", least));
}

int RefuseSettings(const absl::Status& why) {
  constexpr int kExitStatus = 2;
  std::fprintf(stderr, "%s\n", std::string(MessageOf(why)).c_str());
  return kExitStatus;
}

absl::Status FirstError(std::initializer_list<absl::Status> rules) {
  for (const absl::Status& rule : rules) {
    if (!rule.ok()) return rule;
  }
  return absl::OkStatus();
}

}  // namespace ledgercast
