#!/usr/bin/env bash
# Measures what WatchTransactions delivers to 1, 10 and 100 watchers, and to 10 beside others that
# do not read or that catch up. Measures history, live transfers at 1,000 per second, and live
# transfers as fast as possible. Service, watchers and PostgreSQL share the machine. Prints medians.
#
#   tests/bench/watch_bench.sh [ROUNDS] [SECONDS]     build/release must be built
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/bench/bench_database.sh

readonly ROUNDS=${1:-3} SECONDS_EACH=${2:-5} HISTORY_TRANSFERS=100000
make_database history
build/release/bin/posting_bench --database "$(conninfo history)" --accounts 10000 \
  --in-flight 4000 --seconds 120 --transfers "$HISTORY_TRANSFERS" >/dev/null

# Mode, number of watchers, number of others that do not read, and of others that catch up.
readonly RUNS=(
  "history 1 0 0" "history 10 0 0" "history 100 0 0"
  "steady 1 0 0" "steady 10 0 0" "steady 10 10 0" "steady 10 0 10" "steady 100 0 0"
  "fast 1 0 0" "fast 10 0 0" "fast 10 10 0" "fast 10 0 10" "fast 100 0 0"
)

for ((round = 1; round <= ROUNDS; round++)); do
  for entry in "${RUNS[@]}"; do
    read -r mode watchers lagging catching_up <<<"$entry"
    # Each run starts from the same history.
    make_database run history
    line=$(build/release/bin/watch_bench --mode "$mode" --watchers "$watchers" --lagging "$lagging" \
      --catching-up "$catching_up" --seconds "$SECONDS_EACH" --database "$(conninfo run)" --signing-key-file "$SIGNING_KEY")
    echo "round $round: $line"
    [[ $line == *in_order=yes* ]]
    sed -E 's/.*_per_second=([0-9]+) .*_per_second=([0-9]+) p50_ms=([0-9.]+) p99_ms=([0-9.]+).*/\1 \2 \3 \4/' \
      <<<"$line" >>"$WORK/${entry// /-}"
  done
done

echo
echo "medians of $ROUNDS rounds; live for $SECONDS_EACH s; from create_time to the watcher in ms"
for entry in "${RUNS[@]}"; do
  read -r mode watchers lagging catching_up <<<"$entry"
  file=$WORK/${entry// /-}
  printf '%-8s %4d watchers, besides %2d that do not read, %2d that catch up: %7d/s, %9d deliveries/s' \
    "$mode" "$watchers" "$lagging" "$catching_up" "$(median "$file" 1)" "$(median "$file" 2)"
  [[ $mode == history ]] || printf ', p50 %.2f ms, p99 %.2f ms' "$(median "$file" 3)" "$(median "$file" 4)"
  echo
done
