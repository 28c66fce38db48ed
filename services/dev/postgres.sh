#!/usr/bin/env bash
# Runs a private PostgreSQL: its own cluster in DIR, which only a Unix socket reaches.
#
#   services/dev/postgres.sh start DIR           makes it on first use, starts it, prints its conninfo
#   services/dev/postgres.sh stop DIR            ends it; running transactions are rolled back
#   services/dev/postgres.sh kill DIR            SIGKILL, as a crash would; `start` recovers
#   services/dev/postgres.sh wait DIR            returns when it has ended
#   services/dev/postgres.sh standby DIR OF      makes it as a standby of the server in OF,
#                                                starts it, prints its conninfo
#   services/dev/postgres.sh promote DIR         makes the standby a primary
#   services/dev/postgres.sh pause DIR           suspends all of its processes
#   services/dev/postgres.sh resume DIR          lets them continue
#   services/dev/postgres.sh with COMMAND...     runs COMMAND with a temporary one, whose conninfo
#                                                is in LEDGERCAST_TEST_DATABASE
#
# LEDGERCAST_POSTGRES_OPTIONS is passed to the server, for example "-c fsync=off".
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/say.sh"

readonly SOCKET_PATH_BYTES_MAX=107
readonly SOCKET_LOCK=/.s.PGSQL.5432.lock
readonly WAIT_SECONDS_MAX=60

usage() {
  fail "usage: services/dev/postgres.sh start|stop|kill|wait|promote|pause|resume DIR," \
       "or standby DIR OF, or with COMMAND..."
}

# Finds the folder of the initdb and pg_ctl whose version fits the data.
find_programs() {
  local data=$1 folder version=
  [[ ! -f $data/PG_VERSION ]] || version=$(<"$data/PG_VERSION")
  local folders=()
  mapfile -t folders < <(pg_config --bindir 2>/dev/null; ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr)
  for folder in "${folders[@]}"; do
    [[ -x $folder/initdb ]] || continue
    if [[ -z $version || $("$folder/initdb" --version) =~ \ $version(\.|$) ]]; then
      echo "$folder"
      return
    fi
  done
  [[ -z $version ]] ||
    fail "The data in $data was made by PostgreSQL $version, which is not installed." \
         "Install it (apt-get install postgresql-$version), or remove the folder to start over."
  fail "PostgreSQL is missing: there is no initdb." "Install it: apt-get install postgresql"
}

# as_owner COMMAND...: runs it; root runs it as `postgres`, because PostgreSQL refuses to run as
# root.
as_owner() {
  if [[ $EUID -ne 0 ]]; then
    "$@"
    return
  fi
  local user=(setpriv --reuid=postgres --regid=postgres --init-groups)
  # A checkout below /root is closed to other users. These capabilities open it to this server only.
  "${user[@]}" test -w "$dir" || user+=(--inh-caps=+dac_override --ambient-caps=+dac_override)
  (cd / && "${user[@]}" "$@")
}

# Makes DIR and gives it to the user who runs the server.
prepare_folder() {
  mkdir -p "$dir"
  chmod 700 "$dir"
  [[ $EUID -eq 0 ]] || return 0
  id postgres >/dev/null 2>&1 ||
    fail "There is no user 'postgres' to run PostgreSQL as, and it refuses to run as root." \
         "Install it with its user (apt-get install postgresql), or run this as another user."
  chown postgres: "$dir"
}

