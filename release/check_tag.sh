#!/usr/bin/env bash
# Prints the version that a tag releases. Fails if the tree does not have that version, or if CHANGELOG.md says nothing
# about it.
#
#   release/check_tag.sh vX.Y.Z
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source services/dev/say.sh

[[ $# -eq 1 ]] || fail "usage: release/check_tag.sh vX.Y.Z"
version=$(<VERSION)
[[ $1 == "v$version" ]] ||
  fail "The tag is $1, but VERSION says $version, so its tag must be v$version." \
       "release/set_version.sh sets the version in all files."
notes=$(release/notes.sh "$version")
[[ -n $notes ]] || fail "CHANGELOG.md says nothing about $version."
printf '%s\n' "$version"
