#!/usr/bin/env bash
# Measures what one long snapshot (a backup, a report, a session that idles in a transaction) costs
# posting. Measures the rate of 64 callers before, during and after a snapshot of their ledger. A
# ledger of the same age without a snapshot, on the same PostgreSQL, takes turns with it.
#
#   tests/bench/snapshot_bench.sh [SECONDS]     per phase and ledger; build/release must be built
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/bench/bench_database.sh

readonly SECONDS_EACH=${1:-60} SLICES=6 LEDGERS=(held free)
for ledger in "${LEDGERS[@]}"; do make_database "$ledger"; done

# Prints the rate of one slice in a ledger.
post() {
  build/release/bin/posting_bench --mode poster --in-flight 64 --accounts 10000 \
    --database "$(conninfo "$1")" --seconds "$((SECONDS_EACH / SLICES))" |
    sed -nE 's/.*transfers_per_second=([0-9]+) .*/\1/p'
}

# A phase has slices, which show whether the rate keeps falling.
phase() {
  local ledger slice
  for ((slice = 1; slice <= SLICES; slice++)); do
    for ledger in "${LEDGERS[@]}"; do post "$ledger" >>"$WORK/$1.$ledger"; done
  done
  for ledger in "${LEDGERS[@]}"; do
    printf '%-7s %-5s' "$1" "$ledger"
    # shellcheck disable=SC2046  # one number a line
    printf ' %6d' $(<"$WORK/$1.$ledger")
    echo
  done
  awk -v held="$(median "$WORK/$1.held" 1)" -v free="$(median "$WORK/$1.free" 1)" -v phase="$1" \
    'BEGIN {printf "%-7s held / free, medians: %.2f\n", phase, held / free}'
}

for ledger in "${LEDGERS[@]}"; do post "$ledger" >/dev/null; done
echo "transfers a second of 64 callers in slices of $((SECONDS_EACH / SLICES)) s"
phase before
coproc SNAPSHOT { psql -qAtX "$(conninfo held)"; }
echo 'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM transactions;' >&"${SNAPSHOT[1]}"
read -r _ <&"${SNAPSHOT[0]}"
phase during
echo 'COMMIT; \q' >&"${SNAPSHOT[1]}"
wait "$SNAPSHOT_PID"
phase after
