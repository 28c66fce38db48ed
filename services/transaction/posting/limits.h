#ifndef SERVICES_TRANSACTION_POSTING_LIMITS_H_
#define SERVICES_TRANSACTION_POSTING_LIMITS_H_

#include <cstdint>

namespace ledgercast {

// The largest amount of one transfer, in minor units: 2^53 - 1, the largest whole number that
// every JSON reader keeps exact.
inline constexpr int64_t kMaxAmount = (int64_t{1} << 53) - 1;

// The largest balance in minor units; the smallest is its negative.
inline constexpr int64_t kMaxBalance = int64_t{1} << 62;

// Most digits behind the point that a currency may have.
inline constexpr int kMaxMinorUnitDigits = 9;

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_POSTING_LIMITS_H_
