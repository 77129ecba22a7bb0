#!/usr/bin/env bash
# `make soak`: the promises of docs/internals/reliability.md, each by one command, in their full numbers. All of them, or the one that ROW names.
# What each has seen is printed and kept in target/soak; it fails if any does.
#   KILLS=1000 FAILOVERS=100 SEEDS=10000 scripts/soak.sh [ROW]
set -euo pipefail
cd "$(dirname "$0")/.."

export RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings__CLIPPY_HACKERY__
export TOLLGATE_KILLS=${KILLS:-1000} TOLLGATE_FAILOVERS=${FAILOVERS:-100}
seeds=${SEEDS:-10000}
logs=${CARGO_TARGET_DIR:-target}/soak
mkdir -p "$logs"
only=${1:-}
if trees=$(scripts/find-asterisk.sh); then
    export TOLLGATE_TEST_ASTERISK=${trees%%$'\n'*} TOLLGATE_TEST_SIP=${trees##*$'\n'}
fi
failed=()

# row NAME WHAT COMMAND...: runs a row, keeps what it says, and shows the lines that tell what was seen.
row() {
    local name=$1 what=$2 start=$SECONDS
    shift 2
    if [ -n "$only" ] && [ "$only" != "$name" ]; then return; fi
    echo "== $name: $what"
    if "$@" >"$logs/$name.log" 2>&1; then verdict=ok; else verdict=FAILED && failed+=("$name"); fi
    grep -hE "^(SQLite|PostgreSQL|failover|outage|full disk|overload|growth-[a-z-]+|[0-9,]+ worlds|[0-9]+ seeds)[ :].*" "$logs/$name.log" |
        grep -vE ': (kill|TOLLGATE)|^failover [0-9]+:|^outage,' | tail -n 4 || true
    grep -hE '^test result: ' "$logs/$name.log" | grep -vE ' 0 passed; 0 failed' || true
    printf '%s: %s, %ds (%s)\n\n' "$name" "$verdict" $((SECONDS - start)) "$logs/$name.log"
}

tests() {
    local suite=$1
    shift
    scripts/with-postgres.sh throw-away TOLLGATE_TEST_POSTGRES_URL cargo test --workspace --test "$suite" -- "$@" --nocapture
}

row kills "nothing acknowledged is lost or done twice in $TOLLGATE_KILLS kills on each engine" \
    tests program kills::nothing_acknowledged_is_lost_on
row failovers "the same in $TOLLGATE_FAILOVERS failovers to a synchronous standby" tests program kills::failover
row orders "all orders and repeats of up to six events of a call leave one ledger" tests engine charging::orders
row callers "of 10,000 callers on a balance for 5,000 exactly 5,000 are let through; 64 nodes on one account" \
    tests engine ten_thousand charging::race
row silence "after a switch died nothing is charged beyond its last sign of life; our restart cuts no call" \
    tests program restarts:: nodes::
row away "the database is away: 503 within 5 s, hang-ups kept, nothing done twice" tests program kills::outage
row disk "the disk is full: calls are refused, nothing is lost" tests program kills::disk_full
row overload "at five times what can be charged running calls are ended, new ones turned away" tests engine charging::overload
row nodes "eight nodes run one bill run: one invoice each, numbers without a gap" tests engine billing::at_once
row inputs "hostile inputs and floods in full, the API tried out for long" \
    scripts/with-postgres.sh throw-away TOLLGATE_TEST_POSTGRES_URL scripts/soak-floods.sh
row worlds "$seeds simulated worlds with crashes" make --no-print-directory simulate "SEEDS=$seeds"
row stories "all stories of the web app on each engine" env TOLLGATE_STORIES=all bash -c '
    scripts/with-postgres.sh throw-away TOLLGATE_TEST_POSTGRES_URL cargo test --workspace --test program web_app:: -- --nocapture'
row asterisk "Asterisk killed in mid-call" tests asterisk restarts::
row growth "charges and bill runs cost the same with 1 M accounts, and with 10 M calls stored; pages and the check with these" bash -c '
    cargo build --release --workspace
    scripts/with-postgres.sh durable TOLLGATE_BENCH_POSTGRES_URL "${CARGO_TARGET_DIR:-target}/release/bench" growth-sqlite growth-postgres'

if [ ${#failed[@]} != 0 ]; then
    printf 'failed: %s\n' "${failed[@]}"
    exit 1
fi
