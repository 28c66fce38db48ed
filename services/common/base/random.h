#ifndef SERVICES_COMMON_BASE_RANDOM_H_
#define SERVICES_COMMON_BASE_RANDOM_H_

#include <functional>
#include <memory>
#include <random>

namespace ledgercast {

// Makes a function that draws from [0, 1), seeded by the system. It is meant for back-off and for
// spreading load, not for secrets. Only one thread may use it; its copies share one generator.
inline std::function<double()> MakeRandom() {
  auto engine = std::make_shared<std::mt19937_64>(std::random_device{}());
  return [engine] { return std::uniform_real_distribution<double>(0, 1)(*engine); };
}

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_RANDOM_H_
