#!/bin/sh
# Starts Asterisk from a tree made by fetch.sh, as an ordinary user ("nobody" where root calls), on loopback ports.
#
#   run.sh [-f] RUNDIR [TREE]
#
# RUNDIR  configuration, logs, recordings, CDRs and the control socket go here (created where absent)
# TREE    default: the cache folder, tollgate/asterisk/tree-forky
# -f      stay in the foreground until Asterisk ends; Ctrl-C or SIGTERM stops it
#
# Returns when Asterisk is fully booted and prints its ports; RUNDIR/env holds the same values for scripts.
# Settings (environment, default): BIND 127.0.0.1, SIP_PORT 15060, HTTP_PORT 18088, RTP_START 20000,
# RTP_END 21999, UAS_BASE 16000 (sip/uas.sh listens above it), ARI_USER tollgate, ARI_PASSWORD tollgate-test,
# ARI_APP tollgate, PHONE_PASSWORD phone-test, SYSTEM_NAME pbx, CDR_UNANSWERED yes, CDR_CONGESTION yes,
# VERBOSE_LOG 1 (0: no verbose log), RUN_AS nobody (matters for root only).
# RUNDIR/etc/tollgate_pjsip_wizard.conf is for SIP accounts: it begins empty, and a later start leaves it as it is.
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/lib.sh"

