#ifndef EDGE_PROTOCOL_FRAMES_H_
#define EDGE_PROTOCOL_FRAMES_H_

// Reads the JSON frames of clients, {"state", "data", "id"}, and writes the edge's frames, as the
// contract says. All functions are pure. The envelope is read without a schema. The `data` is a
// message of frames.proto, which Protobuf reads and writes. Data that is sent often is written by
// hand: transactions (transaction_json.h) and the two frames that open a socket.

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "edge/protocol/wire_frame.h"
#include "ledgercast/v1/frames.pb.h"

namespace ledgercast {

struct ClientFrame {
  std::string state;
  // The data as strict JSON text; "" if there is none.
  std::string data;
  // The id as JSON text of at most 256 bytes, as the client wrote it; "" if there is none.
  std::string id;
};

// Reads a client's frame. A bare {"token": ...} counts as `authenticate`. Returns INVALID_ARGUMENT
// if `text` is not a frame.
absl::StatusOr<ClientFrame> ParseClientFrame(std::string_view text);

// Reads the data of `frame` into `message`. Unknown fields are an error, because a misspelt filter
// must not show more than was meant.
absl::Status ParseData(const ClientFrame& frame, google::protobuf::Message* message);

// Makes a frame. `data` and `id` are JSON texts; either may be empty.
FrameText Frame(std::string_view state, std::string_view data, std::string_view id = {});
FrameText ErrorFrame(const absl::Status& error, std::string_view id);
// Makes a `resync` frame for `unknown`, which is an error of CursorUnknown().
FrameText ResyncFrame(const absl::Status& unknown, std::string_view id);
FrameText ProgressFrame(std::string_view after, std::string_view cursor);
// Makes the data of a `transactions` frame. `list` holds the JSON of its transactions, with commas
// between them.
std::string TransactionsData(std::string_view list, std::string_view after, std::string_view cursor,
                             bool live);

// Collects the transactions of one `transactions` frame.
class TransactionsFrameBuilder {
 public:
  void Add(std::string_view transaction_json);
  bool empty() const { return count_ == 0; }
  int count() const { return count_; }
  size_t bytes() const { return list_.size(); }
  // Returns the frame and empties the builder.
  FrameText Finish(std::string_view after, std::string_view cursor, bool live);

 private:
  std::string list_;
  int count_ = 0;
};

}  // namespace ledgercast

#endif  // EDGE_PROTOCOL_FRAMES_H_
