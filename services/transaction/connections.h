#ifndef SERVICES_TRANSACTION_CONNECTIONS_H_
#define SERVICES_TRANSACTION_CONNECTIONS_H_

#include <grpcpp/server_builder.h>

#include "absl/time/time.h"

namespace ledgercast {

// How long the gRPC server keeps its clients' connections.
struct ConnectionOptions {
  // A silent client is asked this often whether it is there, and has `keepalive_timeout` to answer.
  absl::Duration keepalive = absl::Seconds(20);
  absl::Duration keepalive_timeout = absl::Seconds(10);
  // Age at which a client is told to connect anew, so that connections spread over replicas that
  // were added since. Zero = never.
  absl::Duration max_age = absl::Minutes(30);
  // Time that calls which are still open then have to end; streams are cut off and go on by their
  // cursor.
  absl::Duration max_age_grace = absl::Minutes(1);
};

// Lets every server that is made from now on answer gRPC's health and reflection services.
void EnableHealthAndReflection();

// Sets these options, and the limits on what one client may ask for.
void SetUpConnections(const ConnectionOptions& options, grpc::ServerBuilder* builder);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_CONNECTIONS_H_
