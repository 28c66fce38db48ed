# Provides npm where there is none. Source it in the repository's root, after say.sh.

readonly NPM_VERSION=10.9.4
readonly NPM_SHA512=3a7506f37e85c1ba1021baad79f0cd9724748131f321fc117c4dc3ba235ec01be7327584a41d15117c01945560aa9373220628fcc1e1dddd877a5fe9b336a900

# Makes the command npm available. Debian's package of it needs more than 300 others, which take
# longer to install than all else, so npm is fetched from its own registry into build/npm.
provide_npm() {
  local dir=$PWD/build/npm
  ! command -v npm >/dev/null || return 0
  [[ -x $dir/bin/npm ]] || fetch_npm "$dir"
  export PATH=$dir/bin:$PATH
}

# fetch_npm DIR: makes the folder, with npm in its bin.
fetch_npm() {
  local dir=$1 registry new archive
  registry=${npm_config_registry:-$(sed -n 's/^registry *= *//p' ~/.npmrc 2>/dev/null || true)}
  registry=${registry:-https://registry.npmjs.org}
  note "npm $NPM_VERSION is fetched from ${registry%/}"
  mkdir -p build
  new=$(mktemp -d build/npm.XXXXXX)
  archive=$new/npm.tgz
  curl --silent --show-error --fail --location --retry 3 --output "$archive" "${registry%/}/npm/-/npm-$NPM_VERSION.tgz" ||
    fail "npm could not be fetched; the message is above." "Install it in another way (apt-get install npm), or try again."
  sha512sum --check --status <<<"$NPM_SHA512  $archive" ||
    fail "What came as npm $NPM_VERSION is not the file that this version of Ledgercast knows."
  tar --extract --gzip --directory "$new" --file "$archive"
  mkdir "$new/bin"
  printf '#!/bin/sh\nexec node "%s/package/bin/npm-cli.js" "$@"\n' "$dir" >"$new/bin/npm"
  printf '#!/bin/sh\nexec node "%s/package/bin/npx-cli.js" "$@"\n' "$dir" >"$new/bin/npx"
  chmod +x "$new/bin/npm" "$new/bin/npx"
  rm -rf "$archive" "$dir"
  chmod 755 "$new"
  mv "$new" "$dir"
}
