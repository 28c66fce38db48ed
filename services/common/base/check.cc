#include "services/common/base/check.h"

#include <spdlog/spdlog.h>

#include <cstdlib>

namespace ledgercast::internal {

CheckFailure::~CheckFailure() {
  spdlog::critical("check failed: {} ({}:{}) {}", condition_, file_, line_, message_.str());
  spdlog::default_logger()->flush();
  std::abort();
}

}  // namespace ledgercast::internal
