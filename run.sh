#!/usr/bin/env bash
set -euo pipefail

usage() {
  cat <<'EOF'
usage: ./run.sh [--demo] [--build] [--grpc-port PORT] [--http-port PORT]

Builds Ledgercast on this machine and runs it with demo accounts: PostgreSQL (private, in
.ledgercast/), the transaction service, the edge and its page. Installs what is missing, by
apt. If the Debian packages of this very version are installed, it runs their programs and
builds nothing. Ctrl-C stops all of it; the data stays.

  --demo            keep posting a few transfers a second, so that the page moves
  --build           build, although the packages of this version are installed
  --grpc-port PORT  of the transaction service (default 50051)
  --http-port PORT  of the edge and its page (default 8080)
  --help            print this

Environment, for tests:
  LEDGERCAST_STATE_DIR  keep data, keys and logs there instead of in .ledgercast/
  LEDGERCAST_BIN        run the programs in this folder instead of building them
EOF
}

cd "$(dirname "${BASH_SOURCE[0]}")"
source services/dev/say.sh
source services/dev/ports.sh
source services/dev/build.sh

readonly READY_SECONDS_MAX=60
readonly STOP_SECONDS_MAX=15
readonly LOG_LINES_SHOWN=15

demo=no
build=no
grpc_port=50051
http_port=8080
state=${LEDGERCAST_STATE_DIR:-$PWD/.ledgercast}
# Where the programs come from (given, installed or built), and where they and the page are.
# choose_programs sets these.
origin=built
bin=$PWD/build/run/bin
page=edge/ui/dist
# The program that makes roles and accounts: the tool, or the part of it that is built first.
setup=ledgercast
# Roles of PostgreSQL: one owns the tables, the service runs as the other.
readonly OWNER=ledgercast_owner
readonly RUNTIME=ledgercast_service
page_build=         # process id of the page's build
declare -A pids=()  # process ids of the running programs, by name
up=no

read_arguments() {
  while [[ $# -gt 0 ]]; do
    case $1 in
      --demo) demo=yes ;;
      --build) build=yes ;;
      --grpc-port | --http-port)
        [[ ${2:-} =~ ^[1-9][0-9]{0,4}$ ]] && (( $2 <= 65535 )) || misused "$1 needs a port, from 1 to 65535"
        [[ $1 == --grpc-port ]] && grpc_port=$2 || http_port=$2
        shift
        ;;
      --help | -h)
        usage
        exit 0
        ;;
      *) misused "unknown option: $1" ;;
    esac
    shift
  done
  [[ $grpc_port != "$http_port" ]] || misused "--grpc-port and --http-port must differ"
}

misused() {
  printf 'run.sh: %s\n\n' "$1" >&2
  usage >&2
  exit 2
}

# Allows one run.sh per state folder. File descriptor 9 holds the lock until this process ends in
# any way. The programs that it starts do not inherit the lock.
take_lock() {
  mkdir -p "$state/keys" "$state/logs"
  chmod 700 "$state/keys"
  exec 9>>"$state/lock"
  flock --nonblock 9 ||
    fail "Ledgercast already runs from here: ./run.sh is process $(cat "$state/run.pid")." \
         "Stop that one (Ctrl-C where it runs, or: kill $(cat "$state/run.pid")), then try again."
  echo $$ >"$state/run.pid"
}

require_free_port() {
  ! port_taken "$2" ||
    fail "Port $2 is taken by another program." "Choose another one: ./run.sh $1 $(free_port $(($2 + 1)))"
}

# Says which programs to run: those of LEDGERCAST_BIN, of installed packages, or new ones.
choose_programs() {
  if [[ -n ${LEDGERCAST_BIN:-} ]]; then
    origin=given
    bin=$LEDGERCAST_BIN
  elif [[ $build == no ]] && installed; then
    step "Using the installed packages, which are of this version (--build builds anyway)"
    origin=installed
    bin=/usr/bin
    page=/usr/share/ledgercast/page
  else
    setup=ledgercast-setup-commands
  fi
}

# Succeeds if all packages of Ledgercast are installed in this very version.
installed() {
  local program
  for program in "${PROGRAMS[@]}"; do
    [[ $("/usr/bin/$program" --version 2>/dev/null) == "$program $(cat VERSION)" ]] || return 1
  done
  [[ -f /usr/share/ledgercast/page/index.html ]]
}

prepare() {
  step "Looking for packages that are missing"
  if [[ $origin == installed ]]; then
    services/dev/packages.sh start
    return
  fi
  services/dev/packages.sh run
  if [[ $origin == built ]]; then
    step "Building the programs and the page (the first time takes some minutes)"
    build_page_meanwhile
    build_preset run ledgercast-transaction-service ledgercast-edge "$setup"
    await_page
  else
    step "Building the page"
    build_page
  fi
}

# Builds the page while the compiler has work for one core only or waits, and keeps what it prints.
build_page_meanwhile() {
  mkdir -p build
  build_page >build/page.log 2>&1 &
  page_build=$!
  # stop_all takes this place once there is more to stop.
  trap 'kill "$page_build" 2>/dev/null || true' EXIT
}

