#ifndef SERVICES_COMMON_BASE_RANDOM_H_
#define SERVICES_COMMON_BASE_RANDOM_H_

#include <functional>
#include <memory>
#include <random>

namespace ledgercast {

// Makes a function that draws from [0, 1), seeded by the system: for back-off and whatever else is
// to be spread, not for secrets. It belongs to one thread; its copies draw in turns.
inline std::function<double()> MakeRandom() {
  auto engine = std::make_shared<std::mt19937_64>(std::random_device{}());
  return [engine] { return std::uniform_real_distribution<double>(0, 1)(*engine); };
}

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_RANDOM_H_
