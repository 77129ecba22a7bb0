#!/bin/sh
# The far ends that etc/pjsip.conf names: one sipp a behaviour, on the ports after UAS_BASE (see scenarios.py).
#
#   uas.sh start RUNDIR     RUNDIR is the one that run.sh was given
#   uas.sh stop RUNDIR
#
# Settings: UAS_MEDIA (default: 100 above UAS_BASE) is where the ports of their voices begin, UAS_MEDIA_PORTS (default 40) how many each has.
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../lib.sh"
WHAT=${1:-}; RUN=$(cd "${2:?usage: uas.sh start|stop RUNDIR}" && pwd); DIR=$RUN/uas
[ -r "$RUN/env" ] || die "$RUN is no run folder of run.sh"
. "$RUN/env"

stop_all() {
    [ -e "$DIR/pids" ] || return 0
    while read -r p; do
        if owns "$p" "-error_file $DIR/"; then kill -KILL "$p" 2>/dev/null || :; fi
    done < "$DIR/pids"
    rm -f "$DIR/pids"
}

case $WHAT in
start)
    stop_all; mkdir -p "$DIR"; python3 "$HERE/scenarios.py" "$DIR" >/dev/null
    cd "$DIR"; media=${UAS_MEDIA:-$((UAS_BASE + 100))}; ports=${UAS_MEDIA_PORTS:-40}; i=0
    # At the tenth nobody listens.
    for n in answer busy noanswer congest notfound decline shorttalk varied moved - early announces overflows; do
        i=$((i + 1)); port=$((UAS_BASE + i)); [ $n != - ] || continue
        setsid "$HERE/sipp.sh" -sf "uas_$n.xml" -i 127.0.0.1 -p $port -min_rtp_port $media -max_rtp_port $((media + ports - 2)) -cp $((port + 20)) -rtp_echo \
            -nostdin -skip_rlimit -trace_err -error_file "$DIR/$n.err" > "$n.out" 2>&1 < /dev/null &
        echo $! >> "$DIR/pids"; media=$((media + ports))
    done
    # Each is ready when its port is in the table of UDP.
    n=0
    while [ $n -lt $i ]; do
        n=$((n + 1)); tries=0; [ $n != 10 ] || continue
        until grep -q ":$(printf '%04X' $((UAS_BASE + n))) " /proc/net/udp; do
            tries=$((tries + 1)); [ $tries -lt 200 ] || break
            sleep 0.05
        done
    done
    while read -r p; do kill -0 "$p" 2>/dev/null || { cat "$DIR"/*.err >&2 2>/dev/null || :; stop_all; die "a far end did not start"; }; done < "$DIR/pids"
    say "$i far ends on ports $((UAS_BASE + 1))-$((UAS_BASE + i))" ;;
stop) stop_all; say "far ends stopped" ;;
*) die "usage: uas.sh start|stop RUNDIR" ;;
esac
