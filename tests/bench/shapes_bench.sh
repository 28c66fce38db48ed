#!/usr/bin/env bash
# Measures whether posting and lists cost more if few accounts pay, few are paid, or nearly always
# the same one pays the same other. The same work is done in turns in four ledgers on one
# PostgreSQL. Each has a million transactions between 10,000 accounts, and PostgreSQL has made its
# statistics of them.
#
#   tests/bench/shapes_bench.sh [ROUNDS] [SECONDS] [TRANSFERS]     build/release must be built
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/bench/bench_database.sh

readonly ROUNDS=${1:-3} SECONDS_EACH=${2:-5} TRANSFERS=${3:-1000000}
readonly SHAPES=(even few-payers few-payees hot-pair) BASE=even ACCOUNTS=10000

database_of() { echo "ledger_${1//-/_}"; }

post() {
  build/release/bin/posting_bench --shape "$1" --accounts "$ACCOUNTS" --signing-key-file "$SIGNING_KEY" \
    --database "$(conninfo "$(database_of "$1")")" "${@:2}"
}

for shape in "${SHAPES[@]}"; do
  echo "posting $TRANSFERS transfers, $shape"
  make_database "$(database_of "$shape")"
  post "$shape" --mode poster --in-flight 2000 --seconds 600 --transfers "$TRANSFERS" >/dev/null
  psql -qX "$(conninfo "$(database_of "$shape")")" -c 'VACUUM ANALYZE' -c 'CHECKPOINT'
done

for ((round = 1; round <= ROUNDS; round++)); do
  for shape in "${SHAPES[@]}"; do
    for run in "grpc 64" "poster 2000"; do
      read -r mode callers <<<"$run"
      line=$(post "$shape" --mode "$mode" --in-flight "$callers" --seconds "$SECONDS_EACH" --warm-up-seconds 2)
      echo "round $round, $shape: $line"
      sed -nE 's/.*transfers_per_second=([0-9]+) .*/\1/p' <<<"$line" >>"$WORK/$mode-$shape"
    done
    line=$(build/release/bin/lists_bench --database "$(conninfo "$(database_of "$shape")")" \
      --accounts "$ACCOUNTS" --seconds "$SECONDS_EACH")
    echo "round $round, $shape: $line"
    for list in accounts account between newest; do
      sed -nE "s/.* ${list}_per_second=([0-9]+).*/\1/p" <<<"$line" >>"$WORK/$list-$shape"
    done
  done
done

echo
echo "medians of $ROUNDS rounds of $SECONDS_EACH s in ledgers of $TRANSFERS, a second (times the rate of shape $BASE)"
for shape in "${SHAPES[@]}"; do
  printf '%-11s' "$shape"
  for what in grpc poster accounts account between newest; do
    rate=$(median "$WORK/$what-$shape" 1)
    printf '  %s %d (%s)' "$what" "$rate" \
      "$(awk "BEGIN {printf \"%.2f\", $rate / $(median "$WORK/$what-$BASE" 1)}")"
  done
  echo
done
