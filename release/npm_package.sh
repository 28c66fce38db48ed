#!/usr/bin/env bash
# Packs @ledgercast/client for the npm registry.
#
#   release/npm_package.sh DIRECTORY OWNER/REPOSITORY
#
# Writes DIRECTORY/ledgercast-client-X.Y.Z.tgz. The registry only accepts a statement of provenance if the package names
# the repository on GitHub that it was built in. A fork has another name, so the name is added here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source services/dev/say.sh
source services/dev/build.sh

[[ $# -eq 2 && $2 =~ ^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$ ]] || fail "usage: release/npm_package.sh DIRECTORY OWNER/REPOSITORY"
mkdir -p "$1"
directory=$(cd "$1" && pwd)
build_client
copy=$(mktemp -d)
trap 'rm -r "$copy"' EXIT
cp -r edge/client/package.json edge/client/README.md edge/client/dist "$copy"
cd "$copy"
npm pkg set repository.type=git "repository.url=git+https://github.com/$2.git" repository.directory=edge/client
# The copy has been built and holds no sources.
npm pack --ignore-scripts --silent --pack-destination "$directory" >&2
