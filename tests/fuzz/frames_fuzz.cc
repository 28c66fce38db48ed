// Frames of clients: what is read is written back as JSON, and what cannot be read is refused. Then
// a session gets them, a line a frame.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "edge/protocol/frames.h"
#include "edge/protocol/proto_json.h"
#include "edge/sessions/session.h"
#include "ledgercast/v1/frames.pb.h"
#include "tests/fuzz/require.h"
#include "tests/support/edge_session_fixture.h"

namespace ledgercast::testing {
namespace {

void ReadAndWrite(std::string_view text) {
  const auto frame = ParseClientFrame(text);
  if (!frame.ok()) {
    Require(absl::IsInvalidArgument(frame.status()), "what is no frame is the client's fault");
    Require(nlohmann::json::accept(ErrorFrame(frame.status(), "").text), "an error is JSON");
    return;
  }
  const std::string echo = Frame("pong", frame->data, frame->id).text;
  Require(nlohmann::json::accept(echo), "an answer is JSON");
  v1::WatchFrame watch;
  v1::CreateTransactionRequest create;
  if (ParseData(*frame, &watch).ok()) {
    v1::WatchFrame again;
    Require(ParseJson(ToJson(watch), &again).ok(), "what was read can be read again");
  }
  if (ParseData(*frame, &create).ok()) {
    Require(nlohmann::json::accept(ToJson(create)), "a message is JSON");
  }
}

// A client that is signed in and says whatever it likes.
class Client : public SessionTest {
 public:
  void Say(std::string_view lines) {
    Open(Token("user1"));
    while (!lines.empty()) {
      const std::string_view line = lines.substr(0, lines.find('\n'));
      lines.remove_prefix(std::min(lines.size(), line.size() + 1));
      if (!socket_.close_code.has_value()) SendText(std::string(line));
    }
    for (const nlohmann::json& frame : socket_.frames) {
      Require(frame.contains("state"), "every answer has a state");
    }
    session_->OnClose(1000);
    Require(counts_.sockets_open.value() == 0, "nothing is left of a socket");
    Require(counts_.readers_live.value() + counts_.readers_behind.value() == 0,
            "nothing is left of a watch");
  }
  void TestBody() override {}
};

}  // namespace
}  // namespace ledgercast::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ledgercast::testing::ReadAndWrite(text);
  ledgercast::testing::Client().Say(text);
  return 0;
}
