#ifndef EDGE_SESSIONS_CLIENT_VIEW_H_
#define EDGE_SESSIONS_CLIENT_VIEW_H_

#include <array>
#include <optional>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "edge/delivery/watch.h"
#include "edge/net/shard.h"
#include "edge/net/socket.h"
#include "edge/sessions/client_id.h"
#include "services/common/auth/identity.h"

namespace ledgercast {

enum class Transport { kSocket, kEvents, kPoll };

// The names of the transports in GET /v1/status, in the order of Transport.
inline constexpr std::array<std::string_view, 3> kTransportNames = {"socket", "events", "poll"};

// The state of one client that GET /v1/status reads, whatever its transport. It points to the
// client's own state, so it is valid until the shard's turn ends.
struct ClientView {
  // It is null until the client's token was judged.
  const Identity* identity = nullptr;
  // It is null if the client watches nothing.
  const Watch* watch = nullptr;
  // It is null if the client has acknowledged nothing.
  const Position* acknowledged = nullptr;
  // It is null before the client has a socket; then `responder` is not null.
  const Socket* socket = nullptr;
  const HttpResponder* responder = nullptr;
};

// Shows the clients of one shard, in the order in which they came. Confined to the shard's thread.
class ClientSource {
 public:
  // Is called for each client, with nullopt if the client is gone. Returns false to see no more for
  // now.
  using See = absl::FunctionRef<bool(ClientId, const std::optional<ClientView>&)>;

  virtual ~ClientSource() = default;
  // Shows the clients of `transport` that came after `after`. Returns false if `see` did.
  virtual bool Visit(Transport transport, ClientId after, See see) const = 0;
};

}  // namespace ledgercast

#endif  // EDGE_SESSIONS_CLIENT_VIEW_H_