await_page() {
  wait "$page_build" || fail "The page did not build. The end of build/page.log:" "$(tail -n "$LOG_LINES_SHOWN" build/page.log)"
}

# Builds the command-line tool in the background, now that the page is up.
build_tool() {
  [[ $origin == built ]] && ! ninja -C build/run -n ledgercast | grep -q 'no work to do' || return 0
  printf '\nThe command-line tool is being built: build/run/bin/ledgercast will be there in some minutes.\n'
  start_program tool-build nice -n 19 ninja -C build/run -j 1 ledgercast
}

make_keys() {
  local name
  for name in signing relay; do
    [[ -s $state/keys/$name.pem ]] || (umask 077 && openssl genpkey -algorithm ed25519 -out "$state/keys/$name.pem")
  done
  openssl pkey -in "$state/keys/relay.pem" -pubout -out "$state/keys/relay.pub.pem"
}

# start_program NAME COMMAND...: runs it in the background, with its own log. It ends when this
# script ends, even by SIGKILL.
start_program() {
  local name=$1
  shift
  setpriv --pdeathsig TERM "$@" >"$state/logs/$name.log" 2>&1 9>&- &
  pids[$name]=$!
}

# wait_ready NAME ADMIN_PORT: waits until the program is ready.
wait_ready() {
  local deadline=$((SECONDS + READY_SECONDS_MAX))
  until curl --silent --fail --max-time 2 --output /dev/null "http://127.0.0.1:$2/readyz"; do
    kill -0 "${pids[$1]}" 2>/dev/null || program_ended "$1"
    (( SECONDS < deadline )) ||
      fail "The $1 is not ready after $READY_SECONDS_MAX s: $(curl --silent --max-time 2 "http://127.0.0.1:$2/readyz")" \
           "The end of $state/logs/$1.log:" "$(tail -n "$LOG_LINES_SHOWN" "$state/logs/$1.log")"
    sleep 0.1
  done
}

program_ended() {
  local log=$state/logs/$1.log
  fail "The $1 has ended, so all of it is stopped. The end of $log:" "$(tail -n "$LOG_LINES_SHOWN" "$log")"
}

start_postgres() {
  step "Starting PostgreSQL"
  local superuser
  superuser=$(services/dev/postgres.sh start "$state/postgres" 9>&-)
  ln -sf ../postgres/postgres.log "$state/logs/postgres.log"
  setpriv --pdeathsig TERM services/dev/postgres.sh wait "$state/postgres" >/dev/null 2>&1 9>&- &
  pids[postgres]=$!
  prepare_database "$superuser"
}

# prepare_database SUPERUSER: makes the roles, then the tables, also for a database of an older
# version, which the superuser owns. Sets `database`, the connection string of the programs.
prepare_database() {
  local superuser=$1 log=$state/logs/migrate.log
  # If a keyword is given twice, the last one counts.
  local owner="$superuser user=$OWNER"
  database="$superuser user=$RUNTIME"
  {
    "$bin/$setup" roles create --database "$superuser" --owner-role "$OWNER" --runtime-role "$RUNTIME" &&
      "$bin/ledgercast-transaction-service" migrate --database "$owner" --runtime-role "$RUNTIME"
  } >"$log" 2>&1 || fail "The database could not be prepared. The end of $log:" "$(tail -n "$LOG_LINES_SHOWN" "$log")"
}

start_service() {
  step "Starting the transaction service on port $grpc_port"
  local admin_port
  admin_port=$(free_port 9101)
  start_program transaction-service "$bin/ledgercast-transaction-service" \
    --listen "0.0.0.0:$grpc_port" --admin-listen "127.0.0.1:$admin_port" --database "$database" --migrate=false \
    --signing-key-file "$state/keys/signing.pem" --relay-key-file "$state/keys/relay.pub.pem"
  wait_ready transaction-service "$admin_port"
}

start_edge() {
  step "Starting the edge on port $http_port"
  local admin_port
  admin_port=$(free_port 9102)
  start_program edge "$bin/ledgercast-edge" \
    --listen "0.0.0.0:$http_port" --admin-listen "127.0.0.1:$admin_port" --service "127.0.0.1:$grpc_port" \
    --relay-key-file "$state/keys/relay.pem" --ui-dir "$page"
  wait_ready edge "$admin_port"
}

# Makes random passwords on the first start.
make_sign_ins() {
  local file=$state/demo-accounts.json name separator='['
  [[ ! -s $file ]] || return 0
  (
    umask 077
    for name in admin user1 user2 user3; do
      printf '%s{"username":"%s","password":"%s"}' "$separator" "$name" "$(openssl rand -hex 8)"
      separator=$',\n '
    done
    printf ']\n'
  ) >"$file.new"
  chmod 600 "$file.new"
  mv "$file.new" "$file"
}

