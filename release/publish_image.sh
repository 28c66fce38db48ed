#!/usr/bin/env bash
# Joins the images of all architectures under one tag, and signs the result. The images are in the registry already, by
# their digests.
#
#   release/publish_image.sh IMAGE VERSION DIGESTS
#
# Each file in the folder DIGESTS holds the digest of one architecture's image. cosign signs without a key: it proves to
# Sigstore which workflow is running. Users check that with:
#
#   cosign verify IMAGE:VERSION --certificate-oidc-issuer https://token.actions.githubusercontent.com \
#     --certificate-identity https://github.com/OWNER/REPOSITORY/.github/workflows/release.yml@refs/tags/vVERSION
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../services/dev/say.sh"

readonly DIGEST='^sha256:[0-9a-f]{64}$'

[[ $# -eq 3 && -d $3 ]] || fail "usage: release/publish_image.sh IMAGE VERSION DIGESTS"
image=$1 version=$2
sources=()
for file in "$3"/*; do
  digest=$(<"$file")
  [[ $digest =~ $DIGEST ]] || fail "$file holds no digest: $digest"
  sources+=("$image@$digest")
done
# A tag that lacks an architecture would look complete.
[[ ${#sources[@]} -eq 2 ]] || fail "There are ${#sources[@]} digests in $3, but an image has two architectures."

step "Joining ${sources[*]}"
docker buildx imagetools create --tag "$image:$version" "${sources[@]}"
digest=$(docker buildx imagetools inspect "$image:$version" --format '{{.Manifest.Digest}}')
[[ $digest =~ $DIGEST ]] || fail "The registry gave no digest for $image:$version: $digest"
step "Signing $image@$digest"
cosign sign --yes "$image@$digest"
