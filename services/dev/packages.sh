#!/usr/bin/env bash
# Installs the Debian packages that Ledgercast needs, and prints nothing if none is missing. This is
# the only list of them. docs/dependencies.md says why each is there.
#
#   services/dev/packages.sh start      installs what running installed programs needs
#   services/dev/packages.sh run        installs what building and running needs
#   services/dev/packages.sh test       also installs what the tests need
#   services/dev/packages.sh package    installs what making Debian packages needs
#   services/dev/packages.sh list build|run|test|package
#                                       only lists the packages; `build` are those that compile the programs
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source ./say.sh

readonly NODE_MAJOR_MIN=18
# Packages that the images are built with.
BUILD_PACKAGES=(
  build-essential cmake ninja-build pkg-config
  libgrpc++-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev
  libabsl-dev libpqxx-dev libpq-dev libwebsocketpp-dev libasio-dev libssl-dev
  libspdlog-dev nlohmann-json3-dev prometheus-cpp-dev librhonabwy-dev
  libsodium-dev zlib1g-dev libcpp-httplib-dev libcli11-dev ca-certificates
)
# Exports spans. Debian 12 has no such package, so builds there have no exporter.
if (source /etc/os-release && [[ ${VERSION_ID:-0} -ge 13 ]]) 2>/dev/null; then
  BUILD_PACKAGES+=(opentelemetry-cpp-dev)
fi
readonly BUILD_PACKAGES
readonly START_PACKAGES=(postgresql openssl curl util-linux)
readonly RUN_PACKAGES=("${BUILD_PACKAGES[@]}" "${START_PACKAGES[@]}" ccache)
# clang builds the fuzz targets and checks the lock annotations. faketime gives tests a wrong clock. The quick start in
# docs/ uses jq.
TEST_PACKAGES=(libgtest-dev libgmock-dev chromium clang libclang-rt-dev faketime jq pgbouncer)
# The project's format needs this version. Debian 13 has only later ones, which format differently.
if (source /etc/os-release && [[ ${VERSION_ID:-0} -eq 12 ]]) 2>/dev/null; then
  TEST_PACKAGES+=(clang-format-14)
fi
readonly TEST_PACKAGES

readonly PACKAGE_PACKAGES=("${RUN_PACKAGES[@]}" libgtest-dev libgmock-dev file help2man)
readonly ELSEWHERE="On every other system Docker runs it: docker compose --profile demo up"

# Node.js may come from another source, which may be newer than Debian's. npm comes from its own
# registry: see npm.sh.
has_node() {
  command -v node >/dev/null &&
    node -e "process.exit(parseInt(process.versions.node) >= $NODE_MAJOR_MIN ? 0 : 1)"
}

# missing PACKAGE...: lists the packages that are not installed.
missing() {
  local installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
  local package
  for package in "$@"; do
    grep -qxF "installed $package" <<<"$installed" || echo "$package"
  done
}

install_packages() {
  local as_root=()
  if [[ $EUID -ne 0 ]]; then
    command -v sudo >/dev/null ||
      fail "These packages are missing, and there is no sudo to install them with: $*" \
           "As root, run: apt-get install $*"
    as_root=(sudo)
  fi
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
             apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
  step "Installing what is missing: $*"
  "${apt[@]}" update || note "The package lists could not be refreshed; going on with those at hand."
  "${apt[@]}" install --no-install-recommends "$@" ||
    fail "apt-get could not install the packages above; its last lines say why." \
         "When that is mended, run the same command again." \
         "Only Debian 12 and 13 are known to have all of them. $ELSEWHERE"
}

# packages_of KIND: lists the packages that the kind needs, without Node.js.
packages_of() {
  case $1 in
    build) printf '%s\n' "${BUILD_PACKAGES[@]}" ;;
    start) printf '%s\n' "${START_PACKAGES[@]}" ;;
    run) printf '%s\n' "${RUN_PACKAGES[@]}" ;;
    test) printf '%s\n' "${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}" ;;
    package) printf '%s\n' "${PACKAGE_PACKAGES[@]}" ;;
  esac
}

main() {
  local wanted
  case $* in
    start | run | test | package) mapfile -t wanted < <(packages_of "$1") ;;
    'list build')
      packages_of build
      return
      ;;
    'list run' | 'list test' | 'list package')
      packages_of "$2"
      echo nodejs
      return
      ;;
    *) fail "usage: services/dev/packages.sh start|run|test|package, or list build|run|test|package" ;;
  esac
  has_node || wanted+=(nodejs)

  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    fail "This is not Debian: there is no apt-get to install packages with." \
         "Ledgercast builds on Debian 12 and 13, in a container too. It needs:" "${wanted[*]}" "$ELSEWHERE"
  fi
  local absent
  mapfile -t absent < <(missing "${wanted[@]}")
  [[ ${#absent[@]} -eq 0 ]] || install_packages "${absent[@]}"
  [[ $1 != test ]] || ./promtool.sh >/dev/null
}

main "$@"
