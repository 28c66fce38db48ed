#ifndef EDGE_FLAGS_H_
#define EDGE_FLAGS_H_

#include <CLI/CLI.hpp>

#include "edge/options.h"

namespace ledgercast {

// Adds the edge's flags and the environment variables that stand in for them.
void AddFlags(CLI::App* app, EdgeOptions* options);

}  // namespace ledgercast

#endif  // EDGE_FLAGS_H_
