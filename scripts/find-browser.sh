#!/usr/bin/env bash
# Prints the browser that the tests drive: Chromium, under one of its names; fails where there is none.
set -eu

for name in chromium chromium-browser google-chrome; do
    command -v "$name" && exit
done
exit 1
