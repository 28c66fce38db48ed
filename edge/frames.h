#ifndef EDGE_FRAMES_H_
#define EDGE_FRAMES_H_

// The JSON frames of the contract, {"state", "data", "id"}: reading those of clients and
// writing ours. Pure functions. The envelope is read without a schema; what is in `data`
// is a message of frames.proto and read and written by Protobuf, except transactions,
// which are many (transaction_json.h).

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ledgercast {

struct ClientFrame {
  std::string state;
  // JSON texts. `data` is "" if there is none; `id` likewise.
  std::string data;
  std::string id;
};

// INVALID_ARGUMENT if `text` is not a frame. The bare {"token": ...} is `authenticate`.
absl::StatusOr<ClientFrame> ParseClientFrame(std::string_view text);

// Reads a JSON object as `message`. Unknown fields are an error: a misspelt filter must
// not show more than was meant.
absl::Status ParseJson(std::string_view json, google::protobuf::Message* message);

// The canonical JSON, with fields without presence always shown.
std::string ToJson(const google::protobuf::Message& message);

// `data` and `id` are JSON texts; either may be empty.
std::string Frame(std::string_view state, std::string_view data, std::string_view id = {});
std::string ErrorFrame(const absl::Status& error, std::string_view id);
// `unknown` is CursorUnknown().
std::string ResyncFrame(const absl::Status& unknown, std::string_view id);
std::string ProgressFrame(std::string_view after, std::string_view cursor);

// The parts of a frame of ours without an id.
struct FrameParts {
  std::string_view state;
  // JSON text; empty for an `error`.
  std::string_view data;
};
FrameParts SplitFrame(std::string_view text);
// Returns whether `data`, that of a `transactions` frame, holds any transaction.
bool HasTransactions(std::string_view data);
// The same for a client that stands at `after`, where there is nothing for it in between.
std::string FromAfter(std::string_view data, std::string_view after);

// The frame as a server-sent event (https://html.spec.whatwg.org/multipage/server-sent-events.html)
// named as its state; `cursor` is its id, "" = none.
std::string EventText(std::string_view frame, std::string_view cursor);

// Collects one `transactions` frame.
class TransactionsFrameBuilder {
 public:
  void Add(std::string_view transaction_json);
  bool empty() const { return count_ == 0; }
  int count() const { return count_; }
  size_t bytes() const { return list_.size(); }
  // The frame; the builder is empty again.
  std::string Finish(std::string_view after, std::string_view cursor, bool live);

 private:
  std::string list_;
  int count_ = 0;
};

}  // namespace ledgercast

#endif  // EDGE_FRAMES_H_
