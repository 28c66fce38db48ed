#ifndef EDGE_DELIVERY_FRAME_LIMITS_H_
#define EDGE_DELIVERY_FRAME_LIMITS_H_

#include "services/common/ledger/transaction_log.h"

namespace ledgercast {

// Limits of one `transactions` frame, measured in transactions and in bytes of memory. Most frames
// at this limit are below 64 kB of JSON, which the kernel takes at once. A reader that is behind is
// given few big frames then, since each write costs as much as 10 kB of data.
inline constexpr TransactionLog::ReadLimits kFrameLimits{/*max_transactions=*/250,
                                                         /*max_bytes=*/112 << 10};

}  // namespace ledgercast

#endif  // EDGE_DELIVERY_FRAME_LIMITS_H_
