#!/usr/bin/env bash
# Builds both images, brings docker-compose.yaml up on this machine's container engine under its own
# project name and ports, tests it, and takes everything down again.
#
#   tests/compose/run.sh [PATTERN]
#
#   PATTERN   only the tests whose names it matches
#
# Needs an engine with Compose v2, and Node.js. If no registry of images can be reached, stand-ins
# are made by stand_in_images.sh. Tests that cannot run here are listed at the end as not run. If
# there is no engine, no test runs and the exit status is 77, by which ctest knows a skipped test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh
source services/dev/build.sh

readonly NOT_RUN=77
readonly LOG_LINES_SHOWN=30
export LEDGERCAST_TEST_PROJECT=ledgercast-test-$$

not_run=()
node=  # the process that runs the tests

refuse() {
  printf '\nnot run: all of tests/compose: %s\n' "$1"
  exit "$NOT_RUN"
}

compose() { docker compose --project-name "$LEDGERCAST_TEST_PROJECT" --profile '*' "$@"; }

take_down() {
  local status=$?
  trap '' INT TERM HUP
  [[ -z $node ]] || { kill -- "-$node" && wait "$node"; } 2>/dev/null || true
  if [[ $status -ne 0 ]]; then
    step "The last lines of the containers' logs"
    compose logs --no-color --tail "$LOG_LINES_SHOWN" >&2 || true
  fi
  step "Taking everything down"
  compose down --volumes --remove-orphans --timeout 10 >/dev/null 2>&1 || note "docker compose down failed; its project is $LEDGERCAST_TEST_PROJECT"
}

# Lists the test files that need an image which this machine may not be able to get.
tests_of_images() {
  local image
  for image in $(compose config --images | grep '^grafana/'); do
    if docker image inspect "$image" >/dev/null 2>&1; then
      tests+=(tests/compose/grafana.test.mjs)
    else
      not_run+=("tests/compose/grafana.test.mjs: $image cannot be pulled, and there is no stand-in for it")
    fi
  done
}

# run_tests FILE: runs it as its own process group, so that nothing is left when the group is ended.
run_tests() {
  set -m
  node --test ${pattern:+--test-name-pattern="$pattern"} "$1" &
  node=$!
  set +m
  wait "$node"
}

command -v docker >/dev/null || refuse "there is no docker on this machine"
docker info >/dev/null 2>&1 || refuse "no container engine answers (docker info)"
docker compose version >/dev/null 2>&1 || refuse "the engine's client has no Compose v2 (docker compose version)"
tests/compose/stand_in_images.sh

step "Building the images"
docker compose build
install_modules tests/e2e

pattern=${1:-}
tests=(tests/compose/file.test.mjs tests/compose/images.test.mjs tests/compose/compose.test.mjs)
tests_of_images
trap take_down EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
for file in "${tests[@]}"; do
  step "$file"
  run_tests "$file"
done

mapfile -t stand_ins < <(tests/compose/stand_in_images.sh list)
for image in "${stand_ins[@]}"; do note "tested with a stand-in instead of the real image: $image"; done
printf '\n%d of %d test files passed, %d not run\n' "${#tests[@]}" $((${#tests[@]} + ${#not_run[@]})) "${#not_run[@]}"
[[ ${#not_run[@]} -eq 0 ]] || printf 'not run: %s\n' "${not_run[@]}"
