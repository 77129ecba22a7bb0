#!/usr/bin/env bash
# run-suite.sh EXECUTABLE ARGUMENTS...: what cargo runs each test program by.
# The suite of Asterisk waits most of its time, for rings, announcements and words that take as long as they take: more of its tests
# run at once than there are processors.
set -eu
case ${1##*/} in
asterisk-*) export RUST_TEST_THREADS=${RUST_TEST_THREADS:-$((2 * $(nproc) + 1))} ;;
esac
exec "$@"
