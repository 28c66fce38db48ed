#!/usr/bin/env bash
# Tests what operators see: the dashboard, the rules, Prometheus' configuration, against a real Prometheus that scrapes
# the real programs.
#
#   tests/observability/run.sh
#
# Needs `prometheus` and `promtool` (Debian's package prometheus, which would start one as a service of the machine,
# so it is not installed from here). Without them it says that nothing was run, and ends with 77.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh
source services/dev/build.sh

for tool in prometheus promtool; do
  command -v "$tool" >/dev/null && continue
  note "not run: there is no $tool (apt-get install prometheus)"
  exit 77
done

if [[ -z ${LEDGERCAST_BIN:-} ]]; then
  step "Building the programs"
  build_preset release "${PROGRAMS[@]}"
fi
step "Building the page, and fetching what the tests need"
build_page
install_modules tests/e2e
install_modules tests/observability

step "Testing"
export LEDGERCAST_POSTGRES_OPTIONS=${LEDGERCAST_POSTGRES_OPTIONS:--c fsync=off}
exec node --test --test-concurrency=1 tests/observability/*.test.mjs
