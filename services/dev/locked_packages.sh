#!/usr/bin/env bash
# Pins every package that the images are built with, dependencies too.
# services/dev/packages.ARCHITECTURE.lock holds NAME=VERSION, one per line.
#
#   services/dev/locked_packages.sh lock              writes the locks anew: the newest versions
#                                                     in the base image's release
#   services/dev/locked_packages.sh install locked    installs them, as root inside an image build
#   services/dev/locked_packages.sh install newest    installs the newest versions instead, of the
#                                                     packages that packages.sh names
#
# Debian removes a version when a newer one fixes it, so `install locked` will fail some day. Then
# build with the argument LEDGERCAST_PACKAGES=newest (Compose: in the environment).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source ./say.sh

readonly ARCHITECTURES=(amd64 arm64)
readonly APT=(apt-get -q -y --no-install-recommends -o Dpkg::Use-Pty=0)

# resolve ARCHITECTURE: lists what apt would install into an empty system of that architecture.
resolve() {
  local lists options
  lists=$(mktemp -d)
  mkdir "$lists/partial"
  options=(-o "APT::Architecture=$1" -o "APT::Architectures=$1" -o "Dir::State::Lists=$lists" -o Dir::State::status=/dev/null)
  apt-get -q -y "${options[@]}" update >&2
  ./packages.sh list build | xargs "${APT[@]}" "${options[@]}" --simulate install |
    sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' | sort
  rm -r "$lists"
}

# Runs in the base image, so this machine's release and packages do not matter.
lock() {
  local base architecture lock
  base=$(sed -n 's/^FROM \([^ ]*\) AS packages$/\1/p' ../../edge/Dockerfile)
  for architecture in "${ARCHITECTURES[@]}"; do
    lock=packages.$architecture.lock
    step "Writing services/dev/$lock in $base"
    docker run --rm --volume "$PWD:/dev-scripts:ro" "$base" /dev-scripts/locked_packages.sh resolve "$architecture" >"$lock.new"
    [[ -s $lock.new ]] || fail "apt resolved nothing; its message is above."
    mv "$lock.new" "$lock"
  done
}

install_locked() {
  local architecture lock
  architecture=$(dpkg --print-architecture)
  lock=packages.$architecture.lock
  [[ -f $lock ]] ||
    fail "There is no services/dev/$lock: no versions were pinned for this architecture." \
         "Build with the newest ones: --build-arg LEDGERCAST_PACKAGES=newest"
  xargs "${APT[@]}" --allow-downgrades install <"$lock" ||
    fail "apt could not install the versions in services/dev/$lock; its message is above." \
         "If it no longer finds one, Debian has replaced it by a newer one. Then either" \
         "  write the lock anew, which the next commit should do:  services/dev/locked_packages.sh lock" \
         "  or build with the newest packages:  LEDGERCAST_PACKAGES=newest docker compose build" \
         "                                      docker build --build-arg LEDGERCAST_PACKAGES=newest …"
}

install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  "${APT[@]}" update
  case ${1:-} in
    locked) install_locked ;;
    newest) ./packages.sh list build | xargs "${APT[@]}" install ;;
    *) fail "LEDGERCAST_PACKAGES is either locked or newest, not '${1:-}'" ;;
  esac
  rm -rf /var/lib/apt/lists/*
}

case ${1:-} in
  lock) lock ;;
  resolve) resolve "$2" ;;
  install) install_packages "${2:-}" ;;
  *) fail "usage: services/dev/locked_packages.sh lock|install locked|install newest" ;;
esac
