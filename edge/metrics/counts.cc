#include "edge/metrics/counts.h"

#include <algorithm>

namespace ledgercast {

void ShardCounts::CountClose(int code) {
  const auto* const found = std::find(kCountedCloseCodes.begin(), kCountedCloseCodes.end(), code);
  closes[static_cast<size_t>(found - kCountedCloseCodes.begin())].Add(1);
}

}  // namespace ledgercast
