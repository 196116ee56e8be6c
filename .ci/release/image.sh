#!/bin/sh
# Builds the image for two platforms, pushes it with a list of its contents and a proof of its
# origin, and signs it with the identity of the workflow: image.sh <name of the image>.
set -eu
image=$1
cd "$(dirname "$0")/../.."
version=$(node -p "require('./package.json').version")
made=$(mktemp)
docker buildx build --file deploy/Dockerfile --build-arg "VERSION=$version" \
  --platform linux/amd64,linux/arm64 --sbom=true --provenance=mode=max \
  --tag "$image:$version" --metadata-file "$made" --push .
digest=$(node -p "JSON.parse(fs.readFileSync(process.argv[1]))['containerimage.digest']" "$made")
rm "$made"
cosign sign --yes "$image@$digest"
echo "$image@$digest"
