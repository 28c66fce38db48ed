#!/usr/bin/env bash
# The base's NetworkPolicies between network namespaces, with the real programs in them; prints who reaches whom.
# Needs no root, but user namespaces; ends with 77 where there are none, which is "not run" and not "passed".
# The programs are those in LEDGERCAST_BIN, or build/release/bin.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh
source services/dev/build.sh

readonly NOT_RUN=77

not_run() {
  note "not run: $*"
  exit "$NOT_RUN"
}

# install COMMAND PACKAGE: if the command is missing; administrators' commands are not on everybody's PATH.
install() {
  command -v "$1" >/dev/null && return
  [[ $EUID -eq 0 ]] || not_run "$1 is missing; install it: apt-get install $2"
  apt-get update >&2 && apt-get install -y --no-install-recommends "$2" >&2 || not_run "$1 is missing, and apt-get could not install $2"
}

PATH=$PATH:/usr/sbin:/sbin
install ip iproute2
install nft nftables
install_modules tests/k8s
install_modules tests/e2e
node tests/k8s/has_kubectl.mjs || exit "$NOT_RUN"
[[ -x ${LEDGERCAST_BIN:-build/release/bin}/ledgercast-edge ]] || build_preset release ledgercast ledgercast-transaction-service ledgercast-edge

# All that the lab does, once: namespaces, cables, rules that remember connections.
readonly TRY='
  unshare --net sleep 10 & host=$!
  until [ "$(readlink /proc/$host/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do kill -0 $host || exit 1; done
  ip link add tried type veth peer name eth0 netns $host &&
  echo "table inet tried { chain c { type filter hook forward priority 0; ct state established accept; }; }" | nft -f - &&
  echo 1 >/proc/sys/net/ipv4/ip_forward &&
  unshare --user --map-user=65534 --map-group=65534 true
  tried=$?
  kill $host
  exit $tried'
message=$(unshare --user --map-root-user --net --mount bash -c "$TRY" 2>&1 >/dev/null) ||
  not_run "network namespaces are not permitted here: ${message##*$'\n'}"

node --test tests/network_policy/policies.test.mjs
exec unshare --user --map-root-user --net --mount node --test tests/network_policy/network_policy.test.mjs
