#ifndef EDGE_NET_TCP_H_
#define EDGE_NET_TCP_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace ledgercast {

struct ListenAddress {
  // A numeric address.
  std::string address;
  uint16_t port = 0;
};

// Looks `host` up, and finds a free port if `port` is 0. Returns UNAVAILABLE, naming the address,
// if listening there is not possible. It tries to listen without sharing the port. The shards do
// share it, so without this test another edge on the machine would share it as well, and nobody
// would notice.
absl::StatusOr<ListenAddress> FindListenAddress(const std::string& host, uint16_t port);

// Lets several sockets listen on one port; the kernel spreads connections over them.
bool SharePort(int fd);

// Sets up an accepted connection. Frames leave at once. The kernel holds at most about
// `send_buffer_bytes` for a peer that does not read, and gives up a peer that has acknowledged
// nothing for `timeout`. An option that cannot be set stays as it was.
void TuneConnection(int fd, int send_buffer_bytes, absl::Duration timeout);

// Holds what the kernel knows about a connection.
struct Link {
  // The peer's numeric address with its port: "192.0.2.1:50000", "[2001:db8::1]:50000"; "" if it is
  // unknown.
  std::string address;
  // Bytes that were sent to the peer and that it has not acknowledged.
  int64_t unacknowledged_bytes = 0;
};
Link LinkOf(int fd);

// Reads and throws away what has arrived, at most `*budget_bytes`, which it reduces. Never waits.
// Returns whether more may come. That is false once the peer has ended the connection, has broken
// it or has used up the budget.
bool DiscardReceived(int fd, size_t* budget_bytes);

// Hands the kernel as much of `head`, then `body`, as it takes without waiting. Returns how many
// bytes it took. Returns 0 also on an error; the caller learns of the error when it writes the
// rest.
size_t WriteNow(int fd, std::string_view head, std::string_view body);
// Does the same with one piece, which costs the kernel less.
size_t WriteNow(int fd, std::string_view bytes);

}  // namespace ledgercast

#endif  // EDGE_NET_TCP_H_
