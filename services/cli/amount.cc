#include "services/cli/amount.h"

#include <algorithm>

#include "services/cli/text.h"
#include "services/common/base/exact_number.h"

namespace ledgercast::cli {
namespace {

absl::Status BadAmount(std::string_view text, const std::string& why) {
  return absl::InvalidArgumentError("amount \"" + Printable(text) + "\" " + why);
}

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool IsDecimalAmount(std::string_view text) { return text.find('.') != std::string_view::npos; }

absl::StatusOr<int64_t> ParseMinorUnits(std::string_view text) {
  const auto amount = ParseExactNumber(text);
  if (!amount) return BadAmount(text, "is not a whole number of minor units");
  if (*amount <= 0) return BadAmount(text, "is not above 0");
  return *amount;
}

absl::StatusOr<int64_t> ParseDecimalAmount(std::string_view text, int minor_unit_digits,
                                           const std::string& currency) {
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = text.substr(point + 1);
  if (!IsDigits(whole) || !IsDigits(fraction)) {
    return BadAmount(text, "is not a number such as 2.50, nor a whole number of minor units");
  }
  const auto digits = static_cast<size_t>(std::max(minor_unit_digits, 0));
  if (digits == 0) {
    return BadAmount(
        text, "has digits behind the point, and " + currency + " has none: give a whole number");
  }
  if (fraction.size() > digits) {
    return BadAmount(text, "has more digits behind the point than " + currency + ", which has " +
                               std::to_string(digits));
  }
  std::string minor_units(whole);
  minor_units.append(fraction).append(digits - fraction.size(), '0');
  const auto amount = ParseMinorUnits(minor_units);
  return amount.ok() ? amount : BadAmount(text, "is not above 0, or too large");
}

}  // namespace ledgercast::cli