password_of() {
  sed -n "s/.*\"username\":\"$1\",\"password\":\"\([^\"]*\)\".*/\1/p" "$state/demo-accounts.json"
}

# Makes the accounts once per database. Later their owners may change them.
set_up_accounts() {
  make_sign_ins
  local done_file=$state/postgres/demo-accounts-made
  [[ ! -f $done_file ]] || return 0
  step "Making the demo accounts"
  local passwords name
  passwords=$(mktemp -d "$state/keys/passwords.XXXXXX")
  for name in admin user1 user2 user3; do password_of "$name" >"$passwords/$name"; done
  "$bin/$setup" admin create admin --database "$database" --password-file "$passwords/admin" --if-missing >&2
  for name in user1 user2 user3; do
    "$bin/$setup" accounts create "$name" --service "127.0.0.1:$grpc_port" --username admin \
      --password-file "$passwords/admin" --new-password-file "$passwords/$name" \
      --display-name "User ${name#user}" --if-missing >&2 ||
      fail "The demo accounts could not be made." \
           "If $state/demo-accounts.json is not of this database, remove $state to start over."
  done
  rm -r "$passwords"
}

# Gives the first points, once the edge is up. The admin sends them over HTTP as ordinary transfers.
give_points() {
  local done_file=$state/postgres/demo-accounts-made
  [[ ! -f $done_file ]] || return 0
  node services/dev/demo.mjs give "http://127.0.0.1:$http_port" "$state/demo-accounts.json" ||
    fail "The demo accounts could not be given their points; the message is above."
  touch "$done_file"
}

start_demo() {
  [[ $demo == yes ]] || return 0
  start_program demo node services/dev/demo.mjs keep-posting "http://127.0.0.1:$http_port" "$state/demo-accounts.json"
}

print_how_to_use() {
  local name service=localhost:$grpc_port
  printf '\nLedgercast is up:  http://localhost:%s\n\n' "$http_port"
  printf '    %-10s %s\n' 'sign in as' password
  for name in admin user1 user2 user3; do
    printf '    %-10s %s%s\n' "$name" "$(password_of "$name")" \
      "$([[ $name != admin ]] || echo '   (sees everything)')"
  done
  cat <<EOF

From a shell, with grpcurl:

  grpcurl -plaintext $service list
  TOKEN=\$(grpcurl -plaintext -d '{"username":"user1","password":"$(password_of user1)"}' $service \\
            ledgercast.v1.AuthService/IssueToken | sed -n 's/.*"access[_T].*": "\(.*\)".*/\1/p')
  grpcurl -plaintext -H "authorization: Bearer \$TOKEN" -d '{"after":"now"}' $service \\
          ledgercast.v1.TransactionService/WatchTransactions
  grpcurl -plaintext -H "authorization: Bearer \$TOKEN" -d '{"fromAccount":"user1","toAccount":"user2","amount":5}' $service \\
          ledgercast.v1.TransactionService/CreateTransaction

Logs: $state/logs/
Ctrl-C stops all of it; the data stays.
EOF
}

# stop_program NAME: sends SIGTERM, and SIGKILL if the program does not end.
stop_program() {
  local pid=${pids[$1]:-}
  [[ -n $pid ]] && kill -TERM "$pid" 2>/dev/null || return 0
  local deadline=$((SECONDS + STOP_SECONDS_MAX))
  while kill -0 "$pid" 2>/dev/null; do
    if (( SECONDS >= deadline )); then
      note "the $1 did not stop in $STOP_SECONDS_MAX s; killing it"
      kill -KILL "$pid" 2>/dev/null || true
      break
    fi
    sleep 0.05
  done
  wait "$pid" 2>/dev/null || true
}

stop_all() {
  trap '' INT TERM HUP
  [[ $up == no ]] || step "Stopping"
  local name
  for name in tool-build demo edge transaction-service postgres; do stop_program "$name"; done
  services/dev/postgres.sh stop "$state/postgres"
  rm -rf "$state"/keys/passwords.*
}

# Waits until one of the programs ends, which ends all of them. The build of the tool may end.
wait_for_any_end() {
  local ended status name
  while true; do
    status=0
    wait -n -p ended "${pids[@]}" || status=$?
    for name in "${!pids[@]}"; do
      [[ ${pids[$name]} == "$ended" ]] || continue
      [[ $name == tool-build ]] || program_ended "$name"
      unset "pids[$name]"
      if (( status == 0 )); then
        step "The command-line tool is built: build/run/bin/ledgercast"
      else
        note "The command-line tool did not build; $state/logs/tool-build.log says why."
      fi
    done
  done
}

main() {
  read_arguments "$@"
  choose_programs
  take_lock
  require_free_port --grpc-port "$grpc_port"
  require_free_port --http-port "$http_port"
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  prepare 9>&-
  make_keys
  trap stop_all EXIT
  start_postgres
  start_service
  set_up_accounts
  start_edge
  give_points
  start_demo
  up=yes
  print_how_to_use
  build_tool
  wait_for_any_end
}

main "$@"
