#!/bin/sh
# Ends what runs in a run folder, and removes the folder, when its own input ends: a test holds the other end of that pipe, so that
# nothing is left behind even by a test that is killed.
#
#   guard.sh RUNDIR
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/lib.sh"
RUN=$(cd "${1:?usage: guard.sh RUNDIR}" && pwd)

# The ids of the kit's programs, which have the loader's name, and of its scripts that were told the folder or a file in it.
at_work() {
    for comm in $(grep -sxlE 'ld\.so|(run|uas|phones|sipp)\.sh|ast|setsid|setpriv' /proc/[0-9]*/comm || :); do
        pid=${comm#/proc/}; pid=${pid%/comm}
        if owns "$pid" "$RUN/" || owns "$pid" "$RUN "; then echo "$pid"; fi
    done
}

trap '' INT TERM HUP
cat >/dev/null
# A script that the test has left in mid-work may start another program, and may write into the folder while that is removed.
i=0
while all=$(at_work); [ -n "$all" ] || ! rm -rf "$RUN" 2>/dev/null; do
    i=$((i + 1)); [ $i -lt 500 ] || die "something goes on in $RUN: $(echo $all)"
    for pid in $all; do kill -KILL "$pid" 2>/dev/null || :; done
    sleep 0.02
done
