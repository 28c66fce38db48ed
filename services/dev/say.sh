# Messages of run.sh, test.sh and the pieces here. Source it.

# step TEXT: what is being done now.
step() { printf '\n==> %s\n' "$*" >&2; }

# note TEXT: something worth knowing about it.
note() { printf '    %s\n' "$*" >&2; }

# fail TEXT...: what went wrong and what to do about it, a line an argument; ends the script.
fail() {
  printf '\nerror: %s\n' "$1" >&2
  shift
  [[ $# -eq 0 ]] || printf '       %s\n' "$@" >&2
  exit 1
}
