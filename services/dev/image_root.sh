#!/usr/bin/env bash
# Makes the file system of an image that holds only programs of Ledgercast, without a shell and
# a package manager.
#
#   services/dev/image_root.sh DIR PROGRAM...
#
# DIR gets the stripped programs, the shared libraries that they use, the certificates of the public
# authorities, and a user. For each Debian package that a file came from, it also gets the copyright
# and the record in /var/lib/dpkg/status.d, where vulnerability scanners look.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source services/dev/say.sh

readonly BUILT=build/release/bin
readonly AUTHORITIES=/usr/share/ca-certificates/mozilla
readonly USER_ID=65532

# libraries PROGRAM...: lists the shared libraries of the programs, and the loader.
libraries() {
  ldd "$@" | sed -n -e 's/.* => \(\/[^ ]*\) .*/\1/p' -e 's/^\t\(\/[^ ]*\) .*/\1/p' | sort -u
}

# package_of FILE: names the package. dpkg knows a file by the path in its package, which may lack
# the leading /usr, because /lib is now a link into /usr.
package_of() {
  local real
  real=$(realpath "$1")
  { dpkg-query --search "$real" || dpkg-query --search "${real#/usr}" || dpkg-query --search "$1"; } 2>/dev/null |
    sed -n '1s/:.*//p'
}

add_libraries() {
  # Debian has these links too, so both kinds of paths work.
  mkdir -p "$root"/usr/lib "$root"/usr/lib64
  ln -s usr/lib "$root/lib"
  ln -s usr/lib64 "$root/lib64"
  local library package
  for library in "$@"; do
    package=$(package_of "$library")
    [[ -n $package ]] || fail "No package owns $library."
    install -D "$library" "$root$library"
    echo "$package"
  done
}

# add_records PACKAGE...: adds the copyright and the dpkg record of each package.
add_records() {
  local package
  mkdir -p "$root/var/lib/dpkg/status.d"
  for package in "$@"; do
    dpkg-query --status "$package" >"$root/var/lib/dpkg/status.d/$package"
    install -D -m 0644 "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
  done
}

add_settings() {
  mkdir -p "$root/etc/ssl/certs"
  cp /etc/debian_version "$root/etc/"
  cp --dereference /etc/os-release "$root/etc/"
  cat "$AUTHORITIES"/*.crt >"$root/etc/ssl/certs/ca-certificates.crt"
  cat >"$root/etc/passwd" <<EOF
root:x:0:0:root:/root:/sbin/nologin
nonroot:x:$USER_ID:$USER_ID:nonroot:/home/nonroot:/sbin/nologin
EOF
  cat >"$root/etc/group" <<EOF
root:x:0:
nonroot:x:$USER_ID:
EOF
  # Lookup of host names. glibc has these two methods built in.
  printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$root/etc/nsswitch.conf"
  install -d -m 0700 -o "$USER_ID" -g "$USER_ID" "$root/home/nonroot"
}

[[ $# -ge 2 ]] || fail "usage: services/dev/image_root.sh DIR PROGRAM..."
root=$1
shift
mkdir -p "$root"
for program in "$@"; do install -D --strip "$BUILT/$program" "$root/usr/bin/$program"; done
mapfile -t linked < <(libraries "${@/#/$BUILT/}")
mapfile -t packages < <(add_libraries "${linked[@]}" | sort -u)
add_records "${packages[@]}" ca-certificates base-files
install -D -m 0644 LICENSE "$root/usr/share/doc/ledgercast/copyright"
# The copyright files refer to these licences.
cp --archive /usr/share/common-licenses "$root/usr/share/"
add_settings
