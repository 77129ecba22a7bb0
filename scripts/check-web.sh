#!/usr/bin/env bash
# Checks the web app: format and lints, types, its own tests, and that its types are those of the API's document as it is now.
set -eu
cd "$(dirname "$0")/../web"

PATH=$(../scripts/find-node.sh):$PATH
npm run --silent check
