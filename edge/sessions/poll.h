#ifndef EDGE_SESSIONS_POLL_H_
#define EDGE_SESSIONS_POLL_H_

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

// Answers one request of /v1/poll. It runs a watch until the first transactions come, or until the
// client has waited for as long as it wanted to. The answer is the data of a `transactions` frame.
//
// Confined to the shard's thread; owned by HttpStreams.
class Poll : public Socket, public std::enable_shared_from_this<Poll> {
 public:
  struct Options {
    absl::Duration authenticate_timeout = absl::Seconds(5);
    // Longest wait; a client that wants to wait for longer asks again.
    absl::Duration max_wait = absl::Seconds(25);
    // Time that the service may take to judge a cursor, however short the client wants to wait.
    absl::Duration start_timeout = absl::Seconds(5);
  };

  // `on_end` runs once, when there is nothing more to do, and may release the poll.
  static std::shared_ptr<Poll> Make(const ShardContext* context, const Options& options,
                                    v1::PollRequest request,
                                    std::shared_ptr<HttpResponder> responder,
                                    std::function<void()> on_end);

  void Start(std::string token);

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
  Poll(const ShardContext* context, const Options& options, v1::PollRequest request,
       std::shared_ptr<HttpResponder> responder, std::function<void()> on_end);

  void OnJudged(const absl::StatusOr<Identity>& identity);
  void OnWaited();
  HttpResponse EmptyAnswer() const;
  // Ends in a task of its own, because the hub still uses the reader while it sends.
  void EndSoon(HttpResponse response);
  void End(std::optional<HttpResponse> response);

  const ShardContext& context_;
  const Options options_;
  const v1::PollRequest request_;
  std::shared_ptr<HttpResponder> responder_;
  std::function<void()> on_end_;
  std::shared_ptr<TokenCheck> token_check_;
  // It is non-null while the poll waits. `identity_` says for whom it waits.
  ReaderPtr reader_;
  Identity identity_;
  Admission::TicketPtr of_subject_;
  Position start_;
  // Time at which to stop waiting for a cursor to be judged.
  absl::Time give_up_;
  bool waited_ = false;
  bool ending_ = false;
  Timer timer_;
};

}  // namespace ledgercast

#endif  // EDGE_SESSIONS_POLL_H_
