#ifndef EDGE_SESSIONS_EVENT_STREAM_H_
#define EDGE_SESSIONS_EVENT_STREAM_H_

#include <memory>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "edge/sessions/client_view.h"
#include "edge/sessions/http_stream.h"
#include "ledgercast/v1/frames.pb.h"
#include "services/common/auth/revoked_tokens.h"

namespace ledgercast {

// Serves one client of /v1/events. It sends the frames of a watch as server-sent events, until the
// client's token ends. The client says what it wants in the request, and nothing after that.
//
// Confined to the shard's thread; owned by HttpStreams.
class EventStream : public HttpStream, public SocketHandler {
 public:
  EventStream(v1::WatchFrame wanted, Birth birth);

  void OnMessage(std::string_view /*text*/) override {}
  void OnBinary(std::string_view /*bytes*/) override {}
  void OnClose(int code) override;

  // Ends the stream if its token is one of `revoked`. Call it when more tokens are known to be
  // revoked.
  void EndIfRevoked(const RevokedTokens& revoked);

  // Returns the client's state, or nullopt once the client is leaving. The view is valid until
  // then.
  std::optional<ClientView> View() const;

  // Tells the client that the edge stops, and ends.
  void GoAway(absl::Duration reconnect_after);

 private:
  void OnJudged(const absl::StatusOr<Identity>& identity) override;
  void OnGone() override { Finish(); }
  // Answers with an error before events flow, and ends.
  void Refuse(const absl::Status& error);
  // Begins to send events. `watch` may be the error of a cursor that is not known.
  void Open(const absl::StatusOr<WatchPtr>& watch);

  const v1::WatchFrame wanted_;
  // Non-null while events flow.
  Socket* socket_ = nullptr;
};

}  // namespace ledgercast

#endif  // EDGE_SESSIONS_EVENT_STREAM_H_
