#!/bin/sh
# Every C file is as clang-format 14 writes it (./dev fmt). Argument: the tree, default this one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=${1:-$here/../..}
style=$here/../../.clang-format

cd "$root"
files=$(/usr/bin/python3 "$here/tree.py" . c)
[ -n "$files" ] || {
    echo "no C file found in $root"
    exit 1
}
# shellcheck disable=SC2086 # a list of words
if clang-format --style="file:$style" --dry-run -Werror $files >/dev/null 2>&1; then
    exit 0
fi
failed=0
for file in $files; do
    # Now one by one: clang-format 14 can crash on a table (AlignArrayOfStructures: rows of different
    # lengths, macros defined among the rows), and the crash does not say in which file.
    status=0
    clang-format --style="file:$style" --dry-run -Werror "$file" || status=$?
    [ "$status" -le 1 ] || echo "$file: clang-format crashed; clang-format off/on around its table helps"
    [ "$status" -eq 0 ] || failed=1
done
exit "$failed"
