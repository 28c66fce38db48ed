#!/usr/bin/env bash
# Transfers a second beside pgbench's TPC-B on the same PostgreSQL, in turns, so that a
# busy machine slows both alike. Prints each run, then medians and ratios.
#
#   tests/bench/posting_bench.sh [ROUNDS] [SECONDS]        build/release must be built
set -euo pipefail
cd "$(dirname "$0")/../.."
readonly ROUNDS=${1:-3} SECONDS_EACH=${2:-10} SCALE=50

if [[ -z ${LEDGERCAST_TEST_DATABASE:-} ]]; then
  # autovacuum would hit one of the two by chance.
  LEDGERCAST_POSTGRES_OPTIONS="-c shared_buffers=512MB -c max_wal_size=4GB -c autovacuum=off" \
    exec services/dev/postgres.sh with "$0" "$@"
fi

readonly DATABASE=$LEDGERCAST_TEST_DATABASE
pgbench=$(command -v pgbench || ls /usr/lib/postgresql/*/bin/pgbench | tail -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
openssl genpkey -quiet -algorithm ed25519 -out "$work/signing.pem" 2>/dev/null ||
  openssl genpkey -algorithm ed25519 -out "$work/signing.pem"
psql -qX "$DATABASE" -c 'CREATE DATABASE pgbench' -c 'CREATE DATABASE bench'
tpcb="${DATABASE/dbname=*/dbname=pgbench}"
bench="${DATABASE/dbname=*/dbname=bench}"
"$pgbench" -i -q -s "$SCALE" "$tpcb" 2>/dev/null

run_pgbench() {
  "$pgbench" -n -c 16 -j 2 -T "$SECONDS_EACH" "$tpcb" 2>/dev/null | awk '/^tps/ {print int($3)}'
}
run_ledger() {
  build/release/bin/posting_bench --database "$bench" --seconds "$SECONDS_EACH" \
    --signing-key-file "$work/signing.pem" "$@"
}
rate() { sed 's/.*transfers_per_second=\([0-9]*\).*/\1/'; }

for ((round = 1; round <= ROUNDS; round++)); do
  tps=$(run_pgbench)
  echo "pgbench TPC-B -c 16 -j 2 transactions_per_second=$tps"
  echo "$tps" >>"$work/pgbench"
  for run in "poster 2000" "grpc 1000" "poster 1"; do
    read -r mode in_flight <<<"$run"
    line=$(run_ledger --mode "$mode" --in-flight "$in_flight")
    echo "$line"
    rate <<<"$line" >>"$work/$mode-$in_flight"
  done
done

median() { sort -n "$1" | awk '{v[NR]=$1} END {print v[int((NR + 1) / 2)]}'; }
base=$(median "$work/pgbench")
echo "median of $ROUNDS rounds: pgbench TPC-B $base/s"
for name in poster-2000 grpc-1000 poster-1; do
  value=$(median "$work/$name")
  echo "median of $ROUNDS rounds: $name $value/s, $(awk "BEGIN {printf \"%.2f\", $value / $base}") times pgbench"
done
