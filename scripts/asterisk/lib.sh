# Functions shared by fetch.sh and sip/fetch-sip.sh. POSIX sh, to be sourced; the caller sets -eu.
# Everything happens inside folders that the caller names: nothing is installed on the machine.

say()  { printf '%s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }
die()  { printf 'error: %s\n' "$*" >&2; exit 1; }
# Debian's packages cannot be had on this machine: its own exit status, since whoever calls can do without.
unavailable() { printf 'unavailable: %s\n' "$*" >&2; exit 3; }

cache_dir() { printf '%s/tollgate\n' "${XDG_CACHE_HOME:-$HOME/.cache}"; }

# All the entries of the machine's own apt configuration, one a line: URI, suite, keyring (or -), for entries that serve "main".
apt_entries() {
    for f in /etc/apt/sources.list.d/*.sources; do
        [ -r "$f" ] || continue
        # An empty line ends a stanza; a line that begins with a blank continues the field above it.
        awk '
            function flush_stanza(   u, s, nu, ns, i, j, uris, suites, key) {
                if (types ~ /(^| )deb( |$)/ && comps ~ /(^| )main( |$)/ && enabled != "no") {
                    nu = split(v["uris"], uris, " "); ns = split(v["suites"], suites, " ")
                    key = (v["signed-by"] ~ /^\//) ? v["signed-by"] : "-"; sub(/[ ,].*/, "", key)
                    for (i = 1; i <= nu; i++) for (j = 1; j <= ns; j++) print uris[i], suites[j], key
                }
                split("", v); types = comps = ""; enabled = "yes"; field = ""
            }
            BEGIN { enabled = "yes" }
            /^#/ { next }
            /^[ \t]*$/ { flush_stanza(); next }
            /^[ \t]/ { sub(/^[ \t]+/, ""); v[field] = v[field] " " $0; if (field == "types") types = v[field]; if (field == "components") comps = v[field]; next }
            { i = index($0, ":"); field = tolower(substr($0, 1, i - 1)); val = substr($0, i + 1); gsub(/^[ \t]+|[ \t]+$/, "", val); v[field] = val
              if (field == "types") types = val; if (field == "components") comps = val; if (field == "enabled") enabled = tolower(val) }
            END { flush_stanza() }' "$f"
    done
    for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -r "$f" ] || continue
        awk '
            $1 == "deb" {
                line = $0; key = "-"; sub(/^[ \t]*deb[ \t]+/, "", line)
                if (line ~ /^\[/) {
                    opts = line; sub(/\].*/, "", opts); sub(/^\[[^]]*\][ \t]*/, "", line)
                    if (match(opts, /signed-by=[^] ]+/)) key = substr(opts, RSTART + 10, RLENGTH - 10)
                }
                n = split(line, p, /[ \t]+/); main = 0
                for (i = 3; i <= n; i++) if (p[i] == "main") main = 1
                if (main) print p[1], p[2], key
            }' "$f"
    done
}

# Sets MIRROR and KEYRING: the archive from which this machine takes its own Debian release.
# TOLLGATE_DEBIAN_MIRROR and TOLLGATE_DEBIAN_KEYRING win where set.
find_mirror() {
    host_suite=${TOLLGATE_HOST_SUITE:-}
    if [ -z "$host_suite" ]; then
        host_suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release 2>/dev/null | tr -d '"')
        host_suite=${host_suite:-bookworm}
    fi
    MIRROR=${TOLLGATE_DEBIAN_MIRROR:-}; KEYRING=${TOLLGATE_DEBIAN_KEYRING:-}
    if [ -z "$MIRROR" ]; then
        line=$(apt_entries | awk -v s="$host_suite" '$2 == s { print; exit }')
        [ -n "$line" ] || unavailable "no apt entry of this machine serves '$host_suite main'; set TOLLGATE_DEBIAN_MIRROR to a Debian archive's address"
        MIRROR=${line%% *}; signed=${line##* }
        [ -n "$KEYRING" ] || { [ "$signed" = - ] || KEYRING=$signed; }
    fi
    if [ -z "$KEYRING" ] || [ ! -r "$KEYRING" ]; then
        for k in /usr/share/keyrings/debian-archive-keyring.gpg /usr/share/keyrings/debian-archive-keyring.pgp; do
            [ -r "$k" ] && KEYRING=$k && break
        done
    fi
    [ -r "$KEYRING" ] || unavailable "no Debian archive keyring found (package debian-archive-keyring)"
}

# owns PID TEXT : is this process still ours? A number may have been given to another process since.
owns() { cat "/proc/$1/cmdline" 2>/dev/null | tr '\0' ' ' | grep -qF -- "$2"; }

