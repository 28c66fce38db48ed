#!/usr/bin/env bash
# Compiles all programs in the repository's root. Both images run this same step, so an engine that
# builds both compiles everything only once.
#
#   services/dev/image_programs.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh
source services/dev/build.sh

# The images need no tests and no packages.
configure_preset release -DLEDGERCAST_TESTS=OFF -DLEDGERCAST_PACKAGES=OFF
build_preset release "${PROGRAMS[@]}"
