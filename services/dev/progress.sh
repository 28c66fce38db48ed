# Shows a build as one line with the time that is left. Source it after say.sh.

readonly FAILURE_LINES_SHOWN=60

# step_weight LINE: sets `weight` to about the tenths of a second that a step takes. The line is what
# Ninja says of the step, or its command.
step_weight() {
  case $1 in
    *Unity/unity_*.o | *Unity/unity_*' -c '* | *.gch | *' -o '*.gch' -c '*) weight=150 ;;
    *'Building CXX object'* | *' -c '*) weight=60 ;;
    *) weight=2 ;;
  esac
}

# build_with_progress BUILD_DIR [TARGET...]: runs Ninja and shows how much is done. All of its output
# goes to BUILD_DIR/build.log, and what the compiler said of a failure also to the user.
build_with_progress() {
  local dir=$1 log=$1/build.log line weight all=0 total=0 count=0 finished=0 began=$SECONDS tenth=-1
  shift
  while IFS= read -r line; do
    step_weight "$line"
    all=$((all + weight))
    count=$((count + 1))
  done < <(ninja -C "$dir" -t commands "$@" 2>/dev/null)
  while IFS= read -r line; do
    printf '%s\n' "$line" >&3
    [[ $line =~ ^\[[0-9]+/([0-9]+)\] ]] || continue
    # If most is built already, Ninja has fewer steps than all commands.
    (( count == 0 || BASH_REMATCH[1] > count )) && total=$all || total=$((all * BASH_REMATCH[1] / count))
    step_weight "$line"
    finished=$((finished + weight))
    show_progress
  done 3>"$log" < <(NINJA_STATUS='[%f/%t] ' ninja -C "$dir" "$@" 2>&1; printf 'ended with %s\n' "$?")
  [[ ! -t 2 ]] || printf '\r\033[K' >&2
  [[ $(tail -n 1 "$log") == 'ended with 0' ]] && return 0
  # After the line FAILED there is the command, which is long and helps nobody here.
  sed -n '/^FAILED: /,$ { /^FAILED: /d; /^\[/d; /^ended with/d; /^[^ ]*\(g++\|clang++\|c++\) /d; p }' "$log" |
    cut -c 1-300 | head -n "$FAILURE_LINES_SHOWN" >&2
  note "The whole output is in $log."
  return 1
}

# Shows how much of the build is done: on a terminal always in the same line, elsewhere by a line
# for every tenth.
show_progress() {
  (( total > 0 )) || return 0
  local seconds=$((SECONDS - began)) percent=$((100 * finished / total)) left
  # Before that an estimate would be a guess.
  (( percent >= 5 && percent < 100 && seconds > 0 )) || return 0
  left=$((seconds * (total - finished) / finished))
  if (( left < 100 )); then left="$left s"; else left="$(((left + 30) / 60)) min"; fi
  if [[ -t 2 ]]; then
    printf '\r\033[K    %d %% of the build is done, about %s left' "$percent" "$left" >&2
  elif (( percent / 10 > tenth )); then
    tenth=$((percent / 10))
    note "$percent % of the build is done, about $left left"
  fi
}
