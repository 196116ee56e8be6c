#!/bin/sh
# Makes the files of a release in a new folder: build.sh <folder>. They are the packages, the list of
# what Postern depends on (CycloneDX; the client depends on nothing), the notes, and all checksums.
set -eu
mkdir "$1"
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
version=$(node -p "require('./package.json').version")
npm pack --silent --pack-destination "$folder" . ./client >/dev/null
# npm names the component after the folder, and reads the lock file only.
work=$(mktemp -d)
mkdir "$work/postern"
node .ci/release/dependencies.mjs "$work/postern"
(cd "$work/postern" && npm sbom --package-lock-only --sbom-format cyclonedx) \
  >"$folder/postern-$version.cdx.json"
rm -r "$work"
node .ci/release/notes.mjs "$version" >"$folder/notes.md"
cd "$folder"
sha256sum -- *.tgz *.cdx.json notes.md >SHA256SUMS
