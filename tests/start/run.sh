#!/usr/bin/env bash
# Measures the first minutes of a newcomer: in a fresh Debian, types ./run.sh and waits for the page.
#
#   tests/start/run.sh [12|13]     prints the seconds until the page is up, and those of each phase
#
# Needs root and debootstrap, and exits with 77 without them. Nothing is cached: apt, the compiler and
# npm begin with nothing. Takes five minutes on two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh
source tests/support/fresh_debian.sh

choose_debian "$@"
require_root_and debootstrap
readonly ROOT=$PWD/build/start_test/$RELEASE

rm -rf "$ROOT"
make_root "$RELEASE" "$ROOT"
copy_sources "$ROOT/src"
step "Typing ./run.sh in a fresh Debian $RELEASE"
began=$SECONDS
# Shows each step with the seconds since the beginning.
in_root "$ROOT" bash -c 'cd /src && exec services/dev/smoke.sh' 2>&1 | while IFS= read -r line; do
  printf '%4d s  %s\n' "$((SECONDS - began))" "$line"
done
