#!/usr/bin/env bash
# Applies the manifests to a real API server of Kubernetes, with etcd behind it and nothing else.
# There is no kubelet, so no pod runs, but everything that the server checks is checked. The server
# is built from its Go module, which takes Go 1.24 or newer and some minutes the first time. etcd is
# Debian's. Both stay in build/. The exit status is 77 if the test cannot run. The programs are
# those in LEDGERCAST_BIN, or build/release/bin.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
source services/dev/say.sh
source services/dev/build.sh

readonly NOT_RUN=77
readonly VERSION=v1.34.2
readonly GO_MINOR_MIN=24
readonly folder=$PWD/build/k8s-apiserver

PATH=$PATH:/usr/local/go/bin

not_run() {
  note "not run: $1"
  exit "$NOT_RUN"
}

has_go() {
  [[ $(go env GOVERSION 2>/dev/null) =~ ^go1\.([0-9]+) ]] && (( BASH_REMATCH[1] >= GO_MINOR_MIN ))
}

# Its parts are separate modules with the same version except for the first number. Its go.mod does
# not name their versions, so they are set here.
build_server() {
  [[ ! -x $folder/kube-apiserver-$VERSION ]] || return 0
  step "Building the API server (the first time takes some minutes)"
  mkdir -p "$folder/module"
  cd "$folder/module"
  rm -f go.mod go.sum
  local source
  source=$(go mod download -json "k8s.io/kubernetes@$VERSION" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
  {
    printf 'module ledgercast.example/apiserver\n\ngo 1.%s.0\n\nrequire k8s.io/kubernetes %s\n\nreplace (\n' "$GO_MINOR_MIN" "$VERSION"
    sed -En "s|^\s+(k8s.io/[a-z-]+) v0\.0\.0( .*)?$|\t\1 => \1 v0${VERSION#v1}|p" "$source" | sort -u
    printf ')\n'
  } >go.mod
  go get "k8s.io/kubernetes/cmd/kube-apiserver@$VERSION" 2>/dev/null
  CGO_ENABLED=0 go build -mod=mod -ldflags '-s -w' -o "$folder/kube-apiserver.new" k8s.io/kubernetes/cmd/kube-apiserver
  mv "$folder/kube-apiserver.new" "$folder/kube-apiserver-$VERSION"
  cd - >/dev/null
}

# The package is unpacked and not installed, because installing it would start etcd.
fetch_etcd() {
  [[ ! -x $folder/etcd/usr/bin/etcd ]] || return 0
  step "Fetching etcd"
  mkdir -p "$folder/packages"
  (cd "$folder/packages" && apt-get -q download etcd-server >&2) || not_run "apt-get has no etcd-server"
  dpkg-deb -x "$folder"/packages/etcd-server_*.deb "$folder/etcd"
}

programs=${LEDGERCAST_BIN:-$PWD/build/release/bin}
[[ -x $programs/ledgercast-edge ]] ||
  fail "There is no ledgercast-edge in $programs." "Build it (./test.sh does), or name another folder in LEDGERCAST_BIN."
install_modules tests/k8s
node tests/k8s/has_kubectl.mjs || exit "$NOT_RUN"
has_go || not_run "there is no Go 1.$GO_MINOR_MIN or newer"
mkdir -p "$folder"
fetch_etcd
build_server
LEDGERCAST_ETCD=$folder/etcd/usr/bin/etcd LEDGERCAST_KUBE_APISERVER=$folder/kube-apiserver-$VERSION \
  exec node --test tests/k8s/apiserver/apply.test.mjs
