# Prints messages for run.sh, test.sh and the scripts here. Source it.

# step TEXT: prints what is being done now.
step() { printf '\n==> %s\n' "$*" >&2; }

# note TEXT: prints a detail of the present step.
note() { printf '    %s\n' "$*" >&2; }

# fail TEXT...: prints what went wrong and what to do, one line per argument, and ends the script.
fail() {
  printf '\nerror: %s\n' "$1" >&2
  shift
  [[ $# -eq 0 ]] || printf '       %s\n' "$@" >&2
  exit 1
}
