# shellcheck shell=sh
# A private PostgreSQL: one cluster in one directory, reached by a Unix socket only.
#
#   . tests/support/pg.sh
#   pg_start DIR       initdb when new, then start; sets and exports PGHOST PGUSER PGDATABASE
#   pg_stop DIR        stop it within 8 s; the data stays
#   pg_wipe DIR        stop it and remove what pg_start made in DIR
#   pg_as CMD...       run CMD as the user of the cluster, in /
#
# What is in DIR:    pg/ (the cluster)  pg.log  sock/ (the socket)  .nayose (this directory is ours)
#
# PostgreSQL refuses root, so under root everything runs as `postgres` (else `nobody`). When that user
# cannot reach DIR, a directory below ${TMPDIR:-/tmp} takes its place and PG_HOME tells which; without
# root PG_HOME is DIR itself.
# Nothing listens on TCP and the socket's directory is closed to other users: hence `trust`.
#
# PG_FAST=1   no fsync, for tests that lose nothing when the machine stops. The default keeps the
#             promise that what is acknowledged is committed.
# NAYOSE_PG_TEMPLATE=DIR   a cluster that pg_start made and stopped; a copy of it spares initdb
# The cluster's superuser is `postgres`; the database `nayose` belongs to the plain role `nayose`.

unset PG_USER

# Who runs the cluster: empty = the present user.
pg_user()
{
    [ -z "${PG_USER+set}" ] || return 0
    PG_USER=
    if [ "$(id -u)" -eq 0 ]; then
        if id postgres >/dev/null 2>&1; then
            PG_USER=postgres
        else
            PG_USER=nobody
        fi
    fi
}

# Replaces this (sub)shell by CMD run as the cluster's user: the process id stays that of CMD.
pg_exec()
{
    pg_user
    cd / || exit 1
    if [ -n "$PG_USER" ]; then
        exec setpriv --reuid "$PG_USER" --regid "$(id -g "$PG_USER")" --clear-groups \
            env HOME=/ "$@"
    fi
    exec "$@"
}

pg_as()
{
    (pg_exec "$@")
}

pg_say()
{
    printf '%s\n' "$*" >&2
}

# Sets PG_BIN: the newest installed server from 15 on.
pg_find()
{
    [ -z "${PG_BIN:-}" ] || return 0
    pg_best=14
    for pg_d in /usr/lib/postgresql/*/bin; do
        pg_v=${pg_d%/bin}
        pg_v=${pg_v##*/}
        if [ -x "$pg_d/initdb" ] && [ "$pg_v" -gt "$pg_best" ] 2>/dev/null; then
            pg_best=$pg_v
            PG_BIN=$pg_d
        fi
    done
    if [ -z "${PG_BIN:-}" ]; then
        pg_say "PostgreSQL 15 or later is not installed (Debian: postgresql-15)"
        return 1
    fi
}

# Whether the cluster's user can work in directory $1.
pg_can_use()
{
    # shellcheck disable=SC2016 # the inner shell expands
    pg_as sh -c 'test -d "$1" && test -r "$1" && test -w "$1" && test -x "$1"' sh "$1" 2>/dev/null
}

# Makes directory $1 ours: new or empty ones are marked; a full one of somebody else is refused.
pg_own()
{
    mkdir -p "$1" || return 1
    if [ ! -e "$1/.nayose" ] && [ -n "$(ls -A "$1")" ]; then
        pg_say "$1 is not empty and not a directory of nayose: choose another one"
        return 1
    fi
    : >"$1/.nayose"
    chmod 755 "$1"
    [ -z "$PG_USER" ] || chown "$PG_USER" "$1"
}

# A stand-in below the temporary directory for a $1 that the cluster's user cannot reach. The name
# is predictable (the data must be found again), so a link or a stranger's directory is refused.
pg_stand_in()
{
    for pg_d in "${TMPDIR:-/tmp}" /tmp; do
        if pg_as test -x "$pg_d"; then
            break
        fi
    done
    PG_HOME=$pg_d/nayose-$(printf '%s' "$1" | cksum | cut -d' ' -f1)
    if mkdir -m 700 "$PG_HOME" 2>/dev/null; then
        : >"$PG_HOME/.nayose"
        chown "$PG_USER" "$PG_HOME"
    elif [ -L "$PG_HOME" ] || [ "$(stat -c %U "$PG_HOME")" != "$PG_USER" ]; then
        pg_say "$PG_HOME does not belong to $PG_USER: remove it"
        return 1
    fi
}

# Sets PG_HOME for $1 (absolute): $1 itself, or its stand-in.
pg_home()
{
    pg_user
    mkdir -p "$1" || return 1
    pg_d=$(cd "$1" && pwd) || return 1
    if [ -z "$PG_USER" ] || pg_as test -x "$pg_d" 2>/dev/null; then
        PG_HOME=$pg_d
        pg_own "$PG_HOME" || return 1
        pg_can_use "$PG_HOME" && return 0
        pg_say "$PG_HOME is not writable"
        return 1
    fi
    pg_stand_in "$pg_d" || return 1
    pg_say "user $PG_USER cannot reach $1: the data is in $PG_HOME"
    pg_can_use "$PG_HOME"
}

