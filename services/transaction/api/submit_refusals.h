#ifndef SERVICES_TRANSACTION_API_SUBMIT_REFUSALS_H_
#define SERVICES_TRANSACTION_API_SUBMIT_REFUSALS_H_

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "services/common/base/errors.h"

namespace ledgercast {

// Counts the requests of SubmitTransactions that were refused, by reason. The code of the call does
// not show them, because the call itself ends with OK. Thread-safe.
class SubmitRefusals {
 public:
  // The reasons that are counted; the last one means all other reasons.
  static constexpr std::array<std::string_view, 13> kReasons = {reason::kInvalidField,
                                                                reason::kNotAllowed,
                                                                reason::kAccountNotFound,
                                                                reason::kTransactionNotFound,
                                                                reason::kInsufficientFunds,
                                                                reason::kCurrencyMismatch,
                                                                reason::kBalanceOverflow,
                                                                reason::kTransactionExists,
                                                                reason::kAlreadyReversed,
                                                                reason::kDatabaseUnavailable,
                                                                reason::kShuttingDown,
                                                                reason::kTooBusy,
                                                                "other"};

  void Count(const google::rpc::Status& error) {
    google::rpc::ErrorInfo info;
    for (const google::protobuf::Any& detail : error.details()) {
      if (detail.UnpackTo(&info)) break;
    }
    const auto found = std::find(kReasons.begin(), kReasons.end() - 1, info.reason());
    ++counts_[static_cast<size_t>(found - kReasons.begin())];
  }

  int64_t count(size_t index) const { return counts_[index]; }

 private:
  std::array<std::atomic<int64_t>, kReasons.size()> counts_{};
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_SUBMIT_REFUSALS_H_
