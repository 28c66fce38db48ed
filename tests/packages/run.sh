#!/usr/bin/env bash
# Tests the Debian packages as an operator uses them: installs them in a fresh Debian with systemd
# and PostgreSQL, sets up, posts and watches, upgrades, restarts, removes and purges.
#
#   tests/packages/run.sh           for the Debian of this machine
#   tests/packages/run.sh 12|13     for the other one, whose packages a chroot of it builds
#
# Needs root, debootstrap, systemd-container and lintian, and exits with 77 without them. Takes two
# minutes, plus the time to build the packages and to download the fresh Debian.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh
source tests/support/fresh_debian.sh

choose_debian "$@"
require_root_and debootstrap systemd-nspawn lintian node
# Also builds the service of the next version, to which the test upgrades.
readonly BUILD='packaging/build.sh && cmake --build --preset release --target ledgercast-transaction-service-next'
readonly STATE=$PWD/build/packages_test/$RELEASE

# Builds the packages of a Debian that is not this machine's in a chroot of it.
build_elsewhere() {
  local root=$STATE/builder
  make_root "$RELEASE" "$root"
  copy_sources "$root/src"
  in_root "$root" bash -c "cd /src && $BUILD"
  built=$root/src/build/release
}

if [[ $RELEASE == "$(debian_here)" ]]; then
  bash -c "$BUILD"
  built=$PWD/build/release
else
  build_elsewhere
fi

make_root "$RELEASE" "$STATE/fresh"
step "Checking the packages with lintian"
lintian --fail-on error "$built"/packages/*.deb || fail "lintian found errors; they are above."
step "Testing the packages in a Debian $RELEASE of their own"
LEDGERCAST_BUILT=$built LEDGERCAST_FRESH_DEBIAN=$STATE/fresh exec node --test tests/packages/packages.test.mjs
