#!/usr/bin/env bash
# Runs a command beside a private PostgreSQL server, which is stopped and removed afterwards, whatever happens:
#   scripts/with-postgres.sh throw-away|durable VARIABLE COMMAND...
# VARIABLE is set to the server's URL. The server listens on a socket in a folder of its own, on no port. `throw-away` does without
# the syncs to disk, and where there is room without the disk, for tests; `durable` keeps them, for benchmarks.
set -eu

mode=$1 variable=$2
shift 2
bin=$("$(dirname "$0")/find-postgres.sh")

settings=(-c listen_addresses= -c max_connections=300)
parent=${TMPDIR:-/tmp}
# Tests make a database of hundreds of files each: in memory that takes a third less of their time.
memory=/dev/shm room=$((4 * 1024 * 1024))
has_room() { [ -w $memory ] && [ "$(df --output=avail $memory | tail -n 1)" -gt $room ]; }
case $mode in
throw-away)
    settings+=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off)
    if has_room; then parent=$memory; elif [ "$(id -u)" = 0 ]; then parent=/tmp; fi
    ;;
durable) settings+=(-c shared_buffers=512MB -c max_wal_size=4GB) parent=/var/tmp ;;
*) echo "with-postgres: \"$mode\" is neither throw-away nor durable" >&2 && exit 2 ;;
esac

# PostgreSQL refuses to run as root: then another user runs it, in a folder that this user can reach.
as_server() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    as_server() { runuser -u "$user" -- "$@"; }
fi

folder=$(mktemp -d "$parent/tollgate-postgres.XXXXXX")
stop() {
    local status=$?
    trap - EXIT
    trap '' INT TERM HUP PIPE
    if [ -f "$folder/data/postmaster.pid" ]; then
        as_server "$bin/pg_ctl" stop --silent -D "$folder/data" -m immediate || true
    fi
    rm -rf "$folder"
    exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# Whoever read our output may have been ended first.
trap 'exit 141' PIPE

# attempt WHAT COMMAND...: runs it in the server's folder, and shows what it said only if it fails.
attempt() {
    local what=$1
    shift
    (cd "$folder" && as_server "$@") >"$folder/said" 2>&1 && return
    echo "with-postgres: $what failed:" >&2
    cat "$folder/said" "$folder/log" >&2 2>/dev/null || true
    exit 1
}
if [ "$(id -u)" = 0 ]; then chown "$user" "$folder"; fi
attempt "initdb" "$bin/initdb" -D "$folder/data" --username=tollgate --auth=trust --encoding=UTF8 --locale=C --no-sync
attempt "starting PostgreSQL" "$bin/pg_ctl" start -D "$folder/data" -l "$folder/log" -w -t 60 \
    -o "${settings[*]} -c unix_socket_directories=$folder"

export "$variable=postgres://tollgate@${folder//\//%2F}/postgres"
"$@"
