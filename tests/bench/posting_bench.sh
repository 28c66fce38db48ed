#!/usr/bin/env bash
# Measures transfers per second in comparison with pgbench's TPC-B on the same PostgreSQL and with
# the same number of callers. The two take turns, so that a busy machine slows both alike. Prints
# each run, then medians and ratios.
#
#   tests/bench/posting_bench.sh [--slow-fsync] [ROUNDS] [SECONDS]     build/release must be built
#
#   --slow-fsync   makes each flush to disk take 2 ms longer
set -euo pipefail
cd "$(dirname "$0")/../.."

if [[ ${1:-} == --slow-fsync ]]; then
  shift
  shim=$(mktemp -d)
  chmod 755 "$shim"
  trap 'rm -rf "$shim"' EXIT
  cc -shared -fPIC -O2 tests/bench/slow_fsync.c -o "$shim/slow_fsync.so" -ldl
  LD_PRELOAD=$shim/slow_fsync.so "$0" "$@"
  exit
fi
readonly ROUNDS=${1:-3} SECONDS_EACH=${2:-10} SCALE=50

source tests/bench/bench_database.sh
pgbench=$(command -v pgbench || ls /usr/lib/postgresql/*/bin/pgbench | tail -n 1)
make_database pgbench
make_database bench
tpcb=$(conninfo pgbench)
bench=$(conninfo bench)
"$pgbench" -i -q -s "$SCALE" "$tpcb" 2>/dev/null

# The name, the number of callers, and for runs of Ledgercast the run of pgbench to compare with.
readonly RUNS=(
  "pgbench-1 1" "pgbench-64 64" "pgbench-512 512"
  "grpc-1 1 pgbench-1" "grpc-64 64 pgbench-64" "grpc-512 512 pgbench-512"
  "bulk-5 5 pgbench-64" "poster-2000 2000 pgbench-64"
)

# Prints transfers per second and the latency in ms, of which pgbench knows only the mean.
run() {
  local name=$1 callers=$2
  if [[ $name == pgbench-* ]]; then
    "$pgbench" -n -c "$callers" -j "$((callers < 2 ? 1 : 2))" -T "$SECONDS_EACH" "$tpcb" 2>/dev/null |
      awk '/^latency average/ {ms = $4} /^tps/ {print int($3), ms}'
  else
    build/release/bin/posting_bench --mode "${name%-*}" --in-flight "$callers" --database "$bench" \
      --seconds "$SECONDS_EACH" --signing-key-file "$SIGNING_KEY" |
      sed -nE 's/.*transfers_per_second=([0-9]+) p50_ms=([0-9.]+).*/\1 \2/p'
  fi
}

for ((round = 1; round <= ROUNDS; round++)); do
  for entry in "${RUNS[@]}"; do
    read -r name callers _ <<<"$entry"
    line=$(run "$name" "$callers")
    [[ -n $line ]] || {
      echo "$name gave no figure in $SECONDS_EACH s; give it more: $0 ROUNDS SECONDS" >&2
      exit 1
    }
    echo "round $round: $name $line ms"
    echo "$line" >>"$WORK/$name"
  done
done

echo
echo "median of $ROUNDS rounds of $SECONDS_EACH s, transfers a second; latency: pgbench's average, our median"
for entry in "${RUNS[@]}"; do
  read -r name _ peer <<<"$entry"
  rate=$(median "$WORK/$name" 1) ms=$(median "$WORK/$name" 2)
  printf '%-12s %8d/s %9.2f ms' "$name" "$rate" "$ms"
  if [[ -n $peer ]]; then
    peer_rate=$(median "$WORK/$peer" 1) peer_ms=$(median "$WORK/$peer" 2)
    awk "BEGIN {printf \"   %.2f times $peer, latency %.2f of it\", $rate / $peer_rate, $ms / $peer_ms}"
  fi
  echo
done
