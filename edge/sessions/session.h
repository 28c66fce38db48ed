#ifndef EDGE_SESSIONS_SESSION_H_
#define EDGE_SESSIONS_SESSION_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "edge/protocol/frames.h"
#include "edge/sessions/client_view.h"
#include "edge/sessions/shard_context.h"
#include "edge/sessions/token_check.h"
#include "services/common/base/rate_limit.h"

namespace ledgercast {

inline constexpr int64_t kMaxFramesPerSecond = 1'000;

// Returns the limit for the messages, pings and pongs of one client; 0 a second = no limit. A
// client that comes back may have saved up five seconds' worth of them: it asks for what it shows.
inline TokenBucket::Limit FramesLimit(int64_t per_second) {
  constexpr double kBurstSeconds = 5;
  const auto rate = static_cast<double>(per_second);
  return TokenBucket::Limit::Of(rate, kBurstSeconds * rate);
}

// Serves one client's socket by the contract: who the client is and until when, what it watches,
// and the answers to its frames. A session goes from Connected to Verifying to Authenticated, and
// back to Verifying for a refresh. A token may have to wait until the edge is ready, or for new
// keys. Frames that come meanwhile wait as well.
//
// Confined to the shard's thread. The socket's server owns it, and nothing else keeps it alive.
class Session : public SocketHandler, public std::enable_shared_from_this<Session> {
 public:
  struct Options {
    // Maximum number of frames that wait for a token to be judged.
    size_t max_waiting_frames = 16;
    // Maximum number of calls to the service that a client may have under way.
    int max_calls = 16;
    // Maximum size of answers that a client may leave unread.
    size_t max_unread_bytes = 256 << 10;
    // It is computed once, not for each frame.
    TokenBucket::Limit frames = FramesLimit(kMaxFramesPerSecond);
    // Each watch may cost the service a balance and a page of the past.
    TokenBucket::Limit watches = TokenBucket::Limit::Of(10, 50);
  };

  // Holds what the sessions of a shard share. It outlives them.
  struct Context : ShardContext {
    Options options;
  };

  static std::shared_ptr<Session> Open(const Context* context, Socket* socket, Handshake handshake);

  void OnMessage(std::string_view text) override;
  void OnBinary(std::string_view bytes) override;
  void OnControlFrame() override { (void)TakeFrame(); }
  void OnClose(int code) override;

  // Ends the session if its token is one of `revoked`. Call it when more tokens are known to be
  // revoked.
  void EndIfRevoked(const RevokedTokens& revoked);

  // Returns the client's state, or nullopt once the client is leaving. The view is valid until
  // then.
  std::optional<ClientView> View() const;

  // Tells the client that the edge stops, and closes with 1001.
  void GoAway(absl::Duration reconnect_after);

 private:
  enum class State { kConnected, kVerifying, kAuthenticated, kClosed };

  Session(const Context* context, Socket* socket)
      : context_(*context), socket_(socket), timer_(context->timers) {}

  // Counts a frame. Returns false if frames come too fast, or if the session is closed.
  bool TakeFrame();
  void Handle(const ClientFrame& frame);
  void HandleText(std::string_view text);
  void OnAuthenticate(const ClientFrame& frame);
  void OnWatch(const ClientFrame& frame);
  void OnUnwatch(const ClientFrame& frame);
  void OnPing(const ClientFrame& frame);
  void OnAck(const ClientFrame& frame);
  void OnCreateTransaction(const ClientFrame& frame);
  void OnListTransactions(const ClientFrame& frame);
  void OnGetAccount(const ClientFrame& frame);
  void OnDigest(const ClientFrame& frame);

  void Verify(std::string token, std::string request_id);
  void OnJudged(const absl::StatusOr<Identity>& identity, const std::string& token,
                const std::string& request_id);
  void Accept(const Identity& identity, const std::string& token, const std::string& request_id);
  void HandleWaitingFrames();
  void OnTokenExpired();

  void StopWatching();
  // Stops watching because the client wants something else. Answers the watch if it had not begun.
  void EndWatch();

  // Makes one call for the client. `start` begins it as part of the traceparent that it is given,
  // and `make_answer` turns its result into the answer's text. `call_off` ends the call when the
  // client goes; it is null for a call that must not end then.
  template <typename Result, typename Start, typename MakeAnswer>
  void Call(const ClientFrame& frame, std::shared_ptr<CallOff> call_off, Start start,
            MakeAnswer make_answer);
  // Ends the calls that only read, because nobody waits for their answers any more.
  void CallOffReads();

  template <typename Request, typename Result>
  using ServiceCall = void (Service::*)(Caller, Request, Service::Done<Result>);
  // Makes a call that only reads. Its request is the frame's data, and its result becomes the data
  // of a `state` frame.
  template <typename Request, typename Result>
  void Ask(const ClientFrame& frame, ServiceCall<Request, Result> call, std::string_view state);

  void Send(FrameText frame);
  // Report an error of the peer: Refuse() leaves the socket open, Fail() closes it.
  void Refuse(const absl::Status& error, std::string_view request_id);
  void Fail(const absl::Status& error, std::string_view request_id);
  void Close(CloseCode code, std::string_view reason);
  void OnNoTokenInTime();

  const Context& context_;
  // Valid until OnClose().
  Socket* const socket_;
  // The check of the token that waits to be judged; null if none waits.
  std::shared_ptr<TokenCheck> token_check_;
  // It is null while no frame waits, which is nearly always.
  std::unique_ptr<std::deque<std::string>> waiting_frames_;
  std::optional<Identity> identity_;
  // The newest accepted token. It is sent along with the client's own calls.
  std::string token_;
  WatchPtr watch_;
  Admission::TicketPtr of_subject_;
  // The furthest position of the client's `ack` frames; its sequence is negative before the first.
  Position acknowledged_{-1, 0};
  TokenBucket frames_;
  TokenBucket watches_;
  State state_ = State::kConnected;
  int calls_ = 0;
  // The calls under way that only read.
  std::vector<std::shared_ptr<CallOff>> reads_;
  Timer timer_;
};

}  // namespace ledgercast

#endif  // EDGE_SESSIONS_SESSION_H_
