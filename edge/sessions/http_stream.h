#ifndef EDGE_SESSIONS_HTTP_STREAM_H_
#define EDGE_SESSIONS_HTTP_STREAM_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "edge/net/shard.h"
#include "edge/net/timers.h"
#include "edge/sessions/shard_context.h"
#include "edge/sessions/token_check.h"
#include "ledgercast/v1/frames.pb.h"

namespace ledgercast {

// Begins a client that reads the feed by one HTTP request, which carries its token: /v1/events and
// /v1/poll. The token is judged first, then the client counts as one of its subject's, and then its
// watch begins.
//
// Confined to the shard's thread. HttpStreams owns it until `on_end` has run.
class HttpStream : public std::enable_shared_from_this<HttpStream> {
 public:
  // Everything that a stream needs to begin. `on_end` runs once, when there is nothing more to do,
  // and may release the stream.
  struct Birth {
    const ShardContext* context = nullptr;
    std::shared_ptr<HttpResponder> responder;
    std::function<void()> on_end;
  };

  virtual ~HttpStream() = default;
  HttpStream(const HttpStream&) = delete;
  HttpStream& operator=(const HttpStream&) = delete;

  void Start(std::string token);

 protected:
  explicit HttpStream(Birth birth);

  // Begins what the client asked for, once its token was judged. `identity` may be an error.
  virtual void OnJudged(const absl::StatusOr<Identity>& identity) = 0;
  // Ends the stream, because the client has left before it was answered.
  virtual void OnGone() = 0;

  // Makes the reader that `wanted` asks for, and counts the stream as one of the subject's. Errors
  // are those of MakeWatch() and of the limit for a subject.
  absl::StatusOr<WatchPtr> Enter(const Identity& identity, const v1::WatchFrame& wanted);
  // Stops everything and runs `on_end`, which may destroy the stream. Does nothing at the second
  // call.
  void Finish();
  bool is_judged() const { return token_check_ == nullptr; }

  const ShardContext& context_;
  // Null once it has answered.
  std::shared_ptr<HttpResponder> responder_;
  // Non-null while the client watches.
  WatchPtr watch_;
  // Identity of the client, from Enter() on.
  Identity identity_;
  Timer timer_;

 private:
  std::function<void()> on_end_;
  std::shared_ptr<TokenCheck> token_check_;
  // Counts the stream as one of its subject's for as long as it lives.
  Admission::TicketPtr subject_ticket_;
};

}  // namespace ledgercast

#endif  // EDGE_SESSIONS_HTTP_STREAM_H_
