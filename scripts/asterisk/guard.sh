#!/bin/sh
# Ends what runs in a run folder, and removes the folder, when its own input ends: a test holds the other end of that pipe, so that
# nothing is left behind even by a test that is killed.
#
#   guard.sh RUNDIR
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/lib.sh"
RUN=$(cd "${1:?usage: guard.sh RUNDIR}" && pwd)
trap '' INT TERM HUP
cat >/dev/null
if [ -r "$RUN/env" ]; then
    "$HERE/sip/phones.sh" stop "$RUN" || :
    "$HERE/sip/uas.sh" stop "$RUN" || :
fi
if [ -e "$RUN/pid" ]; then
    pid=$(cat "$RUN/pid")
    if owns "$pid" "$RUN/etc/asterisk.conf"; then kill -KILL "$pid" || :; fi
    # It must not write into the folder while that is removed.
    i=0
    while owns "$pid" "$RUN/etc/asterisk.conf" && [ $i -lt 100 ]; do i=$((i + 1)); sleep 0.05; done
fi
rm -rf "$RUN"