need() { for c in "$@"; do command -v "$c" >/dev/null 2>&1 || unavailable "the command '$c' is missing"; done; }

# download_debs WORK SUITE PACKAGE... : the packages and everything that they depend on, libc included, into WORK/archives.
# An empty package status stands for an empty machine, so nothing of the host is taken for granted.
download_debs() {
    work=$1; suite=$2; shift 2
    mkdir -p "$work/state/lists/partial" "$work/cache" "$work/archives/partial" "$work/log" "$work/none"
    : > "$work/status"
    printf 'deb [signed-by=%s arch=amd64] %s %s main\n' "$KEYRING" "$MIRROR" "$suite" > "$work/sources.list"
    # The machine's own settings (proxy, credentials, timeouts) stay in force; its hooks do not run.
    # A Release file may be past its date. The lock file, not the date, says which bytes are wanted.
    cat > "$work/apt.conf" <<CONF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
Dir::State "$work/state";
Dir::State::lists "$work/state/lists";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
Dir::Cache::archives "$work/archives";
Dir::Log "$work/log";
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "$work/none";
Dir::Etc::preferences "$work/none/preferences";
Dir::Etc::preferencesparts "$work/none";
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Install-Recommends "false";
APT::Install-Suggests "false";
APT::Sandbox::User "";
APT::Keep-Downloaded-Packages "true";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
Acquire::Check-Date "false";
Acquire::Retries "1";
Acquire::http::Timeout "15";
Acquire::https::Timeout "15";
CONF
    [ "$(id -u)" != 0 ] || printf 'APT::Sandbox::User "root";\n' >> "$work/apt.conf"
    apt-get -c "$work/apt.conf" -qq update || unavailable "apt could not read '$suite' from the archive; the archive may not carry it"
    apt-get -c "$work/apt.conf" -qq -y --download-only install "$@" >"$work/log/install" 2>&1 || { cat "$work/log/install" >&2; unavailable "apt could not resolve or download: $*"; }
    apt-get -c "$work/apt.conf" -qq autoclean >/dev/null 2>&1 || :
    set -- "$work"/archives/*.deb
    [ -e "$1" ] || die "apt downloaded nothing"
    (cd "$work/archives" && LC_ALL=C sha256sum -- *.deb) | LC_ALL=C sort -k2 > "$work/debs.sha256"
    # Done with the indexes (some 100 MB).
    rm -rf "$work/state/lists" "$work/cache"
}

# check_lock LOCK HAVE STRICT : compares the downloaded packages with the lock. Sets LOCK_DIFFERS to their number.
# The same file name with other bytes is never accepted; another version is, with a warning, unless STRICT is 1.
check_lock() {
    lock=$1; have=$2; strict=$3; LOCK_DIFFERS=0
    if [ ! -e "$lock" ]; then
        warn "there is no lock file ${lock##*/}: these packages were checked by apt's signatures alone"
        LOCK_DIFFERS=-1; [ "$strict" = 0 ] || die "--strict needs a lock file"; return 0
    fi
    bad=$(awk 'NR == FNR { d[$2] = $1; next } ($2 in d) && d[$2] != $1 { print $2 }' "$lock" "$have")
    [ -z "$bad" ] || die "these packages carry the locked version but other bytes: $(echo $bad)"
    diff=$(awk '
        function name(f) { sub(/_.*/, "", f); return f }
        function version(f) { sub(/^[^_]*_/, "", f); sub(/_[^_]*$/, "", f); gsub(/%3a/, ":", f); return f }
        NR == FNR { l[name($2)] = version($2); next }
        { h[name($2)] = version($2) }
        END {
            for (n in l) if (!(n in h)) print n " (locked " l[n] ", now absent)"
            for (n in h) if (!(n in l)) print n " (new, " h[n] ")"; else if (l[n] != h[n]) print n " (locked " l[n] ", now " h[n] ")"
        }' "$lock" "$have" | LC_ALL=C sort)
    [ -n "$diff" ] || { say "all $(wc -l < "$have") packages match ${lock##*/}"; return 0; }
    LOCK_DIFFERS=$(printf '%s\n' "$diff" | wc -l)
    warn "Debian has moved on since ${lock##*/} was written; these packages differ:"
    printf '%s\n' "$diff" | sed 's/^/  /' >&2
    [ "$strict" = 0 ] || die "--strict: $LOCK_DIFFERS packages differ from the lock"
    say "going on with the newer packages; --update-lock writes them into the lock"
}

