# Makes a private PostgreSQL and a signing key for benchmarks. Source it in the repository's root
# with the script's own arguments. It sets DATABASE, WORK (a temporary folder) and SIGNING_KEY.

if [[ -z ${LEDGERCAST_TEST_DATABASE:-} ]]; then
  # shared_buffers gets a quarter of the memory, as PostgreSQL's manual advises. autovacuum is off,
  # because it would slow one of two compared runs by chance. 512 callers need as many connections.
  quarter_megabytes=$(awk '/^MemTotal/ {print int($2 / 4096)}' /proc/meminfo)
  LEDGERCAST_POSTGRES_OPTIONS="-c shared_buffers=${quarter_megabytes}MB -c max_wal_size=8GB -c autovacuum=off -c max_connections=600" \
    exec services/dev/postgres.sh with "$PWD/tests/bench/$(basename "$0")" "$@"
fi

readonly DATABASE=$LEDGERCAST_TEST_DATABASE
WORK=$(mktemp -d)
readonly WORK SIGNING_KEY=$WORK/signing.pem
trap 'rm -rf "$WORK"' EXIT
openssl genpkey -algorithm ed25519 -out "$SIGNING_KEY" 2>/dev/null

# make_database NAME [TEMPLATE]: makes the database anew.
make_database() {
  psql -qX "$DATABASE" -c 'SET client_min_messages = warning' -c "DROP DATABASE IF EXISTS $1" \
    -c "CREATE DATABASE $1 ${2:+TEMPLATE $2}"
}

# conninfo NAME: prints the connection string of that database.
conninfo() { echo "${DATABASE/dbname=*/dbname=$1}"; }

# median FILE COLUMN: prints the median of the column.
median() { awk -v c="$2" '{print $c}' "$1" | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
