#!/usr/bin/env bash
# Runs the tests of everything that has threads under ThreadSanitizer: the log, the poster, the tail,
# watches over gRPC, the hub, sessions, the upstream and the edge's calls. It first builds them.
#
#   tests/tsan/run.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh
source services/dev/build.sh

# Each line is a test program and its tests, as --gtest_filter names them.
readonly RUNS=(
  "common_test TransactionLog*:LogWaiters*"
  "posting_test Poster*"
  "postgres_test TailTest*"
  "watch_test *"
  "edge_test Hub*:Progress*:Latency*:BalanceCache*:PageCache*:CallLane*:Upstream*:RevocationPoller*:Session*:HttpStreams*"
  "edge_grpc_test *"
)

if [[ -z ${LEDGERCAST_TEST_DATABASE:-} ]]; then
  services/dev/packages.sh test
  exec services/dev/postgres.sh with tests/tsan/run.sh
fi

programs=()
for run in "${RUNS[@]}"; do programs+=("${run%% *}"); done
build_preset tsan "${programs[@]}"
log=build/tsan/thread_sanitizer.log
# ThreadSanitizer cannot place its shadow memory where the kernel spreads addresses too widely.
fixed=()
if setarch "$(uname -m)" -R true 2>/dev/null; then fixed=(setarch "$(uname -m)" -R); fi
for run in "${RUNS[@]}"; do
  program=${run%% *}
  # The first race ends the program, so that its report is the end of the log.
  TSAN_OPTIONS="halt_on_error=1 ${TSAN_OPTIONS:-}" \
    "${fixed[@]}" build/tsan/bin/"$program" --gtest_filter="${run#* }" >"$log" 2>&1 ||
    fail "$program found something under ThreadSanitizer:" "$(tail -n 80 "$log")"
  # A filter that matches nothing would prove nothing.
  grep -q '^\[  PASSED  \] [1-9]' "$log" || fail "$program ran no test; its filter is ${run#* }"
  note "$program: $(sed -n 's/^\[  PASSED  \] //p' "$log")"
done
