#!/bin/sh
# Baresip phones, 101 and 102 or those of other accounts: they register with digest authentication, send a tone (440 Hz, 880 Hz, 1320 Hz)
# and record what they hear, in one codec (baresip dies where the other side changes it). Their name is a number that is not theirs, which nobody
# may believe. Each is steered over TCP with netstrings of JSON.
#
#   phones.sh start RUNDIR     RUNDIR is the one that run.sh was given
#   phones.sh stop RUNDIR
#
# Settings: PHONES "101:$PHONE_PASSWORD 102:$PHONE_PASSWORD" (up to three accounts with their passwords, which are the phones 101, 102 and 103
# whatever their names), PHONE_BASE 16600 (phone 101 listens for SIP on the port PHONE_BASE+1, for commands on PHONE_BASE+11, and its voice is on
# the twenty ports from PHONE_BASE+20; phone 102 the same on +2, +12 and +40), PHONE_ANSWERS auto (or manual: not by itself).
set -eu
# A phone that dies leaves no image of its memory where the tests run.
ulimit -c 0
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../lib.sh"
WHAT=${1:-}; RUN=$(cd "${2:?usage: phones.sh start|stop RUNDIR}" && pwd); DIR=$RUN/phones
[ -r "$RUN/env" ] || die "$RUN is no run folder of run.sh"
. "$RUN/env"
TREE=${TOLLGATE_SIP_TREE:-$(cache_dir)/sip/tree-forky}; BASE=${PHONE_BASE:-16600} ANSWERS=${PHONE_ANSWERS:-auto}
PHONES=${PHONES:-101:$PHONE_PASSWORD 102:$PHONE_PASSWORD}

stop_all() {
    [ -e "$DIR/pids" ] || return 0
    while read -r p; do
        if owns "$p" "-f $DIR/"; then
            kill -TERM "$p" 2>/dev/null || :; i=0
            while owns "$p" "-f $DIR/" && [ $i -lt 40 ]; do i=$((i + 1)); sleep 0.05; done
            if owns "$p" "-f $DIR/"; then kill -KILL "$p" 2>/dev/null || :; fi
        fi
    done < "$DIR/pids"
    rm -f "$DIR/pids"
}

case $WHAT in
start)
    [ -e "$TREE/bin/baresip" ] || die "$TREE has no baresip; run fetch-sip.sh first"
    stop_all; mkdir -p "$DIR"
    k=0
    for phone in $PHONES; do
        k=$((k + 1)); n=${phone%%:*}; d=$DIR/$((100 + k)); mkdir -p "$d"
        sed -e "s|@SIP_LISTEN@|$((BASE + k))|;s|@CONTROL@|$((BASE + 10 + k))|;s|@TREE@|$TREE|;s|@DIR@|$d|;s|@RTP@|$((BASE + k * 20))-$((BASE + k * 20 + 19))|" "$HERE/baresip/config" > "$d/config"
        sed -e "s|@NUMBER@|$n|g;s|@SIP_PORT@|$SIP_PORT|g;s|@PASSWORD@|${phone#*:}|g;s|@ANSWERS@|$ANSWERS|" "$HERE/baresip/accounts" > "$d/accounts"
        python3 -c 'import math,struct,sys,wave
w=wave.open(sys.argv[1],"wb"); w.setnchannels(1); w.setsampwidth(2); w.setframerate(8000)
w.writeframes(b"".join(struct.pack("<h",int(9000*math.sin(2*math.pi*int(sys.argv[2])*i/8000))) for i in range(240000))); w.close()' "$d/tone.wav" $((440 * k))
        setsid "$TREE/ld.so" --library-path "$TREE/lib" "$TREE/bin/baresip" -f "$d" > "$d/log" 2>&1 < /dev/null &
        echo $! >> "$DIR/pids"
    done
    i=0
    registered() {
        contacts=$("$RUN/ast" -rx 'pjsip show contacts' 2>/dev/null)
        for phone in $PHONES; do case $contacts in *" ${phone%%:*}/sip:"*) ;; *) return 1 ;; esac; done
    }
    until registered; do
        i=$((i + 1)); [ $i -lt 100 ] || { tail -n 20 "$DIR"/10?/log >&2; stop_all; die "the phones did not register"; }
        sleep 0.1
    done
    say "$k phones are registered; commands on the ports from $((BASE + 11)) on" ;;
stop) stop_all; say "phones stopped" ;;
*) die "usage: phones.sh start|stop RUNDIR" ;;
esac
