#!/bin/sh
# Puts the root folder of the image into a new folder: the package as it is published, and the
# versions of package-lock.json of what it depends on. Run it after npm run build.
set -eu
root=$1
cd "$(dirname "$0")/.."
mkdir "$root"
npm pack --ignore-scripts --silent --pack-destination "$root" >/dev/null
tar -xzf "$root"/*.tgz -C "$root" --strip-components=1
rm "$root"/*.tgz
cp package-lock.json "$root"
cd "$root"
npm ci --omit=dev --no-audit --no-fund
# What modules were compiled from is as large as all other code.
rm -rf node_modules/better-sqlite3/deps node_modules/better-sqlite3/src \
  node_modules/better-sqlite3/build/Release/obj* node_modules/better-sqlite3/build/Release/sqlite3.a
# Nothing compiles in the image, and nothing reads the sources of others.
rm -rf node_modules/@types
find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.[cm]ts' \) -delete
