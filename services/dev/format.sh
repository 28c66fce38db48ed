#!/usr/bin/env bash
# Formats the C++ sources by .clang-format, with the clang-format version that the project uses.
#
#   services/dev/format.sh            rewrites them
#   services/dev/format.sh --check    only lists the files that differ, and fails if there are any
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh

readonly FORMATTER=clang-format-14

command -v "$FORMATTER" >/dev/null ||
  fail "$FORMATTER is missing; other versions format differently." \
       "On Debian 12: apt-get install $FORMATTER"
mode=-i
[[ ${1:-} != --check ]] || mode='--dry-run -Werror'
# shellcheck disable=SC2086  # one or two flags
find services edge tests \( -name node_modules -o -name dist \) -prune -o \
  \( -name '*.cc' -o -name '*.h' \) -print0 | xargs -0 "$FORMATTER" $mode
