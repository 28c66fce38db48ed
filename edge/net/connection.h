#ifndef EDGE_NET_CONNECTION_H_
#define EDGE_NET_CONNECTION_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "edge/net/admission.h"
#include "edge/net/timers.h"

namespace ledgercast {

// Holds the edge's state of a connection of the WebSocket library, from its acceptance until its
// HTTP request was answered. An upgraded connection goes on as a WebSocket (web_socket.h). Confined
// to the shard's thread.
class Connection {
 public:
  // Takes the bytes that arrived together with the upgrade request, and may change them.
  using Upgraded = std::function<void(char* early, size_t early_bytes)>;

  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Counts the connection in `admission` until it ends. `admission` outlives it.
  void OnAccepted(Admission* admission, const std::string& address) {
    admitted_ = Admitted(admission, address);
  }
  AdmissionVerdict verdict() const { return admitted_.verdict; }
  // Moves the connection's place to the caller, for a connection that goes on as a WebSocket.
  Admitted TakeAdmitted() { return std::move(admitted_); }

  // Runs `give_up` once, at `due`, unless the connection has ended by then. `timers` outlives this.
  void SetDeadline(Timers* timers, absl::Time due, std::function<void()> give_up) {
    deadline_.emplace(timers).Set(due, std::move(give_up));
  }
  void ClearDeadline() { deadline_.reset(); }

  void SetUpgraded(Upgraded upgraded) { upgraded_ = std::move(upgraded); }
  // Is called by the library's connection where the library itself would begin to read frames.
  void HandOver(char* early, size_t early_bytes) {
    if (const Upgraded upgraded = std::exchange(upgraded_, nullptr)) upgraded(early, early_bytes);
  }

 private:
  Admitted admitted_;
  std::optional<Timer> deadline_;
  Upgraded upgraded_;
};

}  // namespace ledgercast

#endif  // EDGE_NET_CONNECTION_H_
