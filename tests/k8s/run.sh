#!/usr/bin/env bash
# Builds everything below k8s/, and checks it against the schemas of Kubernetes and of the operators
# and against this project's rules. It needs no cluster. What it needs comes from npm. The exit
# status is 77 if the test cannot run. The programs are those in LEDGERCAST_BIN, or
# build/release/bin.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh
source services/dev/build.sh

readonly NOT_RUN=77

programs=${LEDGERCAST_BIN:-$PWD/build/release/bin}
[[ -x $programs/ledgercast-edge ]] ||
  fail "There is no ledgercast-edge in $programs." "Build it (./test.sh does), or name another folder in LEDGERCAST_BIN."
install_modules tests/k8s
node tests/k8s/has_kubectl.mjs || exit "$NOT_RUN"
exec node --test tests/k8s/*.test.mjs
