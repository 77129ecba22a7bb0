#!/usr/bin/env bash
# `make test`: every check and every test, and as the last line "N passed, N failed, N skipped".
# Succeeds only if every stage does. In CI (CI=true) a skip that .ci/allowed-skips does not name is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
log=$target/test.log
mkdir -p "$target"
: >"$log"

# The lints run in the same pass that compiles our crates for the tests; the crates of others are compiled once for all.
export RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings__CLIPPY_HACKERY__
cargo=(cargo)
tally=(cargo xtask tally "$log")
if [ "${CI:-}" = true ]; then
    cargo+=(--locked)
    tally+=(--allowed-skips .ci/allowed-skips)
fi

failed=() times=()
# stage NAME COMMAND...: runs a stage, notes its time, and goes on whatever comes out.
stage() {
    local name=$1 start=$SECONDS
    shift
    echo "== $name"
    "$@" || failed+=("$name")
    times+=("$(printf '%5ds  %s' $((SECONDS - start)) "$name")")
}

# On the way one line a test program, and what fails; the log has every test.
run_tests() {
    scripts/with-postgres.sh throw-away TOLLGATE_TEST_POSTGRES_URL "${cargo[@]}" test --workspace --no-fail-fast \
        --config "target.'cfg(unix)'.runner=['$PWD/scripts/run-suite.sh']" 2>&1 |
        tee "$log" | awk '
            /^failures:$/ { failing = 1 }
            /^test result: / { failing = 0 }
            failing || !/^(test .* \.\.\. ok|running [0-9]+ tests?|)$/ { print; fflush() }'
}

scripts/setup.sh rust lints c-compiler postgres browser turn tmux node test-python test-node asterisk
TOLLGATE_TEST_PYTHON=$(scripts/test-python.sh)
TOLLGATE_TEST_NODE=$(scripts/test-node.sh)
TOLLGATE_TEST_BROWSER=$(scripts/find-browser.sh)
TOLLGATE_TEST_WEB_NODE=$(scripts/find-node.sh)
export TOLLGATE_TEST_WEB_NODE TOLLGATE_TEST_PYTHON TOLLGATE_TEST_NODE TOLLGATE_TEST_BROWSER
# Both or none: without them the tests that need Asterisk say so, and count as skipped.
unset TOLLGATE_TEST_ASTERISK TOLLGATE_TEST_SIP
if trees=$(scripts/find-asterisk.sh); then
    export TOLLGATE_TEST_ASTERISK=${trees%%$'\n'*} TOLLGATE_TEST_SIP=${trees##*$'\n'}
fi
stage "format" cargo fmt --all --check
stage "tidy" cargo xtask tidy
stage "layers" cargo xtask layers
# Before the program is compiled, which the app is a part of.
stage "web app: build" scripts/build-web.sh
stage "web app: format, lints, types, words, size" scripts/check-web.sh
stage "compile, with lints" "${cargo[@]}" test --workspace --no-run
# What does not compile has been told: to run it would only tell it again.
if [[ " ${failed[*]-} " != *" compile, with lints "* ]]; then stage "tests" run_tests; fi

echo "== wall time"
printf '%s\n' "${times[@]}"
echo "log: $log"
status=0
if [ ${#failed[@]} != 0 ]; then
    printf 'failed stage: %s\n' "${failed[@]}"
    status=1
fi
"${tally[@]}" || status=1
exit $status
