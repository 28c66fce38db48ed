#!/usr/bin/env bash
# Provides the images that the Dockerfiles and docker-compose.yaml name, on a machine that reaches
# no registry. Images that are not here and cannot be pulled are made of Debian's packages and npm,
# under the same name and with the same behaviour as far as Ledgercast uses it.
#
#   tests/compose/stand_in_images.sh           pulls or makes what is missing
#   tests/compose/stand_in_images.sh list      lists the images here that are stand-ins
#
# Needs debootstrap and npm, and root for debootstrap. Grafana has no stand-in and stays missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh

readonly PULL_SECONDS_MAX=120
# Label that tells a stand-in from the real image.
readonly LABEL=dev.ledgercast.stand-in

usage() { fail "usage: tests/compose/stand_in_images.sh [list]"; }

is_here() { docker image inspect "$1" >/dev/null 2>&1; }

is_stand_in() { [[ $(docker image inspect --format "{{index .Config.Labels \"$LABEL\"}}" "$1" 2>/dev/null) == true ]]; }

pull() { timeout "$PULL_SECONDS_MAX" docker pull --quiet "$1" >/dev/null 2>&1; }

# Lists the images that docker-compose.yaml and the Dockerfiles name, without those of Ledgercast.
named_images() {
  {
    docker compose --profile '*' config --images
    sed -n 's/^FROM \([^ ]*:[^ ]*\).*/\1/p' edge/Dockerfile services/transaction/Dockerfile
  } | grep -v '^ledgercast/' | sort -u
}

# make_debian RELEASE: makes Debian with the package sources of the real image. It also gets the
# certificates that this machine trusts, which downloads may need.
make_debian() {
  local release=$1 folder
  command -v debootstrap >/dev/null || fail "debootstrap is missing: apt-get install debootstrap"
  folder=$(mktemp -d /tmp/ledgercast-debian.XXXXXX)
  debootstrap --variant=minbase "$release" "$folder/root" >"$folder/log" 2>&1 ||
    fail "debootstrap could not make $release:" "$(tail -n 5 "$folder/log")"
  rm -rf "$folder"/root/etc/apt/sources.list "$folder"/root/var/cache/apt/archives/*.deb "$folder"/root/var/lib/apt/lists/*
  cat >"$folder/root/etc/apt/sources.list.d/debian.sources" <<EOF
Types: deb
URIs: http://deb.debian.org/debian
Suites: $release $release-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://deb.debian.org/debian-security
Suites: $release-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
EOF
  mkdir -p "$folder/root/usr/local/share/ca-certificates"
  find /usr/local/share/ca-certificates -name '*.crt' -exec cat {} + >"$folder/root/usr/local/share/ca-certificates/host.crt"
  tar -C "$folder/root" -c . | docker import --change "LABEL $LABEL=true" --change 'CMD ["bash"]' \
    --change 'ENV NODE_EXTRA_CA_CERTS=/usr/local/share/ca-certificates/host.crt' - "debian:$release-slim" >/dev/null
  rm -rf "$folder"
}

# make_stand_in IMAGE: makes the stand-in; fails if there is none.
make_stand_in() {
  local folder=tests/compose/stand_ins
  case $1 in
    debian:*-slim)
      local release=${1#debian:}
      make_debian "${release%-slim}"
      ;;
    postgres:*) build "$1" "$folder/postgres" debian:trixie-slim ;;
    node:*-slim) build "$1" "$folder/node" debian:bookworm-slim ;;
    prom/prometheus:*) build "$1" "$folder/prometheus" debian:bookworm-slim ;;
    *) return 1 ;;
  esac
}

# build IMAGE FOLDER BASE: builds the stand-in in FOLDER on the image BASE.
build() {
  local image=$1 folder=$2 base=$3 version log
  provide "$base"
  version=${image#*:}
  log=$(mktemp)
  DOCKER_BUILDKIT=0 docker build --label "$LABEL=true" --build-arg "VERSION=${version%%-*}" --tag "$image" "$folder" >"$log" 2>&1 ||
    fail "The stand-in for $image did not build:" "$(tail -n 20 "$log")"
  rm "$log"
}

provide() {
  is_here "$1" && return
  step "$1 is not here; pulling it"
  pull "$1" && return
  note "It cannot be pulled."
  if make_stand_in "$1"; then
    note "$1 IS NOW A STAND-IN made of Debian's packages, not the real image."
  else
    note "There is no stand-in for it, so what needs it cannot run here."
  fi
}

case ${1:-} in
  '') named_images | while read -r image; do provide "$image" </dev/null; done ;;
  list) named_images | while read -r image; do ! is_stand_in "$image" || echo "$image"; done ;;
  *) usage ;;
esac
