# shellcheck shell=sh
# A running nayosed with its private PostgreSQL, for ./dev up, the demo, benches and integration tests.
#
#   NY_ROOT=/path/of/the/tree; . "$NY_ROOT/tests/support/server.sh"
#   server_start DIR    PostgreSQL, nayosed --migrate, nayosed; returns when it is ready
#   server_stop DIR     stops both within 10 s; fails when nayosed did not end with status 0
#   server_end_child    ends nayosed alone; its status is in SERVER_STATUS
#   server_kill DIR     SIGKILL for nayosed alone (fault tests); PostgreSQL stays
#   server_resume DIR   starts nayosed again beside the same PostgreSQL
#   server_wipe DIR     stops both and removes their data
#
# In:  NAYOSE_BIN         directory of nayosed and nayose (default build/release/bin)
#      NAYOSE_MLLP_PORT   NAYOSE_HTTP_PORT   default 0: nayosed picks free ones
#      NAYOSE_CONF_EXTRA  a file whose sections are put at the end of nayosed.conf
#      PG_FAST=1          see pg.sh
# Out, exported: NAYOSE_MLLP=127.0.0.1:PORT  NAYOSE_HTTP=127.0.0.1:PORT  NAYOSE_SERVER=admin socket
#      (the default of the nayose command)  NAYOSE_CONF  NAYOSE_LOG  PGHOST PGUSER PGDATABASE (psql works)
#      SERVER_PID, SERVER_STATUS after server_stop
#
# Under root both run as an unprivileged user; DIR may be replaced by a stand-in (see pg.sh, PG_HOME).
# A second start in the same DIR is refused by a lock while the first shell lives.

# shellcheck source=tests/support/pg.sh
. "$NY_ROOT/tests/support/pg.sh"

# Alive, and not a zombie that only waits to be reaped.
server_alive()
{
    kill -0 "$1" 2>/dev/null && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null
}

# The nayosed that a killed run left behind in PG_HOME.
server_reap_left()
{
    if [ -f "$PG_HOME/nayosed.pid" ]; then
        server_left=$(cat "$PG_HOME/nayosed.pid")
        if [ "$(cat "/proc/$server_left/comm" 2>/dev/null)" = nayosed ]; then
            server_end "$server_left"
        fi
        rm -f "$PG_HOME/nayosed.pid"
    fi
}

# TERM, five seconds, KILL.
server_end()
{
    kill -TERM "$1" 2>/dev/null
    server_tick=0
    while server_alive "$1"; do
        if [ "$server_tick" -ge 250 ]; then
            pg_say "nayosed $1 did not stop within 5 s: killed"
            kill -KILL "$1" 2>/dev/null
            return 1
        fi
        server_tick=$((server_tick + 1))
        sleep 0.02
    done
}

server_lock()
{
    exec 9>"$PG_HOME/.lock"
    if ! flock -n 9; then
        exec 9>&-
        pg_say "$PG_HOME is in use by another run"
        return 1
    fi
}

# The program where the unprivileged user can execute it: in place, or a copy.
server_binary()
{
    server_bin=${NAYOSE_BIN:-$NY_ROOT/build/release/bin}/nayosed
    if [ ! -x "$server_bin" ]; then
        pg_say "$server_bin is missing: ./dev build release"
        return 1
    fi
    if ! pg_as test -x "$server_bin" 2>/dev/null; then
        install -D -m 755 "$server_bin" "$PG_HOME/bin/nayosed" || return 1
        server_bin=$PG_HOME/bin/nayosed
    fi
}

server_conf()
{
    NAYOSE_CONF=$PG_HOME/nayosed.conf
    server_admin=$PG_HOME/admin.sock
    if [ "$(printf '%s' "$server_admin" | wc -c)" -gt 100 ]; then
        server_admin=$PGHOST/admin.sock # a socket address holds 107 bytes
    fi
    rm -f "$server_admin"
    {
        cat <<CONF
[listener mllp-main]
type = mllp
bind = 127.0.0.1
port = ${NAYOSE_MLLP_PORT:-0}

[listener http-main]
type = http
bind = 127.0.0.1
port = ${NAYOSE_HTTP_PORT:-0}

[listener admin]
type = admin
path = $server_admin

[database]
conninfo = host=$PGHOST dbname=nayose user=nayose
CONF
        [ -z "${NAYOSE_CONF_EXTRA:-}" ] || cat "$NAYOSE_CONF_EXTRA"
    } >"$NAYOSE_CONF"
    chmod 644 "$NAYOSE_CONF"
    export NAYOSE_CONF
}

