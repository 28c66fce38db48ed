// Sends back what it is sent, through the edge's own WebSocket layer: what the Autobahn test
// suite asks of a server. Prints its port.
#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "edge/net/web_socket.h"
#include "edge/net/ws_server.h"
#include "services/common/base/flag_set.h"
#include "services/common/base/program.h"

namespace ledgercast {
namespace {

// The largest message of the suite.
constexpr size_t kMaxMessageBytes = 16 << 20;

class Echo : public SocketHandler {
 public:
  explicit Echo(Socket* socket) : socket_(socket) {}

  void OnMessage(std::string_view text) override {
    socket_->Send(MakeWireFrame({std::string(text), {}}));
  }
  void OnBinary(std::string_view bytes) override {
    socket_->Send(std::make_shared<PreparedFrame>(websocketpp::frame::opcode::binary,
                                                  FrameText{std::string(bytes), {}}));
  }
  void OnClose(int /*code*/) override {}

 private:
  Socket* const socket_;
};

class EchoShard : public ShardHandler {
 public:
  std::unique_ptr<HttpResponse> Refuse(const HttpRequest& /*request*/) override { return nullptr; }
  std::shared_ptr<SocketHandler> OnOpen(Socket* socket, Handshake /*handshake*/) override {
    return std::make_shared<Echo>(socket);
  }
  void OnHttp(HttpRequest /*request*/, std::shared_ptr<HttpResponder> responder) override {
    HttpResponse not_found;
    not_found.status = 404;
    responder->Reply(std::move(not_found));
  }
  void OnTick(absl::Time /*now*/) override {}
  void OnStop() override {}
};

int Run(bool compression, StopSignal* stop) {
  Admission admission({}, &absl::Now);
  WsServer::Options options;
  options.host = "127.0.0.1";
  options.shard.compression = compression;
  options.shard.sockets.max_message_bytes = kMaxMessageBytes;
  const auto server = WsServer::Listen(
      options, &admission, [](Shard* /*shard*/) { return std::make_unique<EchoShard>(); });
  if (!server.ok()) {
    std::fprintf(stderr, "%s\n", server.status().ToString().c_str());
    return 1;
  }
  (*server)->Start();
  std::printf("%d\n", (*server)->port());
  std::fflush(stdout);
  stop->Wait();
  (*server)->Stop(absl::Seconds(1));
  return 0;
}

}  // namespace
}  // namespace ledgercast

int main(int argc, char** argv) {
  ledgercast::StopSignal stop;
  ledgercast::FlagSet flags("Sends back what it is sent", "echo_server");
  bool compression = false;
  flags.AddSwitch("compression", &compression, "agree to permessage-deflate");
  if (const auto code = flags.Parse(argc, argv)) return *code;
  return ledgercast::Run(compression, &stop);
}
