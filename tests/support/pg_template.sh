#!/bin/sh
# The cluster that tests copy instead of running initdb each (NAYOSE_PG_TEMPLATE of pg.sh): made in DIR
# unless it is there and would come out the same.
# usage: pg_template.sh DIR
set -u
NY_ROOT=$(cd "$(dirname "$0")/../.." && pwd)
export NY_ROOT PG_FAST=1
# shellcheck source=tests/support/pg.sh
. "$NY_ROOT/tests/support/pg.sh"

pg_find || exit 1
recipe="$("$PG_BIN/postgres" -V) $(cksum <"$NY_ROOT/tests/support/pg.sh")"
if [ -d "$1" ] && [ "$(cat "$1.recipe" 2>/dev/null)" = "$recipe" ]; then
    exit 0
fi
home=$(mktemp -d "${TMPDIR:-/tmp}/ny-template.XXXXXX")
chmod 755 "$home"
trap 'pg_wipe "$home"; rm -rf "$home"' EXIT
pg_start "$home" && pg_halt || exit 1
rm -rf "$1" "$1.new"
cp -a "$PG_HOME/pg" "$1.new" && mv "$1.new" "$1" && printf '%s\n' "$recipe" >"$1.recipe"