# unpack_debs WORK TREE : contents only, no maintainer script runs.
unpack_debs() {
    mkdir -p "$2"
    for d in "$1"/archives/*.deb; do
        dpkg-deb --fsys-tarfile "$d" | tar -x -C "$2" --no-same-owner --keep-directory-symlink \
            --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' --exclude='./dev/*'
    done
}

# Where an unpacked Debian tree keeps its loader (a real file, not a link that leads out of the tree) and its libraries.
tree_loader() {
    for l in "$1"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 "$1"/usr/lib64/ld-linux-x86-64.so.2 "$1"/lib/x86_64-linux-gnu/ld-2.*.so "$1"/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2; do
        [ -f "$l" ] && { printf '%s\n' "$l"; return 0; }
    done
    die "no dynamic loader in the unpacked tree"
}
tree_libpath() {
    printf '%s\n' "$1/usr/lib/x86_64-linux-gnu:$1/lib/x86_64-linux-gnu:$1/usr/lib:$1/usr/lib/asterisk"
}

# copy_libs TREE OUT FILE... : the loader and every shared library that the ELF files need, into OUT/ld.so and OUT/lib.
copy_libs() {
    tree=$1; out=$2; shift 2
    ld=$(tree_loader "$tree"); path=$(tree_libpath "$tree")
    mkdir -p "$out/lib"; cp -L "$ld" "$out/ld.so"; chmod 755 "$out/ld.so"
    : > "$out/.libs"
    for f in "$@"; do
        "$ld" --library-path "$path" --list "$f" > "$out/.list" 2>&1 || { cat "$out/.list" >&2; die "unresolved libraries of ${f##*/}"; }
        awk -v t="$tree/" '$2 == "=>" && index($3, t) == 1 { print $3 }' "$out/.list" >> "$out/.libs"
        if grep -E ' => (/|not found)' "$out/.list" | grep -vF " => $tree/" | grep -qv 'ld-linux'; then
            cat "$out/.list" >&2; die "${f##*/} would take a library from outside the tree"
        fi
    done
    LC_ALL=C sort -u "$out/.libs" | while read -r l; do cp -L "$l" "$out/lib/"; done
    # Libraries that are opened by name at run time and so are in no list: NSS (an older libsrtp uses it) and the resolver.
    nss=$tree/usr/lib/x86_64-linux-gnu/nss
    if [ -e "$out/lib/libnss3.so" ] && [ -d "$nss" ]; then
        mkdir -p "$out/lib/nss"; cp -L "$nss"/* "$out/lib/nss/"
        for f in "$nss"/*.so; do "$ld" --library-path "$path" --list "$f" | awk -v t="$tree/" '$2 == "=>" && index($3, t) == 1 { print $3 }'; done \
            | LC_ALL=C sort -u | while read -r l; do cp -L "$l" "$out/lib/"; done
    fi
    for l in "$tree"/usr/lib/x86_64-linux-gnu/libnss_files* "$tree"/usr/lib/x86_64-linux-gnu/libnss_dns* "$tree"/usr/lib/x86_64-linux-gnu/libresolv.so.2 \
             "$tree"/lib/x86_64-linux-gnu/libnss_files* "$tree"/lib/x86_64-linux-gnu/libnss_dns* "$tree"/lib/x86_64-linux-gnu/libresolv.so.2; do
        [ ! -f "$l" ] || cp -L "$l" "$out/lib/"
    done
    rm -f "$out/.libs" "$out/.list"
}

packer() { if command -v zstd >/dev/null 2>&1; then echo zst; else echo gz; fi; }

# pack DIR ARCHIVE : atomic, with a digest beside it.
pack() {
    tmp=$2.part.$$
    case $2 in *.zst) tar -C "$1" -c . | zstd -q -9 -T2 -o "$tmp" ;; *) tar -C "$1" -c . | gzip -6 > "$tmp" ;; esac
    (sha256sum < "$tmp" | cut -d' ' -f1) > "$2.sha256"
    mv "$tmp" "$2"
}

# unpack ARCHIVE DIR : fails where the digest does not fit.
unpack() {
    [ "$(sha256sum < "$1" | cut -d' ' -f1)" = "$(cat "$1.sha256" 2>/dev/null)" ] || return 1
    mkdir -p "$2"
    case $1 in *.zst) zstd -q -d -c "$1" | tar -x -C "$2" ;; *) gzip -dc "$1" | tar -x -C "$2" ;; esac
}

# may_replace DEST : a folder that is neither empty nor one of ours stays as it is.
may_replace() {
    if [ -e "$1" ] && [ ! -e "$1/.tollgate-tree" ]; then
        rmdir "$1" 2>/dev/null || die "$1 exists and is not a tree made by this script"
    fi
}

# place NEW DEST : puts a finished tree where it belongs.
place() {
    may_replace "$2"
    rm -rf "$2.old.$$"; [ ! -e "$2" ] || mv "$2" "$2.old.$$"
    mv "$1" "$2"; rm -rf "$2.old.$$"
}

# Seconds with two decimals since the time in $1.
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }'; }

# fetch_tree KIND LOCK LISTFILE SUITE DEST STRICT REFRESH KEEP UPDATE TRIM PACKAGE...
# The whole sequence, or with CHECK=1 only a look at what is there; TRIM is a function: TRIM FULLTREE OUT.
fetch_tree() {
    kind=$1; lockfile=$2; list=$3; tsuite=$4; dest=$5; strict_=$6; refresh=$7; keep=$8; update=$9; shift 9; trim=$1; shift
    t0=$(now); need sha256sum awk tar
    cache=$(cache_dir)/$kind
    key=$( { [ ! -e "$lockfile" ] || cat "$lockfile"; cat "$list"; printf '%s\n' "$*"; } | sha256sum | cut -c1-16)
    archive=$cache/$kind-$tsuite-amd64-$key.tar.$(packer)
    case $dest in /*) ;; *) dest=$PWD/$dest ;; esac
    if [ "$CHECK" = 1 ]; then
        [ "$(cat "$dest/.tollgate-tree" 2>/dev/null)" = "$key" ] || exit 1
        say "$dest"; return 0
    fi
    mkdir -p "$cache" "$(dirname "$dest")"
    if [ "$refresh" = 0 ] && [ "$(cat "$dest/.tollgate-tree" 2>/dev/null)" = "$key" ] && usable "$dest" "$strict_"; then
        say "$kind: $dest is already in place (key $key), $(since "$t0") s"; return 0
    fi
    may_replace "$dest"
    new=$dest.new.$$; rm -rf "$new"
    trap 'rm -rf "$new" ${work_:+"$work_"}' EXIT
    trap 'exit 130' INT; trap 'exit 143' TERM
    if [ "$refresh" = 0 ] && [ -e "$archive" ]; then
        if unpack "$archive" "$new" && usable "$new" "$strict_"; then
            place "$new" "$dest"
            say "$kind: restored from the cache (${archive##*/}, $(du -h "$archive" | cut -f1)) into $dest, $(since "$t0") s"; return 0
        fi
        rm -rf "$new"; warn "the cached archive is damaged or does not fit the lock; building afresh"
    fi
    [ "$(uname -m)" = x86_64 ] || unavailable "only amd64 is covered"
    need apt-get dpkg-deb; find_mirror
    work_=$cache/build.$$; rm -rf "$work_"; mkdir -p "$work_"
    [ "$keep" = 0 ] || { mkdir -p "$cache/debs-$tsuite"; mkdir -p "$work_"; ln -s "$cache/debs-$tsuite" "$work_/archives"; }
    t1=$(now); download_debs "$work_" "$tsuite" "$@"
    say "fetched $(wc -l < "$work_/debs.sha256") packages ($(du -shL "$work_/archives" | cut -f1)) of '$tsuite' in $(since "$t1") s"
    if [ "$update" = 1 ]; then cp "$work_/debs.sha256" "$lockfile"; say "wrote ${lockfile##*/}"
        key=$( { cat "$lockfile"; cat "$list"; printf '%s\n' "$*"; } | sha256sum | cut -c1-16); archive=$cache/$kind-$tsuite-amd64-$key.tar.$(packer); fi
    check_lock "$lockfile" "$work_/debs.sha256" "$strict_"
    t1=$(now); unpack_debs "$work_" "$work_/full"; say "unpacked $(du -sh "$work_/full" | cut -f1) in $(since "$t1") s"
    t1=$(now); mkdir -p "$new"; "$trim" "$work_/full" "$new"
    cp "$work_/debs.sha256" "$new/debs.sha256"; echo "$LOCK_DIFFERS" > "$new/lock-differs"; echo "$tsuite" > "$new/suite"; echo "$key" > "$new/.tollgate-tree"
    chmod -R a+rX "$new"
    say "trimmed to $(du -sh "$new" | cut -f1) in $(since "$t1") s"
    t1=$(now); pack "$new" "$archive"; say "cached as ${archive##*/} ($(du -h "$archive" | cut -f1)) in $(since "$t1") s"
    place "$new" "$dest"; rm -rf "$work_"
    say "$kind: $dest is ready, $(since "$t0") s"
}

# usable TREE STRICT : a tree that was built from packages other than the locked ones is not good enough for --strict.
usable() {
    differs=$(cat "$1/lock-differs" 2>/dev/null || echo 1)
    [ "$differs" != 0 ] || return 0
    [ "$2" = 0 ] || return 1
    if [ "$differs" -gt 0 ]; then warn "this tree was built from packages of which $differs differ from the lock"
    else warn "this tree was built without a lock file"; fi
}
