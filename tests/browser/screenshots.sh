#!/usr/bin/env bash
# Makes screenshots of every view in both themes, at phone and desktop width, with its own stack:
#
#   tests/browser/screenshots.sh DIRECTORY
#
# Needs the built programs (build/release, or LEDGERCAST_BIN) and the built page (edge/ui/dist).
set -euo pipefail

[[ $# -eq 1 ]] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
directory=$(realpath --canonicalize-missing "$1")
cd "$(dirname "$0")"
# The seed makes the transfers the same every time.
exec env LEDGERCAST_SEED=7 node screenshots.mjs "$directory"
