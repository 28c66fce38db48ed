#!/usr/bin/env bash
# Measures the edge's fan-out in comparison with other systems. The system has one core and the
# generator another one; a transaction has 200 B. Everything that arrives is compared with what was
# published. Prints each run, then medians; tests/bench/README.md says how to read them.
#
#   tests/bench/fanout_bench.sh [OPTIONS]            build/release must be built
#
#   --full             more sockets, all systems with all of them, longer runs (about 30 minutes)
#   --rounds N         how often each run is made, alternating with the others (3)
#   --seconds N        how long each run measures (1.5; --full: 5)
#   --sockets LIST     sockets in saturation: "1000 5000" (--full: "1000 5000 10000 15000")
#   --systems LIST     some of: raw edge ws nchan websocketpp polling
#   --modes LIST       some of: saturation steady idle reconnect
#   --bytes N          size of a transaction's JSON (200)
#   --install-peers    installs what nchan and polling need with apt-get; without it a system whose
#                      packages are missing is left out
set -euo pipefail
cd "$(dirname "$0")/../.."
source services/dev/say.sh
source services/dev/ports.sh

readonly GENERATOR_CORE=1 START_PORT=18080
# Smallest share of its core that a system must use in saturation. Below it something else was the
# limit.
readonly CPU_SHARE_MIN=0.8
# Number of sockets in `steady`, of those that wait in `idle`, and of those that come back in
# `reconnect`.
readonly STEADY_SOCKETS=1000 IDLE_SOCKETS=5000 RECONNECT_SOCKETS=15000
# Two of the edge's progress intervals on a quiet ledger.
readonly IDLE_SECONDS=50

ROUNDS=3 SECONDS_EACH='' SOCKETS='' BYTES=200 FULL=false INSTALL=false
SYSTEMS="raw edge ws nchan websocketpp polling"
MODES="saturation steady idle reconnect"
while [[ $# -gt 0 ]]; do
  case $1 in
    --full) FULL=true ;;
    --install-peers) INSTALL=true ;;
    --rounds) ROUNDS=$2; shift ;;
    --seconds) SECONDS_EACH=$2; shift ;;
    --sockets) SOCKETS=$2; shift ;;
    --systems) SYSTEMS=$2; shift ;;
    --modes) MODES=$2; shift ;;
    --bytes) BYTES=$2; shift ;;
    -h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0"; exit ;;
    *) fail "There is no option $1." "Try: tests/bench/fanout_bench.sh --help" ;;
  esac
  shift
done
if $FULL; then : "${SECONDS_EACH:=5}" "${SOCKETS:=1000 5000 10000 15000}"
else : "${SECONDS_EACH:=1.5}" "${SOCKETS:=1000 5000}"; fi

WORK=$(mktemp -d)
readonly WORK
source tests/bench/fanout_systems.sh
trap tear_down EXIT

# There are 15,000 sockets on each side, and the edge keeps a quarter of its files for other things.
ulimit -Hn 65536 2>/dev/null || true
(($(ulimit -Hn) >= 20000)) || fail "At most $(ulimit -Hn) files may be open; it takes 20000." \
  "Raise the limit: ulimit -Hn, or nofile in /etc/security/limits.conf"
(($(nproc) >= 2)) || fail "It takes two cores: one for the system, one for the generator."
[[ -x $BIN/fanout_bench && -x $BIN/ledgercast-edge ]] ||
  fail "build/release is not built." "Build it: cmake --preset release && cmake --build --preset release"

