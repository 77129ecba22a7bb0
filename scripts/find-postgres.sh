#!/usr/bin/env bash
# Prints the folder of PostgreSQL's server programs; fails where there is none.
# The one on PATH is preferred, then the newest of the places where systems put it.
set -eu

if found=$(command -v initdb); then
    dirname "$found"
    exit
fi
newest=$(
    for program in /usr/lib/postgresql/*/bin/initdb /usr/pgsql-*/bin/initdb /opt/homebrew/opt/postgresql*/bin/initdb; do
        if [ -x "$program" ]; then dirname "$program"; fi
    done | sort -V | tail -n 1
)
[ -n "$newest" ] && echo "$newest"
