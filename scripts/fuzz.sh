#!/usr/bin/env bash
# Fuzzing: scripts/fuzz.sh SECONDS [TARGET...], all targets where none is named. What a target finds stays in fuzz/artifacts: mended, it becomes
# a seed in fuzz/seeds, which `make test` runs.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=$1
shift
version=0.13.2

if ! command -v cargo-fuzz >/dev/null; then
    echo "fuzz: cargo-fuzz $version is missing: installing it with cargo" >&2
    cargo install --quiet --locked "cargo-fuzz@$version"
fi
# Coverage is watched by a flag that the stable compiler has, but wants to be asked for. Sanitizers have little to look for: our code has no `unsafe`.
unset RUSTC_WORKSPACE_WRAPPER CLIPPY_ARGS
export RUSTC_BOOTSTRAP=1
# The versions of the workspace; what fuzzing alone needs is added to them.
cp Cargo.lock fuzz/Cargo.lock

targets=("$@")
if [ ${#targets[@]} = 0 ]; then mapfile -t targets < <(cargo fuzz list); fi
for target in "${targets[@]}"; do
    echo "== $target"
    mkdir -p "fuzz/corpus/$target"
    cargo fuzz run --sanitizer none --target-dir "${CARGO_TARGET_DIR:-target}/fuzz" "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1
done
