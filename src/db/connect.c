/* The life of a pipelined connection: settings, connecting, preparing, losing it and trying again.
 *
 *   WAITING ──start──▶ CONNECTING ──PQconnectPoll OK──▶ PREPARING ──sync──▶ UP
 *      ▲ pause 0.1 … 5 s, jittered │                        │               │
 *      └───────────────────────────┴────── ny_db_lost() ────┴───────────────┘
 *
 * libpq may change its socket while it tries the addresses of a host, so the watcher is armed anew
 * after each poll. */

#include "db_priv.h"

#include <stdio.h>
#include <stdlib.h>

static const int64_t PAUSE_FIRST_US = 100000;
static const int64_t PAUSE_LONGEST_US = 5 * NY_US_PER_SECOND;
static const int64_t PATIENCE_US = 15 * NY_US_PER_SECOND;

void ny_db_copy_text(char *dst, size_t cap, const char *text)
{
    size_t n = text != NULL ? strcspn(text, "\r\n") : 0;

    snprintf(dst, cap, "%.*s", (int)n, text != NULL ? text : "");
}

/* ---- settings ---- */

/* The options of the conninfo, to which ours are added (a second "options" would replace them). */
static char *options_of(const char *conninfo)
{
    char *text = NULL;
    PQconninfoOption *all = PQconninfoParse(conninfo, NULL);

    for (PQconninfoOption *o = all; o != NULL && o->keyword != NULL; o++) {
        if (strcmp(o->keyword, "options") == 0 && o->val != NULL) {
            text = ny_str_dup(ny_str_from_c(o->val));
        }
    }
    PQconninfoFree(all);
    return text;
}

static void setting_add(struct db_settings *s, size_t *n, const char *keyword, const char *value)
{
    NY_ASSERT(*n + 1 < DB_MAX_SETTINGS);
    s->keywords[*n] = keyword;
    s->values[*n] = value;
    ++*n;
    s->keywords[*n] = NULL;
    s->values[*n] = NULL;
}

void ny_db_settings_init(struct db_settings *s, const struct ny_db_config *cfg)
{
    enum { OPTIONS_MAX = 1024 };
    size_t n = 0;
    char *given = options_of(cfg->conninfo);

    s->conninfo = ny_str_dup(ny_str_from_c(cfg->conninfo));
    s->application =
        ny_str_dup(cfg->application != NULL ? ny_str_from_c(cfg->application) : NY_S("nayose"));
    s->options = ny_malloc(OPTIONS_MAX);
    snprintf(s->options, OPTIONS_MAX, "%s -c statement_timeout=%lld%s", given != NULL ? given : "",
             (long long)(cfg->statement_timeout_us / 1000),
             cfg->writer ? " -c idle_in_transaction_session_timeout=2000" : "");
    ny_free(given);
    setting_add(s, &n, "dbname", s->conninfo); /* expanded; what follows it wins */
    setting_add(s, &n, "application_name", s->application);
    setting_add(s, &n, "options", s->options);
    setting_add(s, &n, "client_encoding", "UTF8");
    setting_add(s, &n, "keepalives", "1");
    setting_add(s, &n, "keepalives_idle", "10");
    setting_add(s, &n, "keepalives_interval", "3");
    setting_add(s, &n, "keepalives_count", "3");
    setting_add(s, &n, "tcp_user_timeout", "10000");
}

void ny_db_settings_finish(struct db_settings *s)
{
    ny_free(s->conninfo);
    ny_free(s->application);
    ny_free(s->options);
    *s = (struct db_settings){0};
}

static void on_notice(void *ctx, const PGresult *res)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

    (void)ctx;
    ny_log(NY_LOG_DEBUG, "db_notice", "sqlstate=%s", state != NULL ? state : "-");
}

void ny_db_silence_notices(PGconn *pg)
{
    (void)PQsetNoticeReceiver(pg, on_notice, NULL);
}

/* ---- connecting ---- */

static void set_state(struct ny_db *db, enum db_state state)
{
    static const char *const names[] = {"?", "waiting", "connecting", "preparing", "up", "dead"};

    ny_log(NY_LOG_DEBUG, "db_state", "from=%s to=%s", names[db->state], names[state]);
    NY_ASSERT(db->state != DB_DEAD);
    NY_ASSERT(state <= DB_CONNECTING || state == DB_DEAD || state == db->state + 1);
    db->state = state;
}

static void watch_stop(struct ny_db *db)
{
    ev_io_stop(ny_loop_ev(db->loop), &db->read);
    ev_io_stop(ny_loop_ev(db->loop), &db->write);
}

static void arm(struct ny_db *db, ev_io *w, int events)
{
    ev_io_stop(ny_loop_ev(db->loop), w);
    ev_io_set(w, PQsocket(db->pg), events);
    ev_io_start(ny_loop_ev(db->loop), w);
}

static void prepare_all(struct ny_db *db)
{
    if (PQsetnonblocking(db->pg, 1) != 0 || PQenterPipelineMode(db->pg) != 1) {
        ny_db_lost(db, "pipeline mode");
        return;
    }
    arm(db, &db->read, EV_READ);
    for (size_t i = 0; i < db->n_statements; i++) {
        const struct ny_db_statement *st = &db->statements[i];

        if (PQsendPrepare(db->pg, st->name, st->sql, st->n_params, st->param_types) != 1) {
            ny_db_lost(db, "prepare");
            return;
        }
        ny_db_owe(db, (struct db_owed){.statement = st->name});
    }
    if (PQpipelineSync(db->pg) != 1) {
        ny_db_lost(db, "prepare");
        return;
    }
    ny_db_owe(db, (struct db_owed){.is_sync = true, .on_done = ny_db_on_prepared, .ctx = db});
    ny_db_flush(db);
}

