# Says how each system of the fan-out benchmark is started and what it needs. fanout_bench.sh
# sources it in the repository's root, with WORK set to a temporary folder.

readonly BIN=build/release/bin PEERS=tests/bench/peers
readonly SYSTEM_CORE=0

# packages_of SYSTEM: lists the packages that only this system needs.
packages_of() {
  case $1 in
    nchan) echo nginx libnginx-mod-nchan ;;
    polling) echo python3-fastapi python3-uvicorn python3-websockets python3-asyncpg postgresql ;;
  esac
}

# missing_for SYSTEM: prints what it lacks, or nothing if it can run.
missing_for() {
  local package
  for package in $(packages_of "$1"); do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || echo "$package"
  done
  [[ $1 != ws || -d tests/e2e/node_modules/ws ]] || echo "npm ci --prefix tests/e2e"
}

# These run once: keys for the edge, and a database for the polling system.
prepare_edge() {
  local key
  for key in signing relay; do openssl genpkey -algorithm ed25519 -out "$WORK/$key.pem" 2>/dev/null; done
}

prepare_polling() {
  local conninfo
  chmod 755 "$WORK"
  conninfo=$(taskset -c "$SYSTEM_CORE" services/dev/postgres.sh start "$WORK/postgres")
  [[ $conninfo =~ host=\'([^\']*)\'\ user=([^ ]*)\ dbname=([^ ]*) ]]
  export PGHOST=${BASH_REMATCH[1]} PGUSER=${BASH_REMATCH[2]} PGDATABASE=${BASH_REMATCH[3]}
  psql -qX -c 'CREATE TABLE ledger (sequence bigint PRIMARY KEY, text text NOT NULL)'
}

prepare_nchan() {
  local user=nobody
  [[ $EUID -ne 0 ]] || user=root
  # The rest is filled in when the port is known.
  sed -e "s|@MODULES@|/usr/lib/nginx/modules|; s|@USER@|$user|; s|@WORK@|$WORK|; s|@FILES@|$(ulimit -Hn)|" \
    "$PEERS/nchan.conf" >"$WORK/nchan.conf"
}

# set_up SYSTEM PORT OTHER_PORT: sets FLAGS (of the generator) and COMMAND. OTHER_PORT is where
# transactions are published, or where the edge finds its service.
set_up() {
  local port=$2 other=$3
  FLAGS=(--system "$1" --port "$port")
  COMMAND=(taskset -c "$SYSTEM_CORE")
  case $1 in
    edge)
      FLAGS+=(--publisher edge --path /v1/stream --service "127.0.0.1:$other"
              --signing-key-file "$WORK/signing.pem")
      # One shard for its one core. Sockets come faster than the edge accepts by default.
      COMMAND+=("$BIN/ledgercast-edge" --listen "127.0.0.1:$port" --admin-listen 127.0.0.1:0
                --threads 1 --service "127.0.0.1:$other" --relay-key-file "$WORK/relay.pem"
                --max-accepts-per-second 0 --log-level error) ;;
    raw | websocketpp | ws)
      FLAGS+=(--publisher lines --publish-port "$other")
      case $1 in
        raw) COMMAND+=("$BIN/fanout_epoll_sender") ;;
        websocketpp) COMMAND+=("$BIN/fanout_websocketpp_broadcast") ;;
        ws) COMMAND+=(node "$PEERS/ws_broadcast.mjs") ;;
      esac
      COMMAND+=("$port" "$other") ;;
    nchan)
      sed "s|@PORT@|$port|" "$WORK/nchan.conf" >"$WORK/nginx.conf"
      FLAGS+=(--publisher post --publish-port "$port" --publish-path /pub --path /sub)
      COMMAND+=(nginx -c "$WORK/nginx.conf" -g 'daemon off;') ;;
    polling)
      psql -qX -c 'TRUNCATE ledger'
      FLAGS+=(--publisher table --beside "$(head -n 1 "$WORK/postgres/data/postmaster.pid")")
      COMMAND+=(/usr/bin/python3 "$PEERS/polling.py" "$port") ;;
  esac
}

# Runs after all runs.
tear_down() {
  [[ ! -d $WORK/postgres ]] || services/dev/postgres.sh stop "$WORK/postgres"
  rm -rf "$WORK"
}
