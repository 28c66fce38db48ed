#!/usr/bin/env bash
# Holds the edge's WebSocket layer against the Autobahn test suite, and prints what came out by section.
# Fails if a case failed. The full report is in build/autobahn/report/index.html.
#
#   tests/autobahn/run.sh [--compression] [CASE...]
#
#   --compression   with permessage-deflate; without it, sections 12 and 13 are left out
#   CASE            for example '6.*' or 7.1.1; all of them unless given
#
# The suite is written in Python 2.7: `python2.7` on the path, one of pyenv's, or PYTHON2=FILE.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh
source services/dev/build.sh

readonly SUITE=autobahntestsuite==25.10.1
readonly HOME_DIR=$PWD/build/autobahn
# There are no others.
readonly SECTIONS=('1.*' '2.*' '3.*' '4.*' '5.*' '6.*' '7.*' '9.*' '10.*')
readonly COMPRESSION_SECTIONS=('12.*' '13.*')

usage() { sed -n '2,/^set /{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }

# The first that runs; pyenv's `python2.7` on the path may be one that only says it does not.
find_python() {
  local python
  for python in ${PYTHON2:-} python2.7 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/2.7.*/bin/python; do
    "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (2, 7))' 2>/dev/null || continue
    echo "$python"
    return
  done
  fail "There is no Python 2.7, which the suite is written in." \
    "Install one (for example: pyenv install 2.7.18), or name it: PYTHON2=/path/to/python2.7 $0"
}

# write_spec PORT CASE...: what the suite is to do.
write_spec() {
  local port=$1
  shift
  local cases
  cases=$(printf ', "%s"' "$@")
  cat >"$HOME_DIR/spec.json" <<JSON
{"outdir": "$HOME_DIR/report", "servers": [{"agent": "edge", "url": "ws://127.0.0.1:$port"}],
 "cases": [${cases:2}], "exclude-cases": [], "exclude-agent-cases": {}}
JSON
}

all=("${SECTIONS[@]}")
server=(build/release/bin/echo_server)
case ${1:-} in
  --help | -h)
    usage
    exit 0
    ;;
  --compression)
    all+=("${COMPRESSION_SECTIONS[@]}")
    server+=(--compression)
    shift
    ;;
esac
cases=("$@")
[[ $# -gt 0 ]] || cases=("${all[@]}")

python=$(find_python)
mkdir -p "$HOME_DIR"
build_preset release echo_server
# What pip calls the user's own packages, here in a folder of the build: Python 2.7 brings no
# virtual environments.
export PYTHONUSERBASE=$HOME_DIR/python
if ! "$python" -m pip show --quiet "${SUITE%%=*}" 2>/dev/null; then
  step "Installing $SUITE"
  "$python" -m pip install --quiet --disable-pip-version-check --no-warn-script-location --user "$SUITE" ||
    fail "pip could not install $SUITE; its message is above."
fi

coproc SERVER { exec "${server[@]}"; }
trap 'kill "$SERVER_PID"' EXIT
read -r port <&"${SERVER[0]}"
rm -rf "$HOME_DIR/report"
write_spec "$port" "${cases[@]}"
step "Testing; the log is build/autobahn/suite.log"
"$python" "$PYTHONUSERBASE/bin/wstest" --mode fuzzingclient --spec "$HOME_DIR/spec.json" >"$HOME_DIR/suite.log" 2>&1 ||
  fail "The suite broke off:" "$(tail -n 20 "$HOME_DIR/suite.log")"
node tests/autobahn/summary.mjs "$HOME_DIR/report/index.json"