# Prints the socket's folder. It is in DIR unless the path would be too long; then it is a short
# one.
socket_folder() {
  local folder=$dir/socket
  if (( ${#folder} + ${#SOCKET_LOCK} > SOCKET_PATH_BYTES_MAX )); then
    folder=$(cat "$dir/socket-folder" 2>/dev/null || true)
    if [[ ! -d $folder ]]; then
      folder=$(mktemp -d /tmp/ledgercast-pg.XXXXXX)
      echo "$folder" >"$dir/socket-folder"
    fi
  fi
  mkdir -p -m 700 "$folder"
  [[ $EUID -ne 0 ]] || chown postgres: "$folder"
  echo "$folder"
}

make_cluster() {
  note "making a PostgreSQL cluster in $data"
  # initdb writes to another folder first, so an interrupted initdb leaves nothing incomplete.
  rm -rf "$data.new"
  as_owner "$programs/initdb" --pgdata "$data.new" --username ledgercast --auth trust \
    --encoding UTF8 --locale C.UTF-8 >"$dir/initdb.log" 2>&1 ||
    fail "initdb failed:" "$(tail -n 5 "$dir/initdb.log")"
  mv "$data.new" "$data"
}

# make_standby OF: copies the data of the server in OF, and configures where to continue reading.
make_standby() {
  prepare_folder
  local socket
  socket=$(dir=$1; socket_folder)
  programs=$(find_programs "$1/data")
  rm -rf "$data.new"
  as_owner "$programs/pg_basebackup" --pgdata "$data.new" --host "$socket" --username ledgercast \
    --write-recovery-conf --checkpoint fast --no-sync >"$dir/basebackup.log" 2>&1 ||
    fail "pg_basebackup failed:" "$(tail -n 5 "$dir/basebackup.log")"
  mv "$data.new" "$data"
}

# Prints the name that the server puts into the titles of its processes.
cluster_name() {
  local sum
  read -r sum _ < <(cksum <<<"$data")
  echo "ledgercast-$sum"
}

# is_server COMMAND_LINE...: succeeds if it is the command line of this cluster's server.
is_server() { [[ ${1:-} == */postgres && ${2:-} == -D && ${3:-} == "$data" ]]; }

# Lists the live processes of this cluster by their command lines, which every user may read.
# Zombies have no command line, so they are left out. Some containers never remove zombies.
cluster_processes() {
  local name file words
  name=$(cluster_name)
  for file in /proc/[0-9]*/cmdline; do
    mapfile -d '' -t words 2>/dev/null <"$file" || continue
    if is_server "${words[@]}" || [[ ${words[0]:-} == "postgres: $name: "* ]]; then
      basename "${file%/cmdline}"
    fi
  done
} 2>/dev/null

# Prints the server's process id if it runs.
server_pid() {
  local pid words
  pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) || return 0
  mapfile -d '' -t words 2>/dev/null <"/proc/$pid/cmdline" || return 0
  ! is_server "${words[@]}" || echo "$pid"
} 2>/dev/null

start() {
  prepare_folder
  programs=$(find_programs "$data")
  [[ -d $data ]] || make_cluster
  local socket
  socket=$(socket_folder)
  [[ -n $(server_pid) ]] || start_server "$socket"
  local conninfo="host='$socket' user=ledgercast"
  psql -XAtq "$conninfo dbname=postgres" -c "SELECT 1 FROM pg_database WHERE datname = 'ledgercast'" |
    grep -q 1 || psql -Xq "$conninfo dbname=postgres" -c 'CREATE DATABASE ledgercast'
  echo "$conninfo dbname=ledgercast"
}

start_server() {
  local options="-c listen_addresses='' -c unix_socket_directories='$1' -c port=5432"
  options+=" -c cluster_name=$(cluster_name) ${LEDGERCAST_POSTGRES_OPTIONS:-}"
  # Right after a crash its child processes are still ending. Two files with its process id remain.
  wait_for_processes
  rm -f "$data/postmaster.pid" "$1$SOCKET_LOCK"
  as_owner "$programs/pg_ctl" start --pgdata "$data" --log "$dir/postgres.log" --wait \
    --timeout "$WAIT_SECONDS_MAX" --options "$options" >"$dir/pg_ctl.log" 2>&1 ||
    fail "PostgreSQL did not start; the end of $dir/postgres.log:" "$(tail -n 10 "$dir/postgres.log")"
}

wait_for_processes() {
  local deadline=$((SECONDS + WAIT_SECONDS_MAX))
  while [[ -n $(cluster_processes) ]]; do
    (( SECONDS < deadline )) ||
      fail "PostgreSQL in $dir still has processes after $WAIT_SECONDS_MAX s:" "$(cluster_processes)"
    sleep 0.05
  done
}

stop() {
  [[ -n $(server_pid) ]] || return 0
  programs=$(find_programs "$data")
  as_owner "$programs/pg_ctl" stop --pgdata "$data" --mode fast --wait --timeout "$WAIT_SECONDS_MAX" >/dev/null ||
    fail "PostgreSQL in $dir did not stop in $WAIT_SECONDS_MAX s."
}

promote() {
  programs=$(find_programs "$data")
  as_owner "$programs/pg_ctl" promote --pgdata "$data" --wait --timeout "$WAIT_SECONDS_MAX" >/dev/null ||
    fail "PostgreSQL in $dir was not promoted in $WAIT_SECONDS_MAX s."
}

# signal_all SIGNAL: sends it to all processes of this cluster.
signal_all() {
  local processes
  mapfile -t processes < <(cluster_processes)
  [[ ${#processes[@]} -eq 0 ]] || kill "-$1" "${processes[@]}" 2>/dev/null || true
}

kill_server() {
  signal_all KILL
  wait_for_processes
}

wait_server() {
  while [[ -n $(server_pid) ]]; do sleep 0.5; done
}

run_with() {
  dir=$(mktemp -d /tmp/ledgercast-pg.XXXXXX)
  data=$dir/data
  trap 'stop && rm -rf "$dir"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  LEDGERCAST_TEST_DATABASE=$(start)
  export LEDGERCAST_TEST_DATABASE
  "$@"
}

main() {
  [[ $# -ge 2 ]] || usage
  local command=$1
  shift
  if [[ $command == with ]]; then
    run_with "$@"
    return
  fi
  mkdir -p "$1"
  dir=$(cd "$1" && pwd)
  data=$dir/data
  case $command in
    start) start ;;
    stop) stop ;;
    kill) kill_server ;;
    wait) wait_server ;;
    standby)
      [[ $# -eq 2 ]] || usage
      make_standby "$(cd "$2" && pwd)"
      start
      ;;
    promote) promote ;;
    pause) signal_all STOP ;;
    resume) signal_all CONT ;;
    *) usage ;;
  esac
}

main "$@"
