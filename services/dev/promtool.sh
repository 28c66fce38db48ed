#!/usr/bin/env bash
# Prints the path of promtool, which checks metrics as Prometheus does. If it is not installed, the script extracts it
# from Debian's package `prometheus`. To install the package would start a server on port 9090, and take 105 MB.
#
#   services/dev/promtool.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh

readonly EXTRACTED=$PWD/build/tools/promtool

download() { (cd "$folder" && apt-get -q download prometheus >&2); }

# Refreshes apt's lists, which new containers do not have.
refresh() {
  local as_root=()
  [[ $EUID -eq 0 ]] || as_root=(sudo)
  "${as_root[@]}" apt-get -q update >&2
}

extract() {
  step "Fetching promtool"
  folder=$(mktemp -d)
  trap 'rm -r "$folder"' EXIT
  # apt downloads as a user of its own, who has to reach the folder.
  chmod 755 "$folder"
  [[ $EUID -ne 0 ]] || chown _apt "$folder"
  download || { refresh && download; } ||
    fail "apt-get could not download the package prometheus; its message is above."
  dpkg-deb --fsys-tarfile "$folder"/prometheus_*.deb | tar --extract --directory "$folder" ./usr/bin/promtool
  mkdir -p "$(dirname "$EXTRACTED")"
  # Several tests may do this at once.
  mv "$folder/usr/bin/promtool" "$EXTRACTED"
}

if installed=$(command -v promtool); then
  echo "$installed"
else
  [[ -x $EXTRACTED ]] || extract
  echo "$EXTRACTED"
fi
