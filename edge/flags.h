#ifndef EDGE_FLAGS_H_
#define EDGE_FLAGS_H_

#include "edge/options.h"
#include "services/common/base/flag_set.h"

namespace ledgercast {

// Adds the edge's flags and the environment variables that stand in for them.
void AddFlags(FlagSet* flags, EdgeOptions* options);

}  // namespace ledgercast

#endif  // EDGE_FLAGS_H_
