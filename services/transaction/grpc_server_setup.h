#ifndef SERVICES_TRANSACTION_GRPC_SERVER_SETUP_H_
#define SERVICES_TRANSACTION_GRPC_SERVER_SETUP_H_

#include <grpcpp/server_builder.h>

#include "absl/time/time.h"

namespace ledgercast {

// Says how long the gRPC server keeps its clients' connections.
struct ConnectionOptions {
  // Interval at which a silent client is pinged. It has `keepalive_timeout` to answer.
  absl::Duration keepalive = absl::Seconds(20);
  absl::Duration keepalive_timeout = absl::Seconds(10);
  // Age of a connection at which its client is told to connect again. So connections spread over
  // replicas that were added later. Zero means never.
  absl::Duration max_age = absl::Minutes(30);
  // Time that calls which are still open have to end after `max_age`. Streams are cut off; their
  // clients continue from their cursor.
  absl::Duration max_age_grace = absl::Minutes(1);
};

// Makes every server that is built from now on answer gRPC's health and reflection services.
void EnableHealthAndReflection();

// Sets these options on `builder`, and limits on the size and number of a client's requests.
void SetUpConnections(const ConnectionOptions& options, grpc::ServerBuilder* builder);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_GRPC_SERVER_SETUP_H_
