#!/usr/bin/env bash
# Tests the Debian packages as an operator uses them: installs them in a fresh Debian with systemd
# and PostgreSQL, sets up, posts and watches, upgrades, restarts, removes and purges.
#
#   tests/packages/run.sh           for the Debian of this machine
#   tests/packages/run.sh 12|13     for the other one, whose packages a chroot of it builds
#
# Needs root, debootstrap, systemd-container and lintian, and exits with 77 without them. Takes two
# minutes, plus the time to build the packages and to download the fresh Debian.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh

here=$(source /etc/os-release && echo "${VERSION_ID:-}")
readonly RELEASE=${1:-$here}
case $RELEASE in
  12) name=bookworm ;;
  13) name=trixie ;;
  *) fail "usage: tests/packages/run.sh [12|13]" ;;
esac
# Also builds the service of the next version, to which the test upgrades.
readonly BUILD='packaging/build.sh && cmake --build --preset release --target ledgercast-transaction-service-next'
readonly STATE=$PWD/build/packages_test/$RELEASE

cannot_run() {
  printf 'tests/packages/run.sh cannot run here: %s\n' "$1" >&2
  exit 77
}

[[ $EUID -eq 0 ]] || cannot_run "it needs root, to start a machine of its own"
for tool in debootstrap systemd-nspawn lintian node; do
  command -v "$tool" >/dev/null || cannot_run "$tool is missing; apt-get install debootstrap systemd-container lintian"
done

# in_root ROOT COMMAND...: runs it in a chroot.
in_root() {
  local root=$1
  shift
  chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

# make_root ROOT: puts a fresh minimal Debian there, with this machine's authorities for downloads.
make_root() {
  local root=$1
  [[ ! -e $root/.complete ]] || return 0
  rm -rf "$root"
  mkdir -p "$root"
  step "Downloading a fresh Debian $RELEASE"
  debootstrap --variant=minbase --include=ca-certificates "$name" "$root" >"$root.log" 2>&1 ||
    fail "debootstrap could not make a Debian $RELEASE; $root.log says why."
  cp /etc/resolv.conf "$root/etc/" 2>/dev/null || true
  [[ ! -d /usr/local/share/ca-certificates ]] || cp -r /usr/local/share/ca-certificates "$root/usr/local/share/"
  in_root "$root" update-ca-certificates >/dev/null 2>&1
  in_root "$root" apt-get -q update >/dev/null
  touch "$root/.complete"
}

# Builds the packages of a Debian that is not this machine's in a chroot of it.
build_elsewhere() {
  local root=$STATE/builder
  make_root "$root"
  mkdir -p "$root/src"
  git ls-files -z --cached --others --exclude-standard | tar --null --files-from - -c | tar -x -C "$root/src"
  mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
  trap 'umount "$root/proc"' EXIT
  [[ ! -f ~/.npmrc ]] || cp ~/.npmrc "$root/root/"
  in_root "$root" NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt bash -c "cd /src && $BUILD"
  umount "$root/proc"
  trap - EXIT
  built=$root/src/build/release
}

if [[ $RELEASE == "$here" ]]; then
  bash -c "$BUILD"
  built=$PWD/build/release
else
  build_elsewhere
fi

make_root "$STATE/fresh"
step "Checking the packages with lintian"
lintian --fail-on error "$built"/packages/*.deb || fail "lintian found errors; they are above."
step "Testing the packages in a Debian $RELEASE of their own"
LEDGERCAST_BUILT=$built LEDGERCAST_FRESH_DEBIAN=$STATE/fresh exec node --test tests/packages/packages.test.mjs
