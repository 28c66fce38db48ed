#!/usr/bin/env bash
# Gives the next release its version, in every file that names it. It also closes the changelog's section and records
# the migrations, which must not change once they are released.
#
#   release/set_version.sh X.Y.Z
#
# The version is X.Y.Z, without a suffix, because CMake and the Debian packages order only such versions alike.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source services/dev/say.sh

readonly MIGRATIONS=services/transaction/postgres/migrations
readonly IMAGES='ledgercast/(transaction-service|edge)'
# The first lines of a lock file name its own package, twice. Later lines name other packages.
readonly HEAD_OF_LOCK=12

# written NAME...: lists the files of these names that are part of the project.
written() {
  local name names=()
  for name in "$@"; do names+=(-o -name "$name"); done
  find . \( -name node_modules -o -name build -o -name dist -o -name .git -o -name .ledgercast \) -prune \
    -o -type f \( "${names[@]:1}" \) -print
}

set_packages() {
  written package.json package-lock.json |
    xargs sed -i -E "1,${HEAD_OF_LOCK}s/^( *\"version\": )\"[^\"]*\"/\1\"$1\"/"
}

set_names() {
  written docker-compose.yaml Dockerfile '*.md' '*.yaml' | grep -v '^\./CHANGELOG' |
    xargs sed -i -E "s#($IMAGES:)[0-9]+\.[0-9]+\.[0-9]+#\1$1#g"
  # Names of files and addresses in documents.
  written '*.md' | grep -v '^\./CHANGELOG' |
    xargs sed -i -E "s#(\bledgercast[a-z-]*_)[0-9]+\.[0-9]+\.[0-9]+(\+deb)#\1$1\2#g; s#(/releases/download/v)[0-9]+\.[0-9]+\.[0-9]+#\1$1#g"
  written Dockerfile | xargs sed -i -E "s/^(ARG VERSION=).*/\1$1/"
  sed -i -E "s/^( *newTag: ).*/\1$1/" k8s/overlays/production/kustomization.yaml
}

set_changelog() {
  sed -i "s/^## Unreleased\$/## Unreleased\n\n## $1 - $(date --utc +%F)/" CHANGELOG.md
}

record_migrations() {
  (cd "$MIGRATIONS" && sha256sum V*.sql >checksums)
}

[[ $# -eq 1 && $1 =~ ^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$ ]] ||
  fail "usage: release/set_version.sh X.Y.Z"
version=$1
if grep -q "^## ${version//./\\.}\b" CHANGELOG.md; then
  fail "CHANGELOG.md has a section for $version already."
fi
[[ -n $(release/notes.sh Unreleased) ]] || fail "CHANGELOG.md says nothing under Unreleased."
# Once a migration is recorded, it must not change, so the record must hold before it is extended.
if [[ -f $MIGRATIONS/checksums ]]; then
  (cd "$MIGRATIONS" && sha256sum --check --quiet checksums) >&2 ||
    fail "A migration that was released has changed. Restore it, and add a new migration instead."
fi

echo "$version" >VERSION
set_packages "$version"
set_names "$version"
set_changelog "$version"
record_migrations
note "All files now name $version. release/README.md says what comes next."
