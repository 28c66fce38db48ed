#!/usr/bin/env bash
# Says in one line of Markdown what a failed build or test run stopped at: the library, with its version in Debian, where
# the log names one. CI uses it for Debian releases that are still being made, where libraries are newer than in ours.
#
#   services/dev/failing_library.sh LOG
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/say.sh"

# The packages whose names in C++ an error may show, with those names.
readonly NAMESPACES=(
  libwebsocketpp-dev=websocketpp:: libasio-dev=asio:: libgrpc++-dev=grpc:: libprotobuf-dev=google::protobuf
  libabsl-dev=absl:: libpqxx-dev=pqxx:: libspdlog-dev=spdlog:: libfmt-dev=fmt:: nlohmann-json3-dev=nlohmann::
  prometheus-cpp-dev=prometheus:: libcpp-httplib-dev=httplib:: libcli11-dev=CLI:: libgtest-dev=testing::
)

# first PATTERN: prints what the pattern's group matches in the first line that has it.
first() { sed -nE "s/.*$1.*/\1/p" "$log" | head -n 1; }

# with_version PACKAGE: prints the package with its version, if it is installed.
with_version() {
  local version
  version=$(dpkg-query --show --showformat '${Version}' "$1" 2>/dev/null) || version=
  echo "\`$1\`${version:+ $version}"
}

# owner FILE: prints the package that has the file.
owner() { dpkg-query --search "$1" 2>/dev/null | sed -n '1s/:.*//p'; }

# The error itself may be in our source, which no longer fits to a header that is named above it.
from_compiler() {
  local error header package entry
  error=$(grep -m 1 -E ' (fatal )?error: |undefined reference to ' "$log") || return 0
  header=$(grep -oE -m 1 '^/usr/include/[^:]+' <<<"$error" || true)
  package=${header:+$(owner "$header")}
  for entry in "${NAMESPACES[@]}"; do
    [[ -n $package || $error != *"${entry#*=}"* ]] || package=${entry%%=*}
  done
  if [[ -z $package ]]; then
    header=$(grep -E '^(In file included|  +) ?from /usr/include/' "$log" | grep -oE -m 1 '/usr/include/[^:]+' || true)
    package=${header:+$(owner "$header")}
  fi
  # The error goes into Markdown, and may hold quotes of any kind.
  echo "${package:+$(with_version "$package"): }<code>$(sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g' <<<"$error")</code>"
}

from_tests() {
  local tests
  tests=$(sed -n '/The following tests FAILED:/,$p' "$log" | sed -nE 's/^\t *[0-9]+ - ([^ ]+) \(.*/\1/p' | paste -sd ' ')
  [[ -z $tests ]] || echo "everything builds, but these tests fail: $tests"
}

[[ $# -eq 1 && -f $1 ]] || fail "usage: services/dev/failing_library.sh LOG"
log=$1
missing=$(first 'E: (Unable to locate package|Package .* has no installation candidate|Unable to correct problems)')
[[ -z $missing ]] || missing=$(grep -oE -m 1 'E: (Unable to locate package|Package|Unable to correct) .*' "$log")
absent=$(first '(Could not find a package configuration file provided by "[^"]+"|Could NOT find [^ ]+|Package .[^ ]+, required by .* not found)')
compiled=$(from_compiler)
tested=$(from_tests)
for found in "${missing:+apt-get: $missing}" "${absent:+CMake: $absent}" "$compiled" "$tested" "see the end of the log"; do
  [[ -n $found ]] || continue
  echo "$found"
  break
done
