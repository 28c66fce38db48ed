#include "edge/net/ws_server.h"

#include "absl/time/clock.h"
#include "edge/net/tcp.h"
#include "services/common/base/clock.h"

namespace ledgercast {

absl::StatusOr<std::unique_ptr<WsServer>> WsServer::Listen(const Options& options,
                                                           Admission* admission,
                                                           const HandlerFactory& factory) {
  const auto address = FindListenAddress(options.host, options.port);
  if (!address.ok()) return address.status();
  std::unique_ptr<WsServer> server(new WsServer(admission));
  server->port_ = address->port;
  for (int i = 0; i < options.shards; ++i) {
    auto shard = WsShard::Make(options.shard, admission);
    const absl::Status status = shard->Listen(address->address, address->port);
    if (!status.ok()) return status;
    shard->SetHandler(factory(shard.get()));
    server->shards_.push_back(std::move(shard));
  }
  return server;
}

std::vector<const SentBytes*> WsServer::sent_bytes() const {
  std::vector<const SentBytes*> sent;
  for (const auto& shard : shards_) sent.push_back(&shard->sent_bytes());
  return sent;
}

void WsServer::Start() {
  for (const auto& shard : shards_) shard->Start();
}

void WsServer::Stop(absl::Duration grace) {
  for (const auto& shard : shards_) shard->StopListening();
  const absl::Time until = SteadyNow() + grace;
  while (admission_->connections() > 0 && SteadyNow() < until)
    absl::SleepFor(absl::Milliseconds(10));
  for (const auto& shard : shards_) shard->Stop();
}

}  // namespace ledgercast