# Leaves out systems that cannot run here.
choose_systems() {
  local system missing chosen=()
  for system in $SYSTEMS; do
    mapfile -t missing < <(missing_for "$system")
    if [[ ${#missing[@]} -gt 0 ]] && $INSTALL && [[ -n $(packages_of "$system") ]]; then
      apt-get install -y --no-install-recommends "${missing[@]}" >&2
      mapfile -t missing < <(missing_for "$system")
    fi
    if [[ ${#missing[@]} -gt 0 ]]; then
      note "Without $system, which needs: ${missing[*]} (--install-peers installs Debian's packages)"
      continue
    fi
    [[ $(type -t "prepare_$system") != function ]] || "prepare_$system"
    chosen+=("$system")
  done
  SYSTEMS=${chosen[*]}
}

# Lists the runs that make sense in a mode. Polling is not made for many sockets, and only the edge
# has cursors.
runs_of() {
  local sockets system
  case $1 in
    saturation)
      for sockets in $SOCKETS; do
        for system in $SYSTEMS; do
          # A short run compares the other systems only at the first number of sockets.
          [[ $system == raw || $system == edge || $sockets == "${SOCKETS%% *}" ]] ||
            { $FULL && [[ $system != polling ]]; } || continue
          echo "$system $sockets"
        done
      done ;;
    steady) for system in $SYSTEMS; do echo "$system $STEADY_SOCKETS"; done ;;
    idle) for system in $SYSTEMS; do [[ $system == polling ]] || echo "$system $IDLE_SOCKETS"; done ;;
    reconnect) [[ " $SYSTEMS " != *" edge "* ]] || echo "edge $RECONNECT_SOCKETS" ;;
  esac
}

# run MODE SYSTEM SOCKETS: makes one run.
run() {
  local line port other
  port=$(free_port $((START_PORT + RANDOM % 1000)))
  other=$(free_port $((port + 1000)))
  set_up "$2" "$port" "$other"
  local seconds=$SECONDS_EACH
  if [[ $1 == idle ]]; then
    # Few handshakes at a time, because memory for a thousand of them does not belong to idle
    # sockets.
    FLAGS+=(--handshakes 50)
    # Only the edge sends anything to idle sockets, and rarely.
    [[ $2 != edge ]] || seconds=$IDLE_SECONDS
  fi
  line=$(taskset -c "$GENERATOR_CORE" "$BIN/fanout_bench" --mode "$1" --sockets "$3" \
    --seconds "$seconds" --bytes "$BYTES" "${FLAGS[@]}" -- "${COMMAND[@]}") ||
    { note "no figure of $1 $2 $3: see above"; return 0; }
  echo "round $round: $line"
  if [[ $line =~ cpu_share=([0-9.]+) ]] && awk "BEGIN {exit !(${BASH_REMATCH[1]} < $CPU_SHARE_MIN)}"; then
    note "left out: the system did not have its core, or waited for the generator"
    return 0
  fi
  echo "$line" >>"$WORK/lines"
}

# median MODE SYSTEM SOCKETS NAME: prints the median, or nothing if there is no value.
median() {
  grep "^$1 system=$2 sockets=$3 " "$WORK/lines" | grep -o " $4=[0-9.]*" | cut -d= -f2 | sort -n |
    awk '{v[NR] = $1} END {if (NR) print v[int((NR + 1) / 2)]}'
}

# ratio A B: prints A / B, or "-" if one of them is missing.
ratio() { awk -v a="${1:-0}" -v b="${2:-0}" 'BEGIN {if (a > 0 && b > 0) printf "%.2f", a / b; else printf "-"}'; }

report() {
  local mode system sockets rate
  printf '\nmedians of %d rounds of %s s, %d B a transaction\n' "$ROUNDS" "$SECONDS_EACH" "$BYTES"
  for mode in $MODES; do
    echo
    case $mode in
      saturation) echo "as fast as the slowest socket takes it:  deliveries/s, of raw, CPU us a delivery" ;;
      steady) echo "20,000 deliveries/s:  CPU us a delivery, of raw, p50 ms, p99 ms" ;;
      idle) echo "sockets that wait:  bytes of memory a socket, CPU us a socket and second" ;;
      reconnect) echo "all come back at once, with old cursors:  seconds until all are live, CPU seconds, calls that PostgreSQL would see" ;;
    esac
    while read -r system sockets; do
      value() { median "$mode" "$system" "$sockets" "$1"; }
      beside() { ratio "$(value "$1")" "$(median "$mode" raw "$sockets" "$1")"; }
      printf '%-12s %6d sockets ' "$system" "$sockets"
      case $mode in
        saturation) printf '%12s %6s %8s\n' "$(value deliveries_per_second)" "$(beside deliveries_per_second)" "$(value cpu_us_per_delivery)" ;;
        steady) printf '%8s %6s %8s %8s\n' "$(value cpu_us_per_delivery)" "$(beside cpu_us_per_delivery)" "$(value p50_ms)" "$(value p99_ms)" ;;
        idle) printf '%8s %8s\n' "$(value bytes_per_socket)" "$(value cpu_us_per_socket_second)" ;;
        reconnect) printf '%8s %8s %6s\n' "$(value seconds)" "$(value cpu_seconds)" "$(value database_calls)" ;;
      esac
    done < <(runs_of "$mode")
  done
}

choose_systems
touch "$WORK/lines"
for ((round = 1; round <= ROUNDS; round++)); do
  for mode in $MODES; do
    while read -r system sockets <&3; do run "$mode" "$system" "$sockets"; done 3< <(runs_of "$mode")
  done
done
report
