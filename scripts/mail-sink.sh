#!/usr/bin/env bash
# Prints the Python that runs the tests' mail server; fails where `scripts/setup.sh mail-sink` has not made it yet.
set -eu

python=${XDG_CACHE_HOME:-$HOME/.cache}/tollgate/mail-sink/bin/python
"$python" -c 'import aiosmtpd' 2>/dev/null && echo "$python"
