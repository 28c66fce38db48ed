#!/usr/bin/env bash
# Measures whether posting and catching up cost more as history grows. The same work is done in
# turns in ledgers of three sizes on one PostgreSQL, between 10,000 accounts. Filling the largest
# takes minutes and about 5 GB.
#
# Huge pages matter for the result. In a large ledger the accounts' places in the indexes lie far
# apart, and finding each in small pages costs more than the work that is done there. PostgreSQL
# uses huge pages if they are reserved: sysctl vm.nr_hugepages=... of 2 MB each, a little more than
# a quarter of the memory.
#
#   tests/bench/growth_bench.sh [ROUNDS] [SECONDS] [TRANSFERS...]     build/release must be built
#
#   TRANSFERS      sizes of the ledgers; 1000 100000 10000000 by default
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/bench/bench_database.sh

readonly ROUNDS=${1:-3} SECONDS_EACH=${2:-5}
shift $(($# < 2 ? $# : 2))
SIZES=("$@")
[[ $# -gt 0 ]] || SIZES=(1000 100000 10000000)
readonly WARM_UP_TRANSFERS=100000
# In this time a poster loads the accounts for the first time. That cost does not grow with a
# ledger.
readonly WARM_UP_SECONDS=5
readonly BASE=${SIZES[${#SIZES[@]} / 2]} CATCH_UP_TRANSFERS=${SIZES[0]}

post() { build/release/bin/posting_bench --accounts 10000 --signing-key-file "$SIGNING_KEY" --database "$(conninfo "$1")" "${@:2}"; }

# add DATABASE FROM TO: adds rows as a poster would write them, except for hashes and balances.
# Posting them would take a quarter of an hour.
add() {
  psql -qX "$(conninfo "$1")" -v ON_ERROR_STOP=1 -v from="$2" -v to="$3" <<'SQL'
SET synchronous_commit = off;
SELECT max(id) AS accounts FROM accounts \gset
INSERT INTO transactions (sequence, id, from_account, to_account, amount, from_previous, to_previous,
  from_balance, to_balance, create_time, hash, currency, caller, description)
SELECT n, overlay(gen_random_uuid()::text placing lpad(to_hex(n), 8, '0') from 1)::uuid,
  1 + pair.a, 1 + (pair.a + 1 + pair.b) % :accounts, 1, 0, 0, 0, 0, now(),
  sha256(n::text::bytea), 'PTS', 'bench', ''
FROM generate_series(:from, :to) AS n,
  LATERAL (SELECT (hashint8(n) & 2147483647) % :accounts AS a,
                  (hashint8(-n) & 2147483647) % (:accounts - 1) AS b) AS pair;
SQL
}

# fill DATABASE TRANSFERS: adds most rows before the indexes are made, which is fast, and the others
# after that. So the pages of the indexes are as full as in a ledger that grew. A new index has full
# pages, and each would soon split.
fill() {
  local most=$(($2 * 7 / 10)) drops creates
  post "$1" --mode poster --in-flight 1 --seconds 60 --transfers 1 >/dev/null
  local indexes="FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid
    WHERE indrelid = 'transactions'::regclass AND conindid IS NULL"
  drops=$(psql -AtqX "$(conninfo "$1")" -c "SELECT string_agg(format('DROP INDEX %s', indexrelid::regclass), ';') $indexes")
  creates=$(psql -AtqX "$(conninfo "$1")" -c "SELECT string_agg(pg_get_indexdef(indexrelid), ';') $indexes")
  psql -qX "$(conninfo "$1")" -c "$drops"
  add "$1" 2 "$most"
  psql -qX "$(conninfo "$1")" -c "SET maintenance_work_mem = '512MB'" -c "$creates"
  add "$1" "$((most + 1))" "$2"
  psql -qX "$(conninfo "$1")" -c 'VACUUM ANALYZE' -c 'CHECKPOINT'
}

echo "huge pages reserved: $(awk '/^HugePages_Total/ {print $2}' /proc/meminfo)"
for size in "${SIZES[@]}"; do
  echo "filling a ledger of $size transfers"
  make_database "ledger_$size"
  fill "ledger_$size" "$size"
  # PostgreSQL writes a whole page when the page is first changed after a checkpoint.
  post "ledger_$size" --mode poster --in-flight 2000 --seconds 60 \
    --transfers "$((size < WARM_UP_TRANSFERS ? size : WARM_UP_TRANSFERS))" >/dev/null
done

for ((round = 1; round <= ROUNDS; round++)); do
  for size in "${SIZES[@]}"; do
    for run in "grpc 64" "poster 2000"; do
      read -r mode callers <<<"$run"
      line=$(post "ledger_$size" --mode "$mode" --in-flight "$callers" --seconds "$SECONDS_EACH" \
        --warm-up-seconds "$WARM_UP_SECONDS")
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
