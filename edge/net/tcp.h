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
  // Numeric.
  std::string address;
  uint16_t port = 0;
};

// Looks `host` up and finds a free port if `port` is 0. UNAVAILABLE, naming the address, if
// one cannot listen there. Shards share their port, so another edge on this machine would
// share it as well, and nobody would notice: here it is tried without sharing.
absl::StatusOr<ListenAddress> FindListenAddress(const std::string& host, uint16_t port);

// Lets several sockets listen on one port; the kernel spreads connections over them.
bool SharePort(int fd);

// Sets up an accepted connection: frames leave at once, the kernel holds at most about
// `send_buffer_bytes` for a peer that does not read, and gives up a peer that has not acknowledged
// for `timeout`. An option that cannot be set stays as it was.
void TuneConnection(int fd, int send_buffer_bytes, absl::Duration timeout);

// What the kernel knows of a connection.
struct Link {
  // Numeric address of the peer, with its port: "192.0.2.1:50000", "[2001:db8::1]:50000"; "" =
  // unknown.
  std::string address;
  // Bytes that the peer was sent and has not acknowledged.
  int64_t unacknowledged_bytes = 0;
};
Link LinkOf(int fd);

// Reads and throws away what has arrived, at most `*budget_bytes`, which it reduces. Never waits.
// Returns whether more may come: false once the peer has ended, failed or used up the budget.
bool DiscardReceived(int fd, size_t* budget_bytes);

// Hands the kernel as much of `head`, then `body`, as it takes without waiting. Returns how many
// bytes that was, also 0 if it failed: writing the rest then tells why.
size_t WriteNow(int fd, std::string_view head, std::string_view body);
// Does the same with one piece, which takes the kernel less.
size_t WriteNow(int fd, std::string_view bytes);

}  // namespace ledgercast

#endif  // EDGE_NET_TCP_H_
