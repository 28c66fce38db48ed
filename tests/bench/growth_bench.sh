#!/usr/bin/env bash
# Whether posting and catching up cost more as history grows: the same work in ledgers of three
# sizes on one PostgreSQL, in turns. Filling the largest takes minutes and about 5 GB.
#
#   tests/bench/growth_bench.sh [ROUNDS] [SECONDS] [TRANSFERS...]     build/release must be built
#
#   TRANSFERS      sizes; 1000 100000 10000000 unless given
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/bench/bench_database.sh

readonly ROUNDS=${1:-3} SECONDS_EACH=${2:-5}
shift $(($# < 2 ? $# : 2))
SIZES=("$@")
[[ $# -gt 0 ]] || SIZES=(1000 100000 10000000)
readonly BASE=${SIZES[${#SIZES[@]} / 2]} CATCH_UP_TRANSFERS=${SIZES[0]}

post() { build/release/bin/posting_bench --signing-key-file "$SIGNING_KEY" --database "$(conninfo "$1")" "${@:2}"; }

for size in "${SIZES[@]}"; do
  echo "filling a ledger of $size transfers"
  make_database "ledger_$size"
  post "ledger_$size" --mode poster --in-flight 8000 --batch 4000 --seconds 3600 --transfers "$size" >/dev/null
  psql -qX "$(conninfo "ledger_$size")" -c 'VACUUM ANALYZE' -c CHECKPOINT
done

for ((round = 1; round <= ROUNDS; round++)); do
  for size in "${SIZES[@]}"; do
    for run in "grpc 64" "poster 2000"; do
      read -r mode callers <<<"$run"
      line=$(post "ledger_$size" --mode "$mode" --in-flight "$callers" --seconds "$SECONDS_EACH")
      echo "round $round, $size: $line"
      sed -nE 's/.*transfers_per_second=([0-9]+) .*/\1/p' <<<"$line" >>"$WORK/$mode-$size"
    done
    line=$(build/release/bin/watch_bench --mode history --watchers 1 --history "$CATCH_UP_TRANSFERS" \
      --database "$(conninfo "ledger_$size")" --signing-key-file "$SIGNING_KEY")
    echo "round $round, $size: $line"
    sed -E 's/.*transactions_per_second=([0-9]+) .*/\1/' <<<"$line" >>"$WORK/history-$size"
  done
done

echo
echo "medians of $ROUNDS rounds of $SECONDS_EACH s, transactions a second (times the rate at $BASE);"
echo "catching up: the first $CATCH_UP_TRANSFERS from the beginning, with the call that opens the stream"
for size in "${SIZES[@]}"; do
  printf '%10d at the start:' "$size"
  for mode in grpc poster history; do
    rate=$(median "$WORK/$mode-$size" 1)
    printf '  %s %8d/s (%s)' "$mode" "$rate" \
      "$(awk "BEGIN {printf \"%.2f\", $rate / $(median "$WORK/$mode-$BASE" 1)}")"
  done
  echo
done
