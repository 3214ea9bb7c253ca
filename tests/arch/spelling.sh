#!/bin/sh
# Spelling of sources, scripts and documents. Data (seeds, golden files, name lists) is none of
# its business. Argument: the tree, default this one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}"
/usr/bin/python3 "$here/tree.py" . text |
    grep -E '(^|/)(dev|CMakeLists\.txt)$|\.(c|h|md|sh|py|sql|cmake|service)$' |
    grep -vE '/(golden|population)/' |
    xargs codespell --ignore-words "$here/codespell.txt" --quiet-level 3
