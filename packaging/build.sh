#!/usr/bin/env bash
# Builds the Debian packages for the Debian and the processor that it runs on.
#
#   packaging/build.sh        leaves ledgercast*.deb in build/release/packages/
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source services/dev/say.sh
source services/dev/build.sh

readonly OUT=build/release/packages

step "Looking for packages that are missing"
services/dev/packages.sh package
step "Building the page"
build_page
step "Building the programs"
configure_preset release -DCMAKE_INSTALL_PREFIX=/usr
build_preset release "${PROGRAMS[@]}" documents
step "Making the packages"
rm -rf "$OUT"
(cd build/release && cpack -G DEB) >&2 || fail "CPack could not make the packages; its message is above."
rm -rf "$OUT/_CPack_Packages"
ls "$OUT"/*.deb
