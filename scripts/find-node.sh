#!/usr/bin/env bash
# Prints the folder of a Node that is new enough for the web app (20.19): the system's, or one that `scripts/setup.sh node` has put
# into the user's cache folder. Fails where there is none.
set -eu

for folder in "$(dirname "$(command -v node || echo /nowhere/node)")" "${XDG_CACHE_HOME:-$HOME/.cache}/tollgate/node/node_modules/node/bin"; do
    if [ -x "$folder/node" ] &&
        "$folder/node" -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)'; then
        echo "$folder"
        exit
    fi
done
exit 1
