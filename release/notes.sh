#!/usr/bin/env bash
# Prints what CHANGELOG.md says about a version, without the heading.
#
#   release/notes.sh X.Y.Z|Unreleased
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source services/dev/say.sh

[[ $# -eq 1 ]] || fail "usage: release/notes.sh X.Y.Z|Unreleased"
grep -q "^## ${1//./\\.}\( \|\$\)" CHANGELOG.md || fail "CHANGELOG.md has no section for $1."
# $() removes the empty lines at the end.
text=$(awk -v section="$1" '/^## / { inside = $2 == section; next } inside && (NF || begun) { begun = 1; print }' CHANGELOG.md)
[[ -z $text ]] || printf '%s\n' "$text"
