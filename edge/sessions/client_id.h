#ifndef EDGE_SESSIONS_CLIENT_ID_H_
#define EDGE_SESSIONS_CLIENT_ID_H_

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"

namespace ledgercast {

// Identifies one client of an edge while it is connected. The upper half is the second in which the
// client came, so no other field has to hold that; the lower half counts up.
using ClientId = uint64_t;

// Makes the ids of clients. Thread-safe: shared by all shards.
class ClientIds {
 public:
  ClientId Next(absl::Time now) {
    const auto second = static_cast<uint32_t>(absl::ToUnixSeconds(now));
    return (static_cast<ClientId>(second) << 32) | ++last_;
  }

 private:
  std::atomic<uint32_t> last_ = 0;
};

// Returns when a client came, rounded down to the second.
inline absl::Time ConnectTimeOf(ClientId id) {
  return absl::FromUnixSeconds(static_cast<int64_t>(id >> 32));
}

}  // namespace ledgercast

#endif  // EDGE_SESSIONS_CLIENT_ID_H_
