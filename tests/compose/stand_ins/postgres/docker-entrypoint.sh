#!/usr/bin/env bash
# Does what the official image's entry point does for `postgres` in an empty volume, as far as
# docker-compose.yaml needs it. A server that listens only on a Unix socket sets the cluster up;
# then the real server starts.
set -euo pipefail

# value NAME DEFAULT: prints the variable, or the content of the file that NAME_FILE names.
value() {
  local file_name=$1_FILE
  if [[ -n ${!1:-} ]]; then echo "${!1}"
  elif [[ -n ${!file_name:-} ]]; then cat "${!file_name}"
  else echo "$2"; fi
}

make_cluster() {
  local user password database
  user=$(value POSTGRES_USER postgres)
  password=$(value POSTGRES_PASSWORD '')
  database=$(value POSTGRES_DB "$user")
  [[ -n $password ]] || { echo "Error: superuser password is not specified." >&2; exit 1; }
  initdb --username="$user" --pwfile=<(echo "$password") ${POSTGRES_INITDB_ARGS:-}
  printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
  pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
  [[ $database == postgres ]] || createdb --username="$user" --maintenance-db=postgres "$database"
  pg_ctl -D "$PGDATA" -m fast -w stop
}

if [[ ${1:-} == -* ]]; then set -- postgres "$@"; fi
if [[ ${1:-} == postgres ]]; then
  mkdir -p "$PGDATA" && chmod 0700 "$PGDATA"
  if [[ $(id -u) == 0 ]]; then
    chown -R postgres "$PGDATA" /var/run/postgresql
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
  fi
  [[ -s $PGDATA/PG_VERSION ]] || make_cluster
fi
exec "$@"
