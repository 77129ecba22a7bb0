#!/bin/sh
# Assembles a runnable Asterisk tree from Debian's packages: no root, no chroot, no container, nothing installed.
#
#   fetch.sh [--check] [--strict] [--refresh] [--keep-debs] [--update-lock] [DEST]
#
# DEST   where the tree goes; default: the cache folder, tollgate/asterisk/tree-forky
# --check        fetch nothing: print DEST where it is in place and of today's lists, and fail otherwise
# --strict       fail where a package's version differs from debs.forky.sha256 (otherwise: warn and go on)
# --refresh      build afresh even where the cache has the tree
# --keep-debs    keep the downloaded packages (79 MB) in the cache, for quick rebuilds while etc/modules.conf changes
# --update-lock  write debs.forky.sha256 from what Debian has today
#
# The cache folder is ${XDG_CACHE_HOME:-$HOME/.cache}/tollgate; the archive in it is keyed by lock file and module list.
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/lib.sh"

CHECK=0; STRICT=0; REFRESH=0; KEEP=0; UPDATE=0
while [ $# -gt 0 ]; do
    case $1 in
        --check) CHECK=1 ;; --strict) STRICT=1 ;; --refresh) REFRESH=1 ;; --keep-debs) KEEP=1 ;; --update-lock) UPDATE=1; REFRESH=1 ;;
        -h|--help) sed -n '2,/^set -eu/{/^set -eu/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
        -*) die "unknown option $1" ;; *) break ;;
    esac; shift
done
SUITE=forky
DEST=${1:-$(cache_dir)/asterisk/tree-$SUITE}
LIST=$HERE/etc/modules.conf

# trim_asterisk FULL OUT : keeps the program, the modules in etc/modules.conf, their libraries, the documentation that
# Asterisk reads at start, the API description and the sounds.
trim_asterisk() {
    full=$1; out=$2; mods=
    for d in "$full/usr/lib/x86_64-linux-gnu/asterisk/modules" "$full/usr/lib/asterisk/modules"; do [ ! -d "$d" ] || mods=$d; done
    [ -n "$mods" ] || die "no module folder in the unpacked tree"
    mkdir -p "$out/bin" "$out/modules" "$out/share"
    cp "$full/usr/sbin/asterisk" "$out/bin/"
    absent=
    for m in $(sed -n 's/^load *= *//p' "$LIST"); do
        if [ -e "$mods/$m" ]; then cp "$mods/$m" "$out/modules/"; else absent="$absent $m"; fi
    done
    [ -z "$absent" ] || warn "not in this release, left out:$absent"
    copy_libs "$full" "$out" "$out/bin/asterisk" "$out"/modules/*.so
    for d in documentation rest-api sounds; do [ ! -e "$full/usr/share/asterisk/$d" ] || cp -rL "$full/usr/share/asterisk/$d" "$out/share/" 2>/dev/null || cp -r "$full/usr/share/asterisk/$d" "$out/share/"; done
    "$out/ld.so" --library-path "$out/lib" "$out/bin/asterisk" -V > "$out/version" || die "the assembled program does not start"
    say "assembled $(cat "$out/version"), $(ls "$out/modules" | wc -l) modules, $(ls "$out/lib" | wc -l) libraries"
}

fetch_tree asterisk "$HERE/debs.$SUITE.sha256" "$LIST" "$SUITE" "$DEST" $STRICT $REFRESH $KEEP $UPDATE trim_asterisk \
    asterisk asterisk-core-sounds-en-gsm
