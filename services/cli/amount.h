#ifndef SERVICES_CLI_AMOUNT_H_
#define SERVICES_CLI_AMOUNT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ledgercast::cli {

// Whether `text` is written as people write money, with a point: 2.50. Without one it is in minor
// units, whatever the currency.
bool IsDecimalAmount(std::string_view text);

// A whole number of minor units, above 0.
absl::StatusOr<int64_t> ParseMinorUnits(std::string_view text);

// The minor units of `text`, which has a point, in a currency with so many digits behind it. More
// digits than the currency has are refused, for nothing is ever rounded; fewer are filled up.
absl::StatusOr<int64_t> ParseDecimalAmount(std::string_view text, int minor_unit_digits,
                                           const std::string& currency);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_AMOUNT_H_
