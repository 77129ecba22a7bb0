#!/usr/bin/env bash
# Prints the folder that has the tests' Node modules; fails where `scripts/setup.sh test-node` has not made it yet, or of other versions.
set -eu

folder=${XDG_CACHE_HOME:-$HOME/.cache}/tollgate/test-node
command -v node >/dev/null
[ -d "$folder/node_modules/socket.io-client" ] && [ -d "$folder/node_modules/twilio" ] && [ -d "$folder/node_modules/stripe" ]
cmp -s "$folder/package-lock.json" "$(dirname "$0")/../crates/tollgate/tests/node/package-lock.json"
echo "$folder"
