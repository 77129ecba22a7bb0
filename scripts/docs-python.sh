#!/usr/bin/env bash
# Prints the Python that makes the documents a site; fails where `scripts/setup.sh docs-python` has not made it yet.
set -eu

python=${XDG_CACHE_HOME:-$HOME/.cache}/tollgate/docs-python/bin/python
"$python" -c 'import mkdocs, material' 2>/dev/null && echo "$python"
