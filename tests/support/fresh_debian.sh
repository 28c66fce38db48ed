# Makes a fresh Debian in a folder and runs commands in it, for tests that install things. Source it
# in the repository's root, after say.sh. Needs root and debootstrap.

# debian_here: prints the version of this machine's Debian.
debian_here() { (source /etc/os-release && echo "${VERSION_ID:-}"); }

# codename VERSION: prints Debian's name of it.
codename() {
  case $1 in
    12) echo bookworm ;;
    13) echo trixie ;;
    *) return 1 ;;
  esac
}

# choose_debian [VERSION]: sets RELEASE to it, or to this machine's. Refuses one that is not supported.
choose_debian() {
  readonly RELEASE=${1:-$(debian_here)}
  codename "$RELEASE" >/dev/null || fail "usage: $0 [12|13]"
}

# require_root_and TOOL...: exits with 77 if this script is not run by root or a tool is missing.
require_root_and() {
  local tool
  [[ $EUID -eq 0 ]] || cannot_run "it needs root"
  for tool in "$@"; do command -v "$tool" >/dev/null || cannot_run "$tool is missing"; done
}

cannot_run() {
  printf '%s cannot run here: %s\n' "$0" "$1" >&2
  exit 77
}

# in_root ROOT COMMAND...: runs it there, with /proc and /dev as on a machine of its own.
in_root() {
  local root=$1
  shift
  # A namespace of its own unmounts them when the command has ended.
  unshare --mount bash -c 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"' \
    "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$@"
}

# make_root VERSION ROOT: puts a fresh minimal Debian there if there is none, with this machine's
# settings for downloads.
make_root() {
  local version=$1 root=$2
  [[ ! -e $root/.complete ]] || return 0
  rm -rf "$root"
  mkdir -p "$root"
  step "Downloading a fresh Debian $version"
  debootstrap --variant=minbase --include=ca-certificates "$(codename "$version")" "$root" >"$root.log" 2>&1 ||
    fail "debootstrap could not make a Debian $version; $root.log says why."
  cp /etc/resolv.conf "$root/etc/"
  [[ ! -f ~/.npmrc ]] || cp ~/.npmrc "$root/root/"
  [[ ! -d /usr/local/share/ca-certificates ]] || cp -r /usr/local/share/ca-certificates "$root/usr/local/share/"
  in_root "$root" update-ca-certificates >/dev/null 2>&1
  in_root "$root" apt-get -q update >/dev/null
  touch "$root/.complete"
}

# copy_sources FOLDER: copies the working tree there, as a clone of the repository would have it.
copy_sources() {
  mkdir -p "$1"
  git ls-files -z --cached --others --exclude-standard | tar --null --files-from - -c | tar -x -C "$1"
}