# Everything but the server itself: database up, configuration written, schema brought up to date.
server_prepare()
{
    pg_find && pg_home "$1" && server_lock || return 1
    server_reap_left
    pg_start "$1" || return 1
    if ! { server_binary && server_conf; }; then
        pg_halt
        return 1
    fi
    if ! pg_as "$server_bin" --config "$NAYOSE_CONF" --migrate 9>&-; then
        pg_say "nayosed --migrate failed"
        pg_halt
        return 1
    fi
}

# Waits for the line `nayosed ready mllp=A:P http=A:P admin=PATH` in the log and takes it apart.
server_wait_ready()
{
    server_tick=0
    until grep -q '^nayosed ready ' "$NAYOSE_LOG"; do
        if ! server_alive "$SERVER_PID"; then
            pg_say "nayosed ended before it was ready; the end of its log:"
            tail -n 20 "$NAYOSE_LOG" >&2
            return 1
        fi
        if [ "$server_tick" -ge 2400 ]; then
            pg_say "nayosed is not ready after 120 s; the end of its log:"
            tail -n 20 "$NAYOSE_LOG" >&2
            return 1
        fi
        server_tick=$((server_tick + 1))
        sleep 0.05
    done
    server_line=$(grep -m1 '^nayosed ready ' "$NAYOSE_LOG")
    NAYOSE_MLLP=${server_line#*mllp=} NAYOSE_MLLP=${NAYOSE_MLLP%% *}
    NAYOSE_HTTP=${server_line#*http=} NAYOSE_HTTP=${NAYOSE_HTTP%% *}
    NAYOSE_SERVER=${server_line#*admin=}
    export NAYOSE_MLLP NAYOSE_HTTP NAYOSE_SERVER
}

server_run()
{
    export NAYOSE_LOG="$PG_HOME/nayosed.log"
    : >"$NAYOSE_LOG"
    pg_exec "$server_bin" --config "$NAYOSE_CONF" </dev/null >"$NAYOSE_LOG" 2>&1 9>&- &
    SERVER_PID=$!
    printf '%s\n' "$SERVER_PID" >"$PG_HOME/nayosed.pid"
    if ! server_wait_ready; then
        server_stop "$1"
        return 1
    fi
}

server_start()
{
    server_prepare "$1" && server_run "$1"
}

server_resume()
{
    pg_home "$1" && server_conf && server_run "$1"
}

# Ends nayosed and keeps its exit status; 0 when it is no child of this shell.
server_end_child()
{
    SERVER_STATUS=0
    [ -n "${SERVER_PID:-}" ] || return 0
    server_end "$SERVER_PID" || SERVER_STATUS=137
    wait "$SERVER_PID" 2>/dev/null
    server_got=$?
    if [ "$server_got" -ne 127 ] && [ "$SERVER_STATUS" -eq 0 ]; then
        SERVER_STATUS=$server_got
    fi
    SERVER_PID=
}

server_stop()
{
    pg_find && pg_home "$1" 2>/dev/null || return 1
    server_end_child
    server_reap_left
    pg_halt || SERVER_STATUS=1
    exec 9>&-
    if [ "$SERVER_STATUS" -ne 0 ]; then
        pg_say "nayosed ended with status $SERVER_STATUS"
        [ ! -s "${NAYOSE_LOG:-}" ] || tail -n 40 "$NAYOSE_LOG" >&2
        return 1
    fi
}

server_kill()
{
    kill -KILL "$SERVER_PID" 2>/dev/null
    wait "$SERVER_PID" 2>/dev/null
    SERVER_PID=
    pg_home "$1" 2>/dev/null && rm -f "$PG_HOME/nayosed.pid"
}

server_wipe()
{
    pg_find && pg_home "$1" && server_lock || return 1
    server_reap_left
    pg_wipe "$1" || return 1
    rm -rf "${PG_HOME:?}/bin" "$PG_HOME/nayosed.conf" "$PG_HOME/nayosed.log" "$PG_HOME/admin.sock"
    exec 9>&-
}
