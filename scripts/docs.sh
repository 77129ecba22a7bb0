#!/usr/bin/env bash
# Builds the documents as a site into target/site; a link that leads nowhere is a failure.
set -eu
cd "$(dirname "$0")/.."
python=$(scripts/docs-python.sh)
unused=$(for picture in docs/pictures/*; do
    grep -rqF "pictures/${picture##*/}" README.md docs --include='*.md' || echo "$picture"
done)
if [ -n "$unused" ]; then
    echo "no page shows $unused" >&2
    exit 1
fi
NO_MKDOCS_2_WARNING=1 "$python" -m mkdocs build --quiet
echo "The site is in target/site: open target/site/index.html"
