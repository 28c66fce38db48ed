#!/usr/bin/env bash
# Tests the steps of a release that need no network, the workflow that runs them, and what a release
# promises.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh
source services/dev/build.sh

install_modules release
install_modules tests/release
build_client
exec node --test tests/release/*.test.mjs