FOREGROUND=0
case ${1:-} in -f|--foreground) FOREGROUND=1; shift ;; -h|--help|'') sed -n '2,/^set -eu/{/^set -eu/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;; esac
RUN=$1; TREE=${2:-$(cache_dir)/asterisk/tree-forky}
mkdir -p "$RUN"; RUN=$(cd "$RUN" && pwd)
[ -e "$TREE/.tollgate-tree" ] || die "$TREE is no Asterisk tree; run fetch.sh first"
TREE=$(cd "$TREE" && pwd)
# A unix socket's path has room for 107 characters.
[ ${#RUN} -le 85 ] || die "the run folder's path is too long for a control socket: $RUN"
# One that was killed may stay in the table of processes for as long as nobody asks for its end.
if [ -e "$RUN/pid" ] && owns "$(cat "$RUN/pid")" "$RUN/etc/asterisk.conf"; then die "Asterisk already runs here (pid $(cat "$RUN/pid")); stop.sh ends it"; fi
rm -f "$RUN/pid"

BIND=${BIND:-127.0.0.1} SIP_PORT=${SIP_PORT:-15060} HTTP_PORT=${HTTP_PORT:-18088}
RTP_START=${RTP_START:-20000} RTP_END=${RTP_END:-21999} UAS_BASE=${UAS_BASE:-16000}
ARI_USER=${ARI_USER:-tollgate} ARI_PASSWORD=${ARI_PASSWORD:-tollgate-test} ARI_APP=${ARI_APP:-tollgate}
PHONE_PASSWORD=${PHONE_PASSWORD:-phone-test} SYSTEM_NAME=${SYSTEM_NAME:-pbx}
CDR_UNANSWERED=${CDR_UNANSWERED:-yes} CDR_CONGESTION=${CDR_CONGESTION:-yes}
if [ "${VERBOSE_LOG:-1}" = 1 ]; then VERBOSE_LOG=; else VERBOSE_LOG=';'; fi

mkdir -p "$RUN/etc" "$RUN/lib/keys" "$RUN/run" "$RUN/spool/monitor" "$RUN/spool/recording" \
    "$RUN/spool/cache" "$RUN/spool/outgoing" "$RUN/log/cdr-csv" "$RUN/log/cdr-custom"

# Who runs it. "nobody" must be able to reach the tree; where it cannot (a cache under a closed home folder), the run
# folder gets its own copy, by hard links where possible.
AS=
if [ "$(id -u)" = 0 ] && [ "${RUN_AS:-nobody}" != root ]; then
    need setpriv
    RUN_AS=${RUN_AS:-nobody}; GROUP=$(id -gn "$RUN_AS")
    AS="setpriv --reuid=$RUN_AS --regid=$GROUP --clear-groups"
    chown -R "$RUN_AS:$GROUP" "$RUN/etc" "$RUN/lib" "$RUN/run" "$RUN/spool" "$RUN/log"; chown "$RUN_AS:$GROUP" "$RUN"
    $AS test -w "$RUN/run" || die "$RUN_AS cannot reach $RUN; choose a folder outside a closed home folder, or set RUN_AS"
    if ! $AS test -r "$TREE/bin/asterisk"; then
        if [ "$(cat "$RUN/tree/.tollgate-tree" 2>/dev/null)" != "$(cat "$TREE/.tollgate-tree")" ]; then
            rm -rf "$RUN/tree"; cp -al "$TREE" "$RUN/tree" 2>/dev/null || { rm -rf "$RUN/tree"; cp -a "$TREE" "$RUN/tree"; }
        fi
        TREE=$RUN/tree
    fi
fi

# Templates. Values go through sed, so its special characters are escaped.
esc() { printf '%s' "$1" | sed -e 's/[\\&|]/\\&/g'; }
{
    for v in RUN TREE BIND SIP_PORT HTTP_PORT RTP_START RTP_END ARI_USER ARI_PASSWORD ARI_APP PHONE_PASSWORD SYSTEM_NAME CDR_UNANSWERED CDR_CONGESTION VERBOSE_LOG; do
        eval "val=\$$v"; printf 's|@%s@|%s|g\n' "$v" "$(esc "$val")"
    done
    i=0; for n in ANSWER BUSY NOANSWER CONGEST NOTFOUND DECLINE SHORTTALK VARIED MOVED DEAD EARLY ANNOUNCES OVERFLOWS; do i=$((i + 1)); printf 's|@UAS_%s@|%s|g\n' "$n" $((UAS_BASE + i)); done
} > "$RUN/etc/.sed"
for f in "$HERE"/etc/*.conf; do sed -f "$RUN/etc/.sed" "$f" > "$RUN/etc/${f##*/}"; done
rm -f "$RUN/etc/.sed"
awk -v d="$TREE/modules/" '/^load *=/ { f = d $NF; if ((getline x < f) < 0) next; close(f) } { print }' "$HERE/etc/modules.conf" > "$RUN/etc/modules.conf"
# Files that modules look for, with nothing to say in them.
for n in acl ccss cel chan_websocket cli_aliases codecs features manager pjproject res_http_media_cache sorcery stasis udptl websocket_client; do
    : > "$RUN/etc/$n.conf"
done
[ -e "$RUN/etc/tollgate_pjsip_wizard.conf" ] || : > "$RUN/etc/tollgate_pjsip_wizard.conf"
[ -z "$AS" ] || { chown -R "$RUN_AS:$GROUP" "$RUN/etc"; }
chmod 600 "$RUN/etc/ari.conf" "$RUN/etc/pjsip.conf"

cat > "$RUN/ast" <<E
#!/bin/sh
# The PBX's own command line, e.g.: ast -rx 'core show channels'
exec "$TREE/ld.so" --library-path "$TREE/lib" "$TREE/bin/asterisk" -C "$RUN/etc/asterisk.conf" "\$@"
E
chmod +x "$RUN/ast"
cat > "$RUN/env" <<E
TOLLGATE_RUN='$RUN'
TOLLGATE_TREE='$TREE'
ARI_URL='http://$BIND:$HTTP_PORT/ari'
ARI_USER='$ARI_USER'
ARI_PASSWORD='$ARI_PASSWORD'
ARI_APP='$ARI_APP'
HTTP_PORT='$HTTP_PORT'
SIP_PORT='$SIP_PORT'
UAS_BASE='$UAS_BASE'
PHONE_PASSWORD='$PHONE_PASSWORD'
E
chmod 600 "$RUN/env"

t0=$(now)
# Its own process group and no terminal, so that a closed terminal does not make it reload its configuration.
setsid $AS "$RUN/ast" -f > "$RUN/log/stdout" 2>&1 < /dev/null &
PID=$!; echo "$PID" > "$RUN/pid"
failed() { tail -n 40 "$RUN/log/stdout" "$RUN/log/messages" >&2 2>/dev/null || :; rm -f "$RUN/pid"; die "Asterisk did not come up"; }
i=0
until "$RUN/ast" -rx 'core waitfullybooted' 2>/dev/null | grep -q 'fully booted'; do
    i=$((i + 1))
    kill -0 "$PID" 2>/dev/null || failed
    [ $i -lt 600 ] || { kill "$PID"; failed; }
    sleep 0.05
done
say "$(cat "$TREE/version") is up after $(since "$t0") s as $( [ -n "$AS" ] && echo "$RUN_AS" || id -un ), pid $PID"
say "SIP     $BIND:$SIP_PORT udp and tcp"
say "ARI     http://$BIND:$HTTP_PORT/ari  user $ARI_USER, application $ARI_APP"
say "SIP/WS  ws://$BIND:$HTTP_PORT/ws"
say "RTP     $RTP_START-$RTP_END"
say "records $RUN/log/cdr-csv/Master.csv, $RUN/log/cdr-custom/Billing.csv"
[ $FOREGROUND = 1 ] || exit 0
trap '"$HERE/stop.sh" "$RUN"' INT TERM
wait "$PID" || :
rm -f "$RUN/pid"
