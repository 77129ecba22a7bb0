#!/usr/bin/env bash
# What Tollgate is built of, by deny.toml: licences, sources and bans without the network; known weaknesses (RustSec) where their database can be had.
set -euo pipefail
cd "$(dirname "$0")/.."
version=0.20.2

if ! command -v cargo-deny >/dev/null; then
    echo "audit: cargo-deny $version is missing: installing it with cargo (minutes)" >&2
    cargo install --quiet --locked "cargo-deny@$version"
fi
status=0
cargo deny --locked --offline check bans licenses sources || status=1
if cargo deny fetch db; then
    cargo deny --locked check --disable-fetch advisories || status=1
else
    echo "audit: the database of known weaknesses cannot be reached: NOBODY HAS LOOKED FOR THEM in this run" >&2
fi
exit $status
