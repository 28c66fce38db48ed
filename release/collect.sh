#!/usr/bin/env bash
# Copies the files of all artefacts of a release into one folder, and writes SHA256SUMS there. The assets of a release
# have no folders, so no two files may have one name.
#
#   release/collect.sh FROM TO
#
# Users check their downloads with: sha256sum --check --ignore-missing SHA256SUMS
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../services/dev/say.sh"

[[ $# -eq 2 && -d $1 && ! -e $2 ]] || fail "usage: release/collect.sh FROM TO" "FROM is a folder. TO must not exist."
twice=$(find "$1" -type f -printf '%f\n' | sort | uniq -d)
[[ -z $twice ]] || fail "More than one file is called:" "$twice"
mkdir "$2"
find "$1" -type f -exec cp --target-directory "$2" {} +
cd "$2"
mapfile -t files < <(find . -type f -printf '%f\n' | LC_ALL=C sort)
[[ ${#files[@]} -gt 0 ]] || fail "There are no files in $1."
sha256sum -- "${files[@]}" >SHA256SUMS
