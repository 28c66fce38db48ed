#!/usr/bin/env bash
# Writes SHA256SUMS for the files of a release. They become assets in one folder, so no two may have one name.
#
#   release/checksums.sh DIRECTORY
#
# Users check their downloads with: sha256sum --check --ignore-missing SHA256SUMS
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../services/dev/say.sh"

[[ $# -eq 1 && -d $1 ]] || fail "usage: release/checksums.sh DIRECTORY"
cd "$1"
rm -f SHA256SUMS
unexpected=$(find . -mindepth 1 ! -type f)
[[ -z $unexpected ]] || fail "Only files can be assets of a release, but there is:" "$unexpected"
mapfile -t files < <(find . -type f -printf '%f\n' | LC_ALL=C sort)
[[ ${#files[@]} -gt 0 ]] || fail "There is nothing in $1."
sha256sum -- "${files[@]}" >SHA256SUMS.new
mv SHA256SUMS.new SHA256SUMS
