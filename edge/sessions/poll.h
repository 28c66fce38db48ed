#ifndef EDGE_SESSIONS_POLL_H_
#define EDGE_SESSIONS_POLL_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "edge/sessions/client_view.h"
#include "edge/sessions/http_stream.h"
#include "ledgercast/v1/frames.pb.h"
#include "services/common/auth/revoked_tokens.h"

namespace ledgercast {

// Answers one request of /v1/poll. It runs a watch until the first transactions come, or until the
// client has waited for as long as it wanted to. The answer is the data of a `transactions` frame.
//
// Confined to the shard's thread; owned by HttpStreams.
class Poll : public HttpStream, public Socket {
 public:
  struct Options {
    // Longest wait; a client that wants to wait for longer asks again.
    absl::Duration max_wait = absl::Seconds(25);
    // Time that the service may take to judge a cursor, however short the client wants to wait.
    absl::Duration start_timeout = absl::Seconds(5);
  };

  Poll(const Options& options, v1::PollRequest request, Birth birth);

  // Ends the poll if its token is one of `revoked`. Call it when more tokens are known to be
  // revoked.
  void EndIfRevoked(const RevokedTokens& revoked);

  // Returns the client's state, or nullopt once the client is leaving. The view is valid until
  // then.
  std::optional<ClientView> View() const;

  // Answers with what there is, because the edge stops.
  void GoAway();

  // The poll is its reader's socket. It answers with the first frame that holds transactions, and
  // takes no further frames.
  void Send(const FramePtr& frame) override;
  void Close(CloseCode code, std::string_view reason) override;
  bool write_pending() const override { return ending_; }
  size_t queued_bytes() const override { return 0; }
  Link link() const override { return responder_ == nullptr ? Link() : responder_->link(); }

 private:
  void OnJudged(const absl::StatusOr<Identity>& identity) override;
  void OnGone() override { End(std::nullopt); }
  void OnWaited();
  // Makes the data of a `transactions` frame that begins where the client stands.
  HttpResponse Answer(std::string_view transactions, std::string_view cursor, bool live) const;
  HttpResponse EmptyAnswer() const;
  // Ends in a task of its own, because the hub still uses the reader while it sends.
  void EndSoon(HttpResponse response);
  void End(std::optional<HttpResponse> response);

  const Options options_;
  const v1::PollRequest request_;
  Position start_;
  // Time at which to stop waiting for a cursor to be judged.
  absl::Time give_up_;
  bool waited_ = false;
  bool ending_ = false;
};

}  // namespace ledgercast

#endif  // EDGE_SESSIONS_POLL_H_
