#!/bin/sh
# The package list that ./dev installs from: well-formed, sorted in its group, without duplicates,
# and what ./dev test needs is there under exactly these names. Argument: another list.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
list=${1:-$here/../support/packages.txt}
failed=0

command -v dpkg-query >/dev/null || exit 77 # not a Debian: ctest counts it as skipped

if grep -vnE '^(#.*|[a-z0-9][a-z0-9+.-]+ +(build|run|test|lint|bench|cover)|)$' "$list"; then
    echo "not a line of the form: package group"
    failed=1
fi
for group in build run test lint bench cover; do
    if ! awk -v g="$group" '!/^#/ && $2 == g { print $1 }' "$list" | LC_ALL=C sort -c; then
        echo "group $group is not sorted"
        failed=1
    fi
done
twice=$(awk '!/^#/ && NF { print $1 }' "$list" | sort | uniq -d)
if [ -n "$twice" ]; then
    echo "listed twice: $twice"
    failed=1
fi
needed=$(awk '!/^#/ && ($2 == "build" || $2 == "run" || $2 == "test") { print $1 }' "$list")
for package in $needed; do
    case $(dpkg-query -W -f '${db:Status-Status} ' "$package" 2>/dev/null) in
        *'installed '*) ;;
        *)
            echo "$package is not installed"
            failed=1
            ;;
    esac
done
exit "$failed"
