#!/usr/bin/env bash
# Fuzzes what comes from strangers, from the corpus and beyond it. An input that breaks something is
# kept in build/fuzz/findings and named; add it to the corpus with the fix.
#
#   tests/fuzz/run.sh [SECONDS] [TARGET...]     for each target; 15 unless given
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh
source services/dev/build.sh

readonly SECONDS_EACH=${1:-15}
shift $(($# < 1 ? $# : 1))
targets=("$@")
[[ $# -gt 0 ]] || targets=("${FUZZ_TARGETS[@]}")

services/dev/packages.sh test
build_preset fuzz "${targets[@]/%/_fuzz}"
mkdir -p build/fuzz/findings
for target in "${targets[@]}"; do
  grown=build/fuzz/grown/$target
  mkdir -p "$grown"
  # Longer inputs are slower and find little more.
  build/fuzz/bin/"${target}_fuzz" "$grown" "tests/fuzz/corpus/$target" -max_len=4096 -timeout=10 \
    -max_total_time="$SECONDS_EACH" -artifact_prefix=build/fuzz/findings/"$target-" \
    -print_final_stats=1 2>"build/fuzz/$target.log" ||
    fail "Fuzzing $target found something:" "$(tail -n 40 "build/fuzz/$target.log")"
  note "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$target.log") inputs," \
    "$(ls "$grown" | wc -l) of them told something new"
done
