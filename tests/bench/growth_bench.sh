#!/usr/bin/env bash
# Whether posting and catching up cost more as history grows: the same work in ledgers of three
# sizes on one PostgreSQL, in turns, between 10,000 accounts. Filling the largest takes minutes
# and about 5 GB.
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
readonly WARM_UP_TRANSFERS=100000
readonly BASE=${SIZES[${#SIZES[@]} / 2]} CATCH_UP_TRANSFERS=${SIZES[0]}

post() { build/release/bin/posting_bench --accounts 10000 --signing-key-file "$SIGNING_KEY" --database "$(conninfo "$1")" "${@:2}"; }

# fill DATABASE TRANSFERS: rows as a poster would have written them, but for their hashes and balances,
# with the indexes made last: by posting it would take a quarter of an hour.
fill() {
  post "$1" --mode poster --in-flight 1 --seconds 60 --transfers 1 >/dev/null
  psql -qX "$(conninfo "$1")" -v ON_ERROR_STOP=1 -v transfers="$2" <<'SQL'
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';
SELECT max(id) AS accounts FROM accounts \gset
SELECT string_agg(format('DROP INDEX %s', indexrelid::regclass), ';') AS drops,
       string_agg(pg_get_indexdef(indexrelid), ';') AS creates
FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid
WHERE indrelid = 'transactions'::regclass AND conindid IS NULL \gset
BEGIN;
:drops;
INSERT INTO transactions (sequence, id, from_account, to_account, amount, from_previous, to_previous,
  from_balance, to_balance, create_time, hash, currency, caller, description)
SELECT n, overlay(gen_random_uuid()::text placing lpad(to_hex(n), 8, '0') from 1)::uuid,
  1 + pair.a, 1 + (pair.a + 1 + pair.b) % :accounts, 1, 0, 0, 0, 0, now(),
  sha256(n::text::bytea), 'PTS', 'bench', ''
FROM generate_series(2, :transfers) AS n,
  LATERAL (SELECT (hashint8(n) & 2147483647) % :accounts AS a,
                  (hashint8(-n) & 2147483647) % (:accounts - 1) AS b) AS pair;
:creates;
UPDATE ledger_head SET (sequence, hash) =
  (SELECT sequence, hash FROM transactions ORDER BY sequence DESC LIMIT 1);
COMMIT;
VACUUM ANALYZE;
CHECKPOINT;
SQL
}

for size in "${SIZES[@]}"; do
  echo "filling a ledger of $size transfers"
  make_database "ledger_$size"
  fill "ledger_$size" "$size"
  # PostgreSQL writes a page whole when it is first changed after a checkpoint.
  post "ledger_$size" --mode poster --in-flight 2000 --seconds 60 \
    --transfers "$((size < WARM_UP_TRANSFERS ? size : WARM_UP_TRANSFERS))" >/dev/null
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
