# Functions that build, for run.sh and test.sh. Source it in the repository's root, after say.sh.

source services/dev/npm.sh
source services/dev/progress.sh

readonly PROGRAMS=(ledgercast-transaction-service ledgercast-edge ledgercast)
readonly FUZZ_TARGETS=(cursors frames http tokens)

# configure_preset PRESET [CMAKE_ARGUMENT...]: configures it. What CMake says goes to a file.
configure_preset() {
  mkdir -p build
  cmake --preset "$@" >"build/$1.log" 2>&1 ||
    fail "CMake could not configure preset $1. The end of build/$1.log:" "$(tail -n 20 "build/$1.log")"
}

# build_preset PRESET [TARGET...]: configures it if it is new, and builds the targets or everything.
build_preset() {
  local preset=$1
  shift
  # A failed configuration leaves no build.ninja. An existing one is kept up to date by CMake
  # itself.
  [[ -f build/$preset/build.ninja ]] || configure_preset "$preset"
  build_with_progress "build/$preset" "$@" ||
    fail "The build of preset $preset failed; the compiler's message is above."
}

# install_modules FOLDER: installs the packages of its package-lock.json if that changed.
install_modules() {
  provide_npm
  [[ $1/node_modules/.package-lock.json -nt $1/package-lock.json ]] && return
  note "npm ci in $1"
  npm --prefix "$1" ci --no-audit --no-fund >&2 ||
    fail "npm could not install what $1/package-lock.json lists; its message is above."
}

# built_from FILE FOLDER...: succeeds if FILE exists and is newer than all sources in the folders.
built_from() {
  local file=$1
  shift
  [[ -f $file ]] && [[ -z $(find "$@" \( -name node_modules -o -name dist -o -name generated \) -prune -o \
    -type f -newer "$file" -print -quit) ]]
}

# Builds the TypeScript client if one of its sources changed.
build_client() {
  install_modules edge/client
  built_from edge/client/dist/index.d.ts edge/client proto || npm --prefix edge/client run build >&2 ||
    fail "The client did not build; the message is above."
}

# Builds the page if one of its sources changed.
build_page() {
  # The page includes the client's sources.
  install_modules edge/client
  install_modules edge/ui
  built_from edge/ui/dist/index.html edge/ui edge/client proto || npm --prefix edge/ui run build >&2 ||
    fail "The page did not build; the message is above."
}
