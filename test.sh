#!/usr/bin/env bash
set -euo pipefail

usage() {
  cat <<'EOF'
usage: ./test.sh [--quick | --soak] [CTEST_ARGUMENT...]

Installs what is missing, builds, and runs every test: C++ (with AddressSanitizer and
UndefinedBehaviorSanitizer), a minute of fuzzing, the page, the programs end to end, the page
in a browser, and the manifests of Kubernetes. Lists the ten slowest tests at the end.

  --quick           only what tells most in little time: under four minutes after a build
  --soak            the long versions of those tests that have one (about an hour)
  --help            print this
  CTEST_ARGUMENT    handed to ctest, for example: ./test.sh -R chaos, ./test.sh -L unit
EOF
}

cd "$(dirname "${BASH_SOURCE[0]}")"
source services/dev/say.sh
source services/dev/build.sh

chosen=()
case ${1:-} in
  --help | -h)
    usage
    exit 0
    ;;
  --quick)
    # The one unit test that is left out compiles all sources with clang.
    chosen=(-L 'unit|quick' -E '^thread_safety$')
    shift
    ;;
  --soak)
    export LEDGERCAST_SOAK=1
    shift
    ;;
esac

step "Looking for packages that are missing"
services/dev/packages.sh test

step "Building the programs that the end-to-end tests run"
build_preset release "${PROGRAMS[@]}" ledgercast-transaction-service-next

step "Building the C++ tests with sanitizers"
build_preset dev

if [[ ${#chosen[@]} -eq 0 ]]; then
  step "Building the fuzz targets"
  build_preset fuzz "${FUZZ_TARGETS[@]/%/_fuzz}"
fi

step "Building the client and the page, and fetching what the tests in JavaScript need"
build_client
build_page
install_modules tests/e2e
install_modules tests/browser
install_modules tests/k8s

# ctest begins with the tests that took longest, so that no core waits for one of them at the end. It
# knows no times before its first run.
readonly COSTS=build/dev/Testing/Temporary/CTestCostData.txt
if [[ ! -f $COSTS ]]; then
  mkdir -p "$(dirname "$COSTS")"
  cp tests/costs.txt "$COSTS"
fi

step "Testing"
# A test database need not survive a crash of the machine, so commits do not wait for the disk.
LEDGERCAST_POSTGRES_OPTIONS='-c fsync=off' \
  services/dev/postgres.sh with ctest --preset dev --no-tests=error --parallel "$(nproc)" "${chosen[@]}" "$@" |
  awk -f services/dev/slowest.awk
