#ifndef EDGE_SETTINGS_H_
#define EDGE_SETTINGS_H_

#include "edge/edge_shard.h"
#include "edge/net/admission.h"
#include "edge/net/ws_server.h"
#include "edge/options.h"

namespace ledgercast {

// Turns the edge's flags into the options of its parts.

// Raises the limit on open files as far as it goes, and returns limits that are below it.
Admission::Options AdmissionSettings(const EdgeOptions& options);
WsServer::Options ServerSettings(const EdgeOptions& options);
EdgeShard::Options ShardSettings(const EdgeOptions& options);

}  // namespace ledgercast

#endif  // EDGE_SETTINGS_H_
