#!/bin/sh
# Makes the release of the tag with the verified files: announce.sh <folder>.
set -eu
folder=$1
node "$(dirname "$0")/verify.mjs" "$folder"
version=$(node -p "require('./package.json').version")
for file in "$folder"/*.tgz "$folder"/*.cdx.json; do
  cosign sign-blob --yes --bundle "$file.sigstore.json" "$file"
done
gh release create "v$version" --verify-tag --title "Postern $version" \
  --notes-file "$folder/notes.md" "$folder"/*.tgz "$folder"/*.json "$folder/SHA256SUMS"
