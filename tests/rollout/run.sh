#!/usr/bin/env bash
# Rehearses a roll-out on this machine: the real programs over a real PostgreSQL, services found by
# name, edges behind HAProxy, sockets, posters and readers; every edge and then every service is replaced
# as Kubernetes does it, with the settings of k8s/base. Prints the figures and fails if a promise was broken. About three minutes.
#
#   tests/rollout/run.sh [OPTIONS]                   build/release must be built (or LEDGERCAST_BIN)
#
#   --small            60 sockets, 2 edges, short drains: half a minute
#   --sockets N        that follow the log (2000; --small: 60)
#   --posts N          transfers a second (20)
#   --reconnect-spread-ms N  of the edges
#   --discovery HOW    how edges find services: dns (one name of several addresses, as a headless
#                      Service has it) or list (addresses that are known beforehand)
#   --balance HOW      how HAProxy chooses an edge: leastconn, roundrobin or random
#   --pace HOW         how long a new replica is ready until an old one is told to go: base (minReadySeconds
#                      of k8s/base), one (as long as a drain: one ends at a time) or none (no time)
#   --sabotage WHAT    breaks a promise, so that the rehearsal has to fail: no-drain (replicas are
#                      killed), no-delay (edges send clients away at once), herd (all in one moment)
#   --seed N           of what is drawn at random
#   --out DIRECTORY    keeps rollout.txt, rollout.svg and rollout.json there
#   --help             prints this
#
# Without HAProxy, Debian's package is installed; its own service is kept from starting.
set -euo pipefail
SELF=$(realpath "${BASH_SOURCE[0]}")
readonly SELF
cd "$(dirname "$SELF")/../.."
source services/dev/say.sh
source services/dev/build.sh

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$SELF"; }

# choice OPTION VALUE ALLOWED...
choice() {
  local option=$1 value=$2
  shift 2
  [[ " $* " == *" $value "* ]] || fail "$option is one of: $*, not '$value'."
}

# number OPTION VALUE
number() { [[ $2 =~ ^[1-9][0-9]*$ ]] || fail "$1 takes a number, not '$2'."; }

while [[ $# -gt 0 ]]; do
  case $1 in
    --small) export ROLLOUT_SIZE=small ;;
    --sockets) number "$1" "${2:-}"; export ROLLOUT_SOCKETS=$2; shift ;;
    --posts) number "$1" "${2:-}"; export ROLLOUT_POSTS=$2; shift ;;
    --reconnect-spread-ms) number "$1" "${2:-}"; export ROLLOUT_RECONNECT_SPREAD_MS=$2; shift ;;
    --discovery) choice "$1" "${2:-}" dns list; export ROLLOUT_DISCOVERY=$2; shift ;;
    --balance) choice "$1" "${2:-}" leastconn roundrobin random; export ROLLOUT_BALANCE=$2; shift ;;
    --pace) choice "$1" "${2:-}" base one none; export ROLLOUT_PACE=$2; shift ;;
    --sabotage) choice "$1" "${2:-}" no-drain no-delay herd; export ROLLOUT_SABOTAGE=$2; shift ;;
    --seed) number "$1" "${2:-}"; export LEDGERCAST_SEED=$2; shift ;;
    --out) [[ -n ${2:-} ]] || fail "--out takes a directory."; ROLLOUT_OUT=$(realpath -m "$2"); export ROLLOUT_OUT; shift ;;
    -h | --help) usage; exit ;;
    *) fail "There is no option $1." "Try: tests/rollout/run.sh --help" ;;
  esac
  shift
done

# A socket takes two files of HAProxy, one of an edge and one of a worker.
files=$((4 * ${ROLLOUT_SOCKETS:-2000} + 4000))
(($(ulimit -n) >= files)) || ulimit -n "$files" 2>/dev/null || ulimit -n "$(ulimit -Hn)"
(($(ulimit -n) >= files)) || fail "At most $(ulimit -n) files may be open; it takes $files." \
  "Raise the limit: ulimit -Hn, or nofile in /etc/security/limits.conf; or take fewer --sockets."

# haproxy lies in /usr/sbin, which is not on everybody's path.
export PATH=$PATH:/usr/sbin
if ! command -v haproxy >/dev/null; then
  [[ $EUID -eq 0 ]] || fail "HAProxy is missing." "As root, run: apt-get install haproxy"
  step "Installing haproxy"
  # Keeps the package's own service from being started.
  policy=/usr/sbin/policy-rc.d
  [[ -e $policy ]] || { printf '#!/bin/sh\nexit 101\n' >"$policy"; chmod +x "$policy"; trap 'rm -f "$policy"' EXIT; }
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends haproxy ||
    fail "apt-get could not install haproxy; its last lines say why."
  # Nor when the machine starts anew.
  ! command -v systemctl >/dev/null || systemctl disable --quiet haproxy 2>/dev/null || true
fi

[[ -x ${LEDGERCAST_BIN:-build/release/bin}/ledgercast-edge ]] ||
  fail "build/release is not built." "Build it: cmake --preset release && cmake --build --preset release"
install_modules tests/e2e
build_client

# Unwritten disk buffers cannot be lost here, so commits need not wait for the disk.
export LEDGERCAST_POSTGRES_OPTIONS=${LEDGERCAST_POSTGRES_OPTIONS:--c fsync=off}
node --test --test-reporter=spec tests/rollout/rollout.test.mjs
