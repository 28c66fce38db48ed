#!/usr/bin/env bash
# Makes what the packages hold beside the programs: man pages, completions and the list of changes.
#
#   packaging/documents.sh BIN OUT VERSION
#
# BIN holds the programs. OUT gets a folder for each package, as it is to be in /usr/share. VERSION
# is that of the packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source services/dev/say.sh

[[ $# -eq 3 ]] || fail "usage: packaging/documents.sh BIN OUT VERSION"
readonly BIN=$1 OUT=$2 VERSION=$3
readonly PACKAGES=(ledgercast-transaction-service ledgercast-edge ledgercast)
# The time of the last change, so that packages of the same source are the same.
changed=$(date --rfc-email --utc --date "@${SOURCE_DATE_EPOCH:-$(stat -c %Y CHANGELOG.md)}")
readonly CHANGED=$changed

# subcommands COMMAND...: lists the names of its subcommands, as its --help does.
subcommands() {
  "$@" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'
}

# summary COMMAND...: prints the first line of its --help as the one of a man page.
summary() {
  "$@" --help | head -n 1 | sed -e 's/\.$//' -e 's/^./\L&/'
}

# man_page PACKAGE SECTION PROGRAM [SUBCOMMAND...]: writes one page, and one for each subcommand.
man_page() {
  local package=$1 section=$2 program=$3
  shift 3
  local name=${program##*/} file subcommand
  name=${name}${*:+ $*}
  file=$OUT/$package/man/man$section/${name// /-}.$section
  mkdir -p "$(dirname "$file")"
  help2man --no-info --section "$section" --version-string "$VERSION" --source "Ledgercast $VERSION" \
    --name "$(summary "$program" "$@")" --output "$file" "$program${*:+ $*}"
  # The name of a page has no space, so `man ledgercast-post` finds it.
  sed -i -e "/^\.SH NAME/{n;s/^$name /${name// /-} /}" -e "s/^\.TH [^\"]*\"/.TH ${name// /-} \"/" "$file"
  gzip --best --no-name --force "$file"
  for subcommand in $(subcommands "$program" "$@"); do
    man_page "$package" "$section" "$program" "$@" "$subcommand"
  done
}

completions() {
  local folder=$OUT/ledgercast
  mkdir -p "$folder"/{bash-completion/completions,zsh/vendor-completions,fish/vendor_completions.d}
  "$BIN/ledgercast" completion bash >"$folder/bash-completion/completions/ledgercast"
  "$BIN/ledgercast" completion zsh >"$folder/zsh/vendor-completions/_ledgercast"
  "$BIN/ledgercast" completion fish >"$folder/fish/vendor_completions.d/ledgercast.fish"
}

# changes PACKAGE: writes the newest part of CHANGELOG.md in Debian's format.
changes() {
  local folder=$OUT/$1/doc/$1
  mkdir -p "$folder"
  {
    printf '%s (%s) stable; urgency=medium\n' "$1" "$VERSION"
    awk '/^## / { if (lines) exit; next }
         /^- /  { print "\n  * " substr($0, 3); lines++ }
         /^  /  { print "  " $0 }' CHANGELOG.md | fmt --tagged-paragraph --width 78
    printf '\n -- Ledgercast maintainers <maintainers@ledgercast.example>  %s\n' "$CHANGED"
  } | gzip --best --no-name >"$folder/changelog.gz"
}

rm -rf "$OUT"
man_page ledgercast-transaction-service 8 "$BIN/ledgercast-transaction-service"
man_page ledgercast-transaction-service 8 packaging/ledgercast-setup
man_page ledgercast-edge 8 "$BIN/ledgercast-edge"
man_page ledgercast 1 "$BIN/ledgercast"
completions
for package in "${PACKAGES[@]}"; do changes "$package"; done
