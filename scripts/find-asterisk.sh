#!/usr/bin/env bash
# Prints the tree of the Asterisk that the tests start, and on a second line that of the programs that call it (sipp, baresip), both put
# into the user's cache folder by `scripts/setup.sh asterisk`. Fails where one is missing, or was made from other lists than today's.
set -eu
cd "$(dirname "$0")/asterisk"

./fetch.sh --check && sip/fetch-sip.sh --check
