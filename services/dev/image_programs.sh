#!/usr/bin/env bash
# Compiles the programs in the root of the repository, as both images do: all of them at once, so
# that an engine which builds both images compiles what they share, and this step, only once.
#
#   services/dev/image_programs.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh
source services/dev/build.sh

# No tests, and nothing for debuggers, which would be stripped.
cmake --preset release -DLEDGERCAST_TESTS=OFF "-DCMAKE_CXX_FLAGS_RELEASE=-O2 -DNDEBUG"
build_preset release "${PROGRAMS[@]}"
