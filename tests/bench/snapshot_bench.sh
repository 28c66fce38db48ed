#!/usr/bin/env bash
# What one long snapshot (a backup, a report, a session that idles in a transaction) costs posting:
# the rate of 64 callers before, while it is held, and after it.
#
#   tests/bench/snapshot_bench.sh [SECONDS]     each of the three; build/release must be built
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/bench/bench_database.sh

readonly SECONDS_EACH=${1:-60} SLICES=6
make_database bench

# Prints the rate of one slice.
post() {
  build/release/bin/posting_bench --mode poster --in-flight "${1:-64}" --accounts 10000 \
    --database "$(conninfo bench)" --seconds "$((SECONDS_EACH / SLICES))" |
    sed -nE 's/.*transfers_per_second=([0-9]+) .*/\1/p'
}

# Slices, so that it is seen if the rate falls on and on.
phase() {
  printf '%-7s' "$1"
  for ((slice = 1; slice <= SLICES; slice++)); do
    rate=$(post)
    echo "$rate" >>"$WORK/$1"
    printf ' %6d' "$rate"
  done
  echo
}

post >/dev/null
echo "transfers a second of 64 callers in slices of $((SECONDS_EACH / SLICES)) s"
phase before
coproc SNAPSHOT { psql -qAtX "$(conninfo bench)"; }
echo 'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM transactions;' >&"${SNAPSHOT[1]}"
read -r _ <&"${SNAPSHOT[0]}"
phase during
echo 'COMMIT; \q' >&"${SNAPSHOT[1]}"
wait "$SNAPSHOT_PID"
phase after
for name in during after; do
  awk "BEGIN {printf \"$name: %.2f times before (medians)\n\", $(median "$WORK/$name" 1) / $(median "$WORK/before" 1)}"
done
