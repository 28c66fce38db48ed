#ifndef EDGE_SESSIONS_EVENT_STREAM_H_
#define EDGE_SESSIONS_EVENT_STREAM_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "edge/sessions/client_view.h"
#include "edge/sessions/shard_context.h"
#include "edge/sessions/token_check.h"
#include "ledgercast/v1/frames.pb.h"

namespace ledgercast {

// Serves one client of /v1/events. It sends the frames of a watch as server-sent events, until the
// client's token ends. The client says what it wants in the request, and nothing after that.
//
// Confined to the shard's thread; owned by HttpStreams.
class EventStream : public SocketHandler, public std::enable_shared_from_this<EventStream> {
 public:
  struct Options {
    absl::Duration authenticate_timeout = absl::Seconds(5);
    // See ReauthenticateIn().
    absl::Duration reauthenticate_lead = absl::Seconds(60);
  };

  // `on_end` runs once, when there is nothing more to do, and may release the stream.
  static std::shared_ptr<EventStream> Make(const ShardContext* context, const Options& options,
                                           v1::WatchFrame watch,
                                           std::shared_ptr<HttpResponder> responder,
                                           std::function<void()> on_end);

  void Start(std::string token);

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
  EventStream(const ShardContext* context, const Options& options, v1::WatchFrame watch,
              std::shared_ptr<HttpResponder> responder, std::function<void()> on_end);

  void OnJudged(const absl::StatusOr<Identity>& identity);
  void Open(const Identity& identity);
  void Refuse(const absl::Status& error);
  void OnTokenEnding();
  void End();

  const ShardContext& context_;
  const Options options_;
  const v1::WatchFrame watch_;
  std::shared_ptr<HttpResponder> responder_;
  std::function<void()> on_end_;
  std::shared_ptr<TokenCheck> token_check_;
  // It is non-null while events flow, and only then.
  Socket* socket_ = nullptr;
  ReaderPtr reader_;
  Admission::TicketPtr of_subject_;
  // It is set once the client's token was judged.
  Identity identity_;
  Timer timer_;
};

}  // namespace ledgercast

#endif  // EDGE_SESSIONS_EVENT_STREAM_H_
