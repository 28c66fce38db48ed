#ifndef SERVICES_CLI_AMOUNT_H_
#define SERVICES_CLI_AMOUNT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ledgercast::cli {

// Returns whether `text` is written with a decimal point, as people write money: 2.50. Without a
// point it is in minor units, whatever the currency.
bool IsDecimalAmount(std::string_view text);

// Reads a whole number of minor units, above 0.
absl::StatusOr<int64_t> ParseMinorUnits(std::string_view text);

// Reads `text`, which has a point, as minor units of a currency with `minor_unit_digits` digits
// behind the point. More digits are refused, since nothing is ever rounded; missing digits count as
// 0.
absl::StatusOr<int64_t> ParseDecimalAmount(std::string_view text, int minor_unit_digits,
                                           const std::string& currency);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_AMOUNT_H_
