#!/bin/sh
# Publishes the verified packages: publish.sh <folder>. npm proves who built them from which commit; a
# token is not needed, because the registry trusts the workflow.
set -eu
folder=$1
node "$(dirname "$0")/verify.mjs" "$folder"
version=$(node -p "require('./package.json').version")
# A version with a suffix, such as 1.0.0-rc.1, is not what people get without asking.
case $version in *-*) channel=next ;; *) channel=latest ;; esac
for name in postern postern-client; do
  npm publish "$folder/$name-$version.tgz" --provenance --access public --tag "$channel"
done
