#!/usr/bin/env bash
# Writes CycloneDX lists of the npm packages that the client and the page are built from. Those that are only tools are
# marked as such.
#
#   release/sbom_npm.sh DIRECTORY
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source services/dev/say.sh
source services/dev/build.sh

[[ $# -eq 1 ]] || fail "usage: release/sbom_npm.sh DIRECTORY"
mkdir -p "$1"
directory=$(cd "$1" && pwd)
install_modules release
version=$(<VERSION)

# list FOLDER NAME TYPE: writes the list of one package. TYPE is what CycloneDX calls its kind.
list() {
  release/node_modules/.bin/cyclonedx-npm --package-lock-only --output-reproducible --no-validate --mc-type "$3" \
    --output-file "$directory/$2-$version.cdx.json" "$1/package.json" ||
    fail "The packages of $1 could not be listed; the message is above."
}
list edge/client ledgercast-client library
list edge/ui ledgercast-page application
