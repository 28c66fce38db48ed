#!/usr/bin/env bash
# Hammers three replicas of the service over one PostgreSQL with a payroll: few pay many, who spend
# some of it. Meanwhile replicas are killed and paused, database sessions are ended in the middle of
# each kind of statement, PostgreSQL is killed, one replica's clock steps by hours and years, and a
# snapshot is held open from the beginning to the end. Then a checker that shares no code with the
# product (check.py) recomputes the ledger and compares it with what callers and watchers were told.
#
#   tests/hammer/run.sh [TRANSFERS]     a million unless given; build/release must be built
#
# It takes some minutes, needs Debian's python3 and faketime, and keeps its folder if something is
# found.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v python3 >/dev/null || { echo 'python3 is missing: apt-get install python3' >&2; exit 77; }
exec node tests/hammer/hammer.mjs "${1:-1000000}"
