#!/bin/sh
# Assembles sipp and baresip from Debian's packages in the same way as ../fetch.sh does for Asterisk.
#
#   fetch-sip.sh [--check] [--strict] [--refresh] [--keep-debs] [--update-lock] [DEST]
#
# DEST   default: the cache folder, tollgate/sip/tree-forky; the options are those of ../fetch.sh
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../lib.sh"

CHECK=0; STRICT=0; REFRESH=0; KEEP=0; UPDATE=0
while [ $# -gt 0 ]; do
    case $1 in
        --check) CHECK=1 ;; --strict) STRICT=1 ;; --refresh) REFRESH=1 ;; --keep-debs) KEEP=1 ;; --update-lock) UPDATE=1; REFRESH=1 ;;
        -h|--help) sed -n '2,/^set -eu/{/^set -eu/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
        -*) die "unknown option $1" ;; *) break ;;
    esac; shift
done
SUITE=forky
DEST=${1:-$(cache_dir)/sip/tree-$SUITE}

# trim_sip FULL OUT : sipp, baresip, the baresip modules in modules.txt and the libraries of all of these.
trim_sip() {
    full=$1; out=$2; mods=$full/usr/lib/baresip/modules
    [ -d "$mods" ] || mods=$(find "$full/usr/lib" -type d -path '*baresip/modules' | head -n 1)
    mkdir -p "$out/bin" "$out/modules"
    cp "$full/usr/bin/sipp" "$full/usr/bin/baresip" "$out/bin/"
    while read -r m; do cp "$mods/$m" "$out/modules/"; done < "$HERE/modules.txt"
    copy_libs "$full" "$out" "$out/bin/sipp" "$out/bin/baresip" "$out"/modules/*.so
    # Both programs end with an error status after printing their version.
    { "$out/ld.so" --library-path "$out/lib" "$out/bin/sipp" -v 2>&1 || :; } | sed -n 's/^ *\(SIPp v[^,]*\).*/\1/p' > "$out/version"
    [ -s "$out/version" ] || die "the assembled sipp does not start"
    { "$out/ld.so" --library-path "$out/lib" "$out/bin/baresip" -h 2>&1 || :; } | sed -n 's/.*\(baresip v[0-9.]*\).*/\1/p' | head -n 1 >> "$out/version"
    say "assembled $(tr '\n' ' ' < "$out/version")"
}

fetch_tree sip "$HERE/debs.$SUITE.sha256" "$HERE/modules.txt" "$SUITE" "$DEST" $STRICT $REFRESH $KEEP $UPDATE trim_sip \
    sip-tester baresip-core
