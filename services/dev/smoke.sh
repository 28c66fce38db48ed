#!/usr/bin/env bash
# Runs ./run.sh as on a fresh machine: checks that the page comes up and that Ctrl-C stops
# everything.
#
#   services/dev/smoke.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh

# The time limit includes installing and building.
readonly UP_SECONDS_MAX=3600
readonly HTTP_PORT=8080

# Job control gives run.sh its own process group, and lets SIGINT reach it as from a terminal.
set -m
./run.sh --http-port "$HTTP_PORT" &
run=$!
trap 'kill -TERM "$run" 2>/dev/null || true' EXIT

page() { curl --silent --fail --max-time 5 "http://127.0.0.1:$HTTP_PORT/" 2>/dev/null; }

until page | grep -q '<script'; do
  kill -0 "$run" 2>/dev/null || fail "run.sh ended before the page was up."
  (( SECONDS < UP_SECONDS_MAX )) || fail "The page is not up after $UP_SECONDS_MAX s."
  sleep 1
done
# The page is served before the demo accounts have their points, so this waits for the points.
until [[ -f .ledgercast/postgres/demo-accounts-made ]]; do
  kill -0 "$run" 2>/dev/null || fail "run.sh ended before it had made the demo accounts."
  sleep 1
done
step "The page is up; stopping"

kill -INT "$run"
status=0
wait "$run" || status=$?
trap - EXIT
[[ $status -eq 130 ]] || fail "run.sh ended with $status instead of 130 after Ctrl-C."
! page >/dev/null || fail "Something still serves port $HTTP_PORT."
step "run.sh works: the page came up, and everything stopped"
