#!/usr/bin/env bash
# Builds the web app into web/dist, from where the program takes it; does nothing where it is built and nothing of it is newer.
set -eu
cd "$(dirname "$0")/../web"

PATH=$(../scripts/find-node.sh):$PATH
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    echo "Fetching what the web app is made of (half a minute) ..."
    npm ci --no-audit --no-fund --loglevel=error
fi
if [ -e dist/index.html ] &&
    [ -z "$(find src public scripts index.html package-lock.json vite.config.ts tsconfig.json -newer dist/index.html -print -quit)" ]; then
    exit
fi
echo "Building the web app ..."
npm run --silent build
