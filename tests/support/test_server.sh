#!/bin/sh
# server.sh, pg.sh and `./dev up` with a stand-in for nayosed: a script that knows the contract
# (--config, --migrate, the ready line, TERM) and talks to the database with psql. What is tested
# is the starting and stopping; the real server has its own integration tests.
# shellcheck disable=SC2317 # functions are called through check
set -u
NY_ROOT=$(cd "$(dirname "$0")/../.." && pwd)
export NY_ROOT
tmp=$(mktemp -d)
chmod 755 "$tmp"
failed=0
up_pid=
trap '[ -z "$up_pid" ] || kill -KILL "$up_pid" 2>/dev/null; [ -z "${PG_HOME:-}" ] || pg_halt; rm -rf "$tmp"' EXIT

# check NAME COMMAND...
check()
{
    name=$1
    shift
    if "$@"; then
        echo "ok $name"
    else
        echo "FAILED $name"
        failed=1
    fi
}

not()
{
    ! "$@"
}

mkdir "$tmp/bin"
cat >"$tmp/bin/nayosed" <<'FAKE'
#!/bin/sh
# --config FILE [--migrate]
value()
{
    awk -F' = ' -v s="[$1]" -v k="$2" '/^\[/ { in_s = $0 == s } in_s && $1 == k { sub(/^[^=]*= /, ""); print }' "$conf"
}
conf=$2
db=$(value database conninfo)
psql=$(ls /usr/lib/postgresql/*/bin/psql | tail -n 1)
if [ "${3:-}" = --migrate ]; then
    exec "$psql" -XqAt -d "$db" -v ON_ERROR_STOP=1 \
        -c "SET client_min_messages = warning" -c "CREATE TABLE IF NOT EXISTS runs (at timestamptz)"
fi
[ -z "$(value fake refuse)" ] || { echo "error of the fake"; exit 3; }
"$psql" -XqAt -d "$db" -c "INSERT INTO runs VALUES (now())"
[ -n "$(value fake stubborn)" ] && trap '' TERM || trap 'exit ${code:-0}' TERM
code=$(value fake status)
mllp=$(value 'listener mllp-main' port)
[ "$mllp" != 0 ] || mllp=50001
http=$(value 'listener http-main' port)
[ "$http" != 0 ] || http=50002
echo "nayosed ready mllp=127.0.0.1:$mllp http=127.0.0.1:$http admin=$(value 'listener admin' path)"
while :; do sleep 0.1; done
FAKE
chmod 755 "$tmp/bin/nayosed"
NAYOSE_BIN=$tmp/bin
export NAYOSE_BIN PG_FAST=1

. "$NY_ROOT/tests/support/server.sh"

runs()
{
    "$PG_BIN/psql" -XqAt -c "SELECT count(*) FROM runs"
}

now()
{
    date +%s
}

# Under root the server belongs to somebody else.
unprivileged()
{
    [ "$(awk '/^Uid:/ { print $2 }' "/proc/$1/status")" -ne 0 ]
}

home=$tmp/home
check "server starts" server_start "$home"
check "ports come from the ready line" \
    test "$NAYOSE_MLLP $NAYOSE_HTTP" = "127.0.0.1:50001 127.0.0.1:50002"
check "admin socket is named" test "$NAYOSE_SERVER" = "$home/admin.sock"
check "not as root" unprivileged "$SERVER_PID"
check "psql reaches the database" test "$(runs)" = 1
check "without TCP" test -z "$("$PG_BIN/psql" -XqAt -c 'SHOW listen_addresses')"
# shellcheck disable=SC2016 # the inner shell expands
check "a second run in the same place is refused" \
    not sh -c '. "$NY_ROOT/tests/support/server.sh"; server_start "$1" 2>/dev/null' sh "$home"
check "the first one lives on" server_alive "$SERVER_PID"
check "server stops" server_stop "$home"
check "PostgreSQL is gone" not pg_running

check "data stays" server_start "$home"
check "second run is recorded" test "$(runs)" = 2
server_kill "$home"
check "PostgreSQL survives the death of nayosed" test "$(runs)" = 2
check "stop after a kill" server_stop "$home"

printf '[fake]\nstatus = 7\n' >"$tmp/extra"
export NAYOSE_CONF_EXTRA="$tmp/extra"
check "start with extra configuration" server_start "$home"
check "a bad exit status fails the stop" not server_stop "$home" 2>/dev/null
check "and is kept" test "$SERVER_STATUS" = 7

printf '[fake]\nstubborn = yes\n' >"$tmp/extra"
check "start of one that ignores TERM" server_start "$home"
began=$(now)
check "is killed, and that is a failure" not server_stop "$home" 2>/dev/null
check "within a minute" test $(($(now) - began)) -le 60

printf '[fake]\nrefuse = yes\n' >"$tmp/extra"
check "a server that ends early fails the start" not server_start "$home" 2>/dev/null
check "and leaves no PostgreSQL" not pg_running
unset NAYOSE_CONF_EXTRA

check "wipe" server_wipe "$home"
check "start after wipe" server_start "$home"
check "forgot everything" test "$(runs)" = 1
check "stop" server_stop "$home"

deep=$tmp/$(printf '%090d' 0)
check "a path too long for a socket" server_start "$deep"
check "has its socket elsewhere" test "$(runs)" = 1
check "and stops" server_stop "$deep"
check "and cleans up" not test -e "$PGHOST"

mkdir "$tmp/full"
: >"$tmp/full/letter"
check "somebody's directory is refused" not server_start "$tmp/full" 2>/dev/null

if [ "$(id -u)" -eq 0 ]; then
    mkdir -m 700 "$tmp/closed"
    TMPDIR=$tmp
    export TMPDIR
    check "an unreachable directory" server_start "$tmp/closed/home" 2>"$tmp/said"
    check "gets a stand-in" test "${PG_HOME#"$tmp/nayose-"}" != "$PG_HOME"
    check "and says so" grep -q "the data is in $PG_HOME" "$tmp/said"
    check "and stops too" server_stop "$tmp/closed/home"

    mkdir -m 700 "$tmp/hidden"
    cp "$tmp/bin/nayosed" "$tmp/hidden/"
    NAYOSE_BIN=$tmp/hidden
    check "an unreachable program is copied" server_start "$home"
    check "and runs" server_stop "$home"
    NAYOSE_BIN=$tmp/bin
fi

# try_up SIGNAL [--fresh]: ./dev up in the background, ready, a signal to ./dev alone, both gone in
# 10 s. env: a background job of a script is born with SIGINT ignored, and sh cannot trap it then.
try_up()
{
    # Emptied here: the job below does it only once it runs, and the ready line of the run before
    # would be taken for its own.
    : >"$tmp/up.out"
    NAYOSE_HOME=$tmp/up NAYOSE_MLLP_PORT=50011 NAYOSE_HTTP_PORT=0 \
        env --default-signal=INT "$NY_ROOT/dev" up ${2:+"$2"} >"$tmp/up.out" 2>&1 &
    up_pid=$!
    tick=0
    until grep -q '^nayosed ready mllp=127.0.0.1:50011 http=127.0.0.1:50002 ' "$tmp/up.out"; do
        tick=$((tick + 1))
        if [ "$tick" -gt 600 ] || ! server_alive "$up_pid"; then
            cat "$tmp/up.out"
            return 1
        fi
        sleep 0.1
    done
    pg_home "$tmp/up"
    up_server=$(cat "$tmp/up/nayosed.pid")
    began=$(now)
    kill "-$1" "$up_pid"
    wait "$up_pid"
    up_status=$?
    up_pid=
    [ "$up_status" -eq 0 ] && [ $(($(now) - began)) -le 60 ] &&
        ! server_alive "$up_server" && ! pg_running
}
check "./dev up, TERM" try_up TERM
check "./dev up again, INT" try_up INT
check "./dev up --fresh" try_up TERM --fresh

exit "$failed"
