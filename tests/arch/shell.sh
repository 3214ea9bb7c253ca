#!/bin/sh
# Every shell script: its own shell parses it (dash for sh), shellcheck has nothing to say.
# Argument: the tree, default this one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}"
failed=0
for file in $(/usr/bin/python3 "$here/tree.py" . sh); do
    case $(head -n 1 "$file") in
        *bash) bash -n "$file" || failed=1 ;;
        *) dash -n "$file" || failed=1 ;;
    esac
    shellcheck -x "$file" || failed=1
done
exit "$failed"
