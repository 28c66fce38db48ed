#ifndef EDGE_CLIENT_VIEW_H_
#define EDGE_CLIENT_VIEW_H_

#include <array>
#include <optional>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "edge/client_id.h"
#include "edge/reader.h"
#include "edge/socket.h"
#include "services/common/token.h"

namespace ledgercast {

enum class Transport { kSocket, kEvents, kPoll };

// As GET /v1/status names them, by Transport.
inline constexpr std::array<std::string_view, 3> kTransportNames = {"socket", "events", "poll"};

// What GET /v1/status looks at of one client, whatever its transport. Good until the shard's turn
// ends: nothing of it is kept beside the client's own state.
struct ClientView {
  // Null: its token was not judged yet.
  const Identity* identity = nullptr;
  // Null: it watches nothing.
  const Reader* reader = nullptr;
  // Null: it has acknowledged nothing.
  const Position* acknowledged = nullptr;
  // Null before it has one; then `responder` is not.
  const Socket* socket = nullptr;
  const HttpResponder* responder = nullptr;
};

// The clients of one shard, in the order in which they came. Confined to the shard's thread.
class ClientSource {
 public:
  // Nothing stands for a client that is gone. False: no more of them for now.
  using See = absl::FunctionRef<bool(ClientId, const std::optional<ClientView>&)>;

  virtual ~ClientSource() = default;
  // Shows those of `transport` behind `after`. False if `see` did not want all of them.
  virtual bool Visit(Transport transport, ClientId after, See see) const = 0;
};

}  // namespace ledgercast

#endif  // EDGE_CLIENT_VIEW_H_