void ny_db_on_prepared(void *ctx, ny_rc rc, const struct ny_db_failure *failure)
{
    struct ny_db *db = ctx;

    if (rc != NY_OK) {
        if (!failure->lost) { /* a statement and the schema do not fit; it may be migrated yet */
            ny_log(NY_LOG_ERROR, "db_prepare_failed", "statement=%s sqlstate=%s text=%s",
                   failure->statement, failure->sqlstate,
                   ny_log_safe(ny_str_from_c(failure->text)));
            ny_db_lost(db, "prepare");
            ny_db_copy_text(db->last_error, sizeof(db->last_error), failure->text);
        }
        return;
    }
    ny_timer_stop(db->patience);
    db->pause_us = PAUSE_FIRST_US;
    set_state(db, DB_UP);
    db->on_state(db, true, db->ctx);
}

static void connect_poll(struct ny_db *db)
{
    switch (PQconnectPoll(db->pg)) {
    case PGRES_POLLING_READING:
        arm(db, &db->read, EV_READ);
        break;
    case PGRES_POLLING_WRITING:
        arm(db, &db->read, EV_WRITE);
        break;
    case PGRES_POLLING_OK:
        set_state(db, DB_PREPARING);
        prepare_all(db);
        break;
    case PGRES_POLLING_FAILED:
    case PGRES_POLLING_ACTIVE:
    default:
        ny_db_lost(db, "connect");
        break;
    }
}

static void on_read_event(struct ev_loop *ev, ev_io *w, int revents)
{
    struct ny_db *db = w->data;

    (void)ev;
    (void)revents;
    if (db->state == DB_CONNECTING) {
        connect_poll(db);
    } else {
        ny_db_on_readable(db);
    }
}

static void on_write_event(struct ev_loop *ev, ev_io *w, int revents)
{
    struct ny_db *db = w->data;

    (void)ev;
    (void)revents;
    ny_db_flush(db);
}

static void start(void *ctx)
{
    struct ny_db *db = ctx;

    set_state(db, DB_CONNECTING);
    ny_timer_start(db->patience, PATIENCE_US, 0);
    db->pg = PQconnectStartParams(db->settings.keywords, db->settings.values, 1);
    NY_ASSERT(db->pg != NULL);
    ny_db_silence_notices(db->pg);
    if (PQstatus(db->pg) == CONNECTION_BAD) {
        ny_db_lost(db, "connect");
        return;
    }
    arm(db, &db->read, EV_WRITE); /* as if the first poll had asked for it */
}

static void on_patience_end(void *ctx)
{
    ny_db_lost(ctx, "connect timeout");
}

/* Half to all of the pause, so that many servers do not come back at the same moment. */
static int64_t jittered(int64_t us)
{
    return us / 2 + (int64_t)arc4random_uniform((uint32_t)(us / 2));
}

void ny_db_lost(struct ny_db *db, const char *where)
{
    bool was_up = db->state == DB_UP;

    if (db->state == DB_WAITING || db->state == DB_DEAD) {
        return;
    }
    watch_stop(db); /* before libpq closes its socket */
    ny_timer_stop(db->patience);
    ny_db_copy_text(db->last_error, sizeof(db->last_error), PQerrorMessage(db->pg));
    ny_log(NY_LOG_WARN, "db_lost", "while=\"%s\" text=%s", where,
           ny_log_safe(ny_str_from_c(db->last_error)));
    PQfinish(db->pg);
    db->pg = NULL;
    set_state(db, DB_WAITING);
    ny_timer_start(db->retry, jittered(db->pause_us), 0);
    db->pause_us = db->pause_us * 2 < PAUSE_LONGEST_US ? db->pause_us * 2 : PAUSE_LONGEST_US;
    if (db->segment_open) {
        db->segment_broken = true;
    }
    ny_db_fail_all(db, db->last_error);
    if (was_up && db->state != DB_DEAD) {
        db->on_state(db, false, db->ctx);
    }
}

/* ---- life ---- */

struct ny_db *ny_db_create(struct ny_loop *loop, const struct ny_db_config *cfg,
                           ny_db_state_fn on_state, void *ctx)
{
    struct ny_db *db = ny_calloc(1, sizeof(*db));

    db->loop = loop;
    db->on_state = on_state;
    db->ctx = ctx;
    db->statements = cfg->statements;
    db->n_statements = cfg->n_statements;
    db->state = DB_WAITING;
    db->pause_us = PAUSE_FIRST_US;
    ny_db_settings_init(&db->settings, cfg);
    ev_io_init(&db->read, on_read_event, -1, EV_READ);
    ev_io_init(&db->write, on_write_event, -1, EV_WRITE);
    db->read.data = db;
    db->write.data = db;
    db->retry = ny_timer_create(loop, start, db);
    db->patience = ny_timer_create(loop, on_patience_end, db);
    ny_timer_start(db->retry, 0, 0); /* on the loop, so that no callback comes from here */
    return db;
}

static void release(void *ctx)
{
    struct ny_db *db = ctx;

    PQfinish(db->pg);
    ny_db_settings_finish(&db->settings);
    ny_free(db->owed);
    ny_free(db);
}

void ny_db_destroy(struct ny_db *db)
{
    if (db == NULL || db->state == DB_DEAD) {
        return;
    }
    set_state(db, DB_DEAD);
    watch_stop(db);
    ny_timer_destroy(db->retry);
    ny_timer_destroy(db->patience);
    ny_loop_defer(db->loop, release, db); /* a callback of it may be running */
}

bool ny_db_is_up(const struct ny_db *db)
{
    return db->state == DB_UP;
}

const char *ny_db_last_error(const struct ny_db *db)
{
    return db->last_error;
}
