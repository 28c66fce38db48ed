#ifndef EDGE_POLL_H_
#define EDGE_POLL_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "edge/client_view.h"
#include "edge/shard_context.h"
#include "edge/token_claim.h"
#include "ledgercast/v1/frames.pb.h"

namespace ledgercast {

// One request of /v1/poll: the watch of a WebSocket until its first transactions, or until the
// client has waited for as long as it wanted to. Its answer is the data of a `transactions` frame.
//
// Confined to the shard's thread; owned by HttpStreams.
class Poll : public Socket, public std::enable_shared_from_this<Poll> {
 public:
  struct Options {
    absl::Duration authenticate_timeout = absl::Seconds(5);
    // A client that wants to wait for longer asks again.
    absl::Duration max_wait = absl::Seconds(25);
    // What the service may take to judge a cursor, however short the client wants to wait.
    absl::Duration start_timeout = absl::Seconds(5);
  };

  // `on_end` runs once, when there is nothing more to do, and may let go of it.
  static std::shared_ptr<Poll> Make(const ShardContext* context, const Options& options,
                                    v1::PollRequest request,
                                    std::shared_ptr<HttpResponder> responder,
                                    std::function<void()> on_end);

  void Start(std::string token);

  // To be called when more tokens are known to be revoked.
  void EndIfRevoked(const RevokedTokens& revoked);

  // Nothing if it is leaving. Good while it is not.
  std::optional<ClientView> View() const;

  // The edge stops: answers with what there is.
  void GoAway();

  // As the reader's socket: takes one frame, and is full once it holds transactions.
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
  // In a task of its own: the hub is not done with the reader while it sends.
  void EndSoon(HttpResponse response);
  void End(std::optional<HttpResponse> response);

  const ShardContext& context_;
  const Options options_;
  const v1::PollRequest request_;
  std::shared_ptr<HttpResponder> responder_;
  std::function<void()> on_end_;
  std::shared_ptr<TokenClaim> claim_;
  // Not null while it waits, for whom `identity_` says.
  ReaderPtr reader_;
  Identity identity_;
  Admission::TicketPtr of_subject_;
  Position start_;
  // Until then an unjudged cursor is waited for.
  absl::Time give_up_;
  bool waited_ = false;
  bool ending_ = false;
  Timer timer_;
};

}  // namespace ledgercast

#endif  // EDGE_POLL_H_
