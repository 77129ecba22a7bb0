#!/usr/bin/env bash
# The hostile inputs in the sizes that take long (TOLLGATE_SOAK), and the API tried out for longer; for `make soak`.
set -euo pipefail
cd "$(dirname "$0")/.."
export TOLLGATE_SOAK=1
# Five thousand connections have ten thousand ends.
ulimit -n "$(ulimit -Hn)"
cargo test --workspace --test api -- h001_ h003_ h106_ h110_ malformed:: --nocapture
cargo test --workspace --test program -- floods:: http2:: api_document:: --nocapture