# Sets PGHOST to the socket's directory. A socket address holds 107 bytes, so below a long path the
# socket moves to a directory of its own; pg.socket remembers it. A new one is made at every start.
pg_socket_dir()
{
    PGHOST=$PG_HOME/sock
    rm -f "$PG_HOME/pg.socket"
    if [ "$(printf '%s' "$PGHOST/.s.PGSQL.5432.lock" | wc -c)" -le 100 ]; then
        mkdir -p "$PGHOST"
    else
        PGHOST=$(mktemp -d /tmp/ny-sock.XXXXXX) || return 1
        printf '%s\n' "$PGHOST" >"$PG_HOME/pg.socket"
    fi
    chmod 700 "$PGHOST" || return 1
    [ -z "$PG_USER" ] || chown "$PG_USER" "$PGHOST"
}

pg_initdb()
{
    [ ! -d "$PG_HOME/pg" ] || return 0
    # Made under another name first: an interrupted initdb must not look like a cluster.
    rm -rf "$PG_HOME/pg.new"
    if [ -n "${NAYOSE_PG_TEMPLATE:-}" ]; then
        cp -a "$NAYOSE_PG_TEMPLATE" "$PG_HOME/pg.new" && mv "$PG_HOME/pg.new" "$PG_HOME/pg"
        return
    fi
    if ! pg_as "$PG_BIN/initdb" -D "$PG_HOME/pg.new" --username=postgres --auth=trust \
        --encoding=UTF8 --locale=C.UTF-8 ${PG_FAST:+--no-sync} >"$PG_HOME/initdb.log" 2>&1; then
        cat "$PG_HOME/initdb.log" >&2
        return 1
    fi
    rm -f "$PG_HOME/initdb.log"
    printf "include 'nayose.conf'\n" >>"$PG_HOME/pg.new/postgresql.conf"
    mv "$PG_HOME/pg.new" "$PG_HOME/pg"
}

# terse and the two zeros keep values (patient data) of failed statements out of pg.log.
pg_configure()
{
    pg_sync=on
    pg_mem=256MB
    if [ -n "${PG_FAST:-}" ]; then
        pg_sync=off
        pg_mem=64MB
    fi
    cat >"$PG_HOME/pg/nayose.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$PGHOST'
unix_socket_permissions = 0700
max_connections = 50
shared_buffers = $pg_mem
max_wal_size = 2GB
wal_compression = lz4
track_wal_io_timing = on
fsync = $pg_sync
synchronous_commit = $pg_sync
full_page_writes = $pg_sync
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_min_error_statement = panic
timezone = 'UTC'
log_timezone = 'UTC'
CONF
}

pg_database()
{
    pg_sql="SELECT 1 FROM pg_database WHERE datname = 'nayose'"
    if [ -z "$(pg_as "$PG_BIN/psql" -XqAt -U postgres -d postgres -c "$pg_sql")" ]; then
        pg_as "$PG_BIN/psql" -XqAt -U postgres -d postgres -v ON_ERROR_STOP=1 \
            -c "CREATE ROLE nayose LOGIN" -c "CREATE DATABASE nayose OWNER nayose"
    fi
}

pg_running()
{
    [ -d "$PG_HOME/pg" ] && pg_as "$PG_BIN/pg_ctl" -D "$PG_HOME/pg" status >/dev/null 2>&1
}

pg_start()
{
    unset PGDATABASE PGUSER PGHOST PGHOSTADDR PGPORT PGSERVICE PGOPTIONS PGPASSWORD
    export LC_ALL=C.UTF-8
    pg_find && pg_home "$1" && pg_initdb || return 1
    if pg_running; then
        pg_halt || return 1 # left behind by a run that was killed
    fi
    pg_socket_dir && pg_configure || return 1
    # A killed machine may need its log replayed before it answers: up to 300 s.
    if ! pg_as "$PG_BIN/pg_ctl" -D "$PG_HOME/pg" -l "$PG_HOME/pg.log" -w -t 300 start \
        >/dev/null 2>&1 9>&-; then
        pg_say "PostgreSQL did not start; the end of $PG_HOME/pg.log:"
        tail -n 20 "$PG_HOME/pg.log" >&2
        return 1
    fi
    export PGHOST
    if ! pg_database; then
        pg_halt
        return 1
    fi
    export PGUSER=nayose PGDATABASE=nayose
}

# Fast stop; when its checkpoint takes too long, an immediate one: the next start replays the log.
pg_halt()
{
    if pg_running; then
        pg_as "$PG_BIN/pg_ctl" -D "$PG_HOME/pg" -m fast -w -t 4 stop >/dev/null 2>&1 ||
            pg_as "$PG_BIN/pg_ctl" -D "$PG_HOME/pg" -m immediate -w -t 4 stop >/dev/null 2>&1
        if pg_running; then
            pg_say "PostgreSQL in $PG_HOME/pg does not stop"
            return 1
        fi
    fi
    if [ -f "$PG_HOME/pg.socket" ]; then
        rm -rf "$(cat "$PG_HOME/pg.socket")"
        rm -f "$PG_HOME/pg.socket"
    fi
}

pg_stop()
{
    pg_find && pg_home "$1" 2>/dev/null && pg_halt
}

# Only the names that pg_start makes: DIR may be a directory the user likes.
pg_wipe()
{
    pg_stop "$1" || return 1
    rm -rf "$PG_HOME/pg" "$PG_HOME/pg.new" "$PG_HOME/pg.log" "$PG_HOME/sock"
}
