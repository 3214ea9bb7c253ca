/* Opening, leading, and what happens when the write connection comes and goes.
 *
 *   open      schema check · UPDATE leader SET epoch + 1 (waits for an open batch) · audit head
 * blocking write up  SETUP · fence · audit head ─▶ ready                                        the
 * first time SETUP · LEAD_AGAIN · audit head ─▶ ready                                   after a
 * loss fenced    for ever: another server leads; only reads go on
 *
 * After a loss the epoch moves by one if it is still ours. A batch that the lost connection left
 * behind on the server is either finished then (the UPDATE waits for its row lock) or fails at its
 * fence later: what was answered NY_EDB cannot be committed behind the back of a registry that went
 * on. */

#include "store_priv.h"

enum { READS_MAX = 64, CHECK_FAILURES_MAX = 10 };

static const int64_t SEEN_KEPT_US = 7 * NY_US_PER_DAY;

/* ---- leading ---- */

static void tell_ready(struct ny_store *s, bool ready)
{
    bool was = s->ready;

    s->ready = ready;
    if (was != ready && s->on_ready != NULL) {
        s->on_ready(s->on_ready_ctx, ready);
    }
}

void ny_store_fenced(struct ny_store *s)
{
    s->fenced = true;
    s->ready = false;
    ny_log(NY_LOG_ERROR, "store_fenced", "epoch=%lld", (long long)s->epoch);
    if (s->on_ready != NULL) {
        s->on_ready(s->on_ready_ctx, false);
    }
}

static void on_led_again(const struct ny_db_result *r, void *ctx)
{
    struct ny_store *s = ctx;

    s->lead_tries = 0;
    if (ny_db_rows(r) == 1) {
        s->epoch = ny_db_get_i64(r, 0, 0);
    } else {
        s->fenced = true; /* told when the segment ends */
    }
}

static void head_read(struct ny_store *s, const struct ny_db_result *r)
{
    s->head = (struct audit_head){0};
    if (ny_db_rows(r) == 1) {
        ny_str hash = ny_db_get_bytes(r, 0, 1);

        NY_ASSERT(hash.n == NY_SHA256_LEN); /* a constraint of the table */
        s->head.seq = ny_db_get_i64(r, 0, 0);
        memcpy(s->head.hash, hash.p, hash.n);
    }
}

static void on_head(const struct ny_db_result *r, void *ctx)
{
    head_read(ctx, r);
}

static void check_start(struct ny_store *s);

static void on_checked(void *ctx, ny_rc rc, const struct ny_db_failure *failure)
{
    struct ny_store *s = ctx;

    if (rc != NY_OK && failure->lost) {
        return; /* the next connection checks again */
    }
    if (rc != NY_OK && ny_store_failure_rc(failure) != NY_EFENCED) {
        ny_log(NY_LOG_ERROR, "store_check", "statement=%s sqlstate=%s", failure->statement,
               failure->sqlstate);
        if (++s->check_failures < CHECK_FAILURES_MAX) {
            check_start(s); /* mostly a timeout behind a batch that still holds the row */
        }
        return;
    }
    if (rc != NY_OK || s->fenced) {
        ny_store_fenced(s);
        return;
    }
    s->was_up = true;
    s->check_failures = 0;
    tell_ready(s, true);
}

static ny_rc send_setup(struct ny_db *db)
{
    static const char *const settings[][2] = {
        {"plan_cache_mode",  "force_generic_plan"},
        {"enable_seqscan",   "off"               },
        {"enable_hashjoin",  "off"               },
        {"enable_mergejoin", "off"               },
        {"jit",              "off"               },
        {"TimeZone",         "UTC"               },
    };
    struct ny_arena *a = ny_arena_create(0);
    struct ny_columns c;
    ny_rc rc;

    ny_columns_init(&c, NY_SQL_SETUP, a);
    for (size_t i = 0; i < NY_ARRAY_LEN(settings); i++) {
        ny_col_text(&c, ny_str_from_c(settings[i][0]));
        ny_col_text(&c, ny_str_from_c(settings[i][1]));
        ny_col_end(&c);
    }
    rc = ny_columns_send(&c, db);
    ny_arena_destroy(a);
    return rc;
}

static ny_rc send_lead(struct ny_store *s, struct ny_arena *a)
{
    struct ny_db_param params[3] = {ny_db_i64(a, s->epoch)};

    if (!s->was_up) {
        return ny_db_send(s->write, NY_SQL_FENCE, params, 1, NULL, NULL);
    }
    params[0] = ny_db_text(s->holder);
    params[1] = ny_db_i64(a, s->epoch);
    params[2] = ny_db_i64(a, s->epoch + s->lead_tries);
    s->lead_tries++;
    return ny_db_send(s->write, NY_SQL_LEAD_AGAIN, params, 3, on_led_again, s);
}

/* A send or sync that fails here means that the connection is about to be told lost. */
static void check_start(struct ny_store *s)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_db_param chain = ny_db_text(s->holder);
    ny_rc rc = send_setup(s->write);

    rc = rc != NY_OK ? rc : send_lead(s, a);
    rc = rc != NY_OK ? rc : ny_db_send(s->write, NY_SQL_AUDIT_HEAD, &chain, 1, on_head, s);
    if (ny_db_sync(s->write, on_checked, s) != NY_OK || rc != NY_OK) {
        ny_log(NY_LOG_WARN, "store_check_not_sent", "error=%s",
               ny_log_safe(ny_str_from_c(ny_db_last_error(s->write))));
    }
    ny_arena_destroy(a);
}

static void on_write_state(struct ny_db *db, bool up, void *ctx)
{
    struct ny_store *s = ctx;

    (void)db;
    if (!up) {
        ny_log(NY_LOG_WARN, "store_write_lost", "error=%s",
               ny_log_safe(ny_str_from_c(ny_db_last_error(s->write))));
        tell_ready(s, false);
    } else if (!s->fenced) {
        s->check_failures = 0;
        check_start(s);
    }
}

static void on_read_state(struct ny_db *db, bool up, void *ctx)
{
    struct ny_store *s = ctx;

    if (!up) {
        return;
    }
    if (send_setup(db) != NY_OK || ny_db_sync(db, NULL, NULL) != NY_OK) {
        ny_log(NY_LOG_WARN, "store_read_setup", "error=%s",
               ny_log_safe(ny_str_from_c(ny_db_last_error(db))));
    }
    if (s->ready && s->on_ready != NULL) {
        s->on_ready(s->on_ready_ctx, true); /* who could not read until now */
    }
}

/* ---- life ---- */

static ny_rc lead_block(struct ny_store *s, struct ny_db_block *b, struct ny_error *err)
{
    struct ny_db_param holder = ny_db_text(s->holder);
    struct ny_db_result *r = NULL;
    ny_rc rc = ny_schema_check(b, err);

    rc = rc != NY_OK ? rc : ny_db_block_query(b, ny_sql_text(NY_SQL_LEAD), &holder, 1, &r, err);
    if (rc != NY_OK) {
        return rc;
    }
    if (ny_db_rows(r) == 1) {
        s->epoch = ny_db_get_i64(r, 0, 0);
    } else {
        rc = ny_fail(err, NY_EDB, "table leader has no row");
    }
    ny_db_result_free(r);
    return rc;
}

/* Partitions of this month and the next, and old rows away. */
static ny_rc prune_block(struct ny_db_block *b, struct ny_error *err)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_db_param before = ny_db_time_us(a, ny_clock_now_us() - SEEN_KEPT_US);
    ny_rc rc = ny_db_block_query(b, ny_sql_text(NY_SQL_PARTITIONS), NULL, 0, NULL, err);

    rc = rc != NY_OK ? rc
                     : ny_db_block_query(b, ny_sql_text(NY_SQL_PRUNE_SEEN), &before, 1, NULL, err);
    rc = rc != NY_OK ? rc
                     : ny_db_block_query(b, ny_sql_text(NY_SQL_PRUNE_BEATS), &before, 1, NULL, err);
    ny_arena_destroy(a);
    return rc;
}

static void connections_start(struct ny_store *s, unsigned n_reads)
{
    struct ny_db_config cfg = {.conninfo = s->conninfo,
                               .application = "nayose write",
                               .writer = true,
                               .statement_timeout_us = s->statement_timeout_us,
                               .statements = ny_sql_statements(),
                               .n_statements = NY_SQL_PREPARED};

    s->write = ny_db_create(s->loop, &cfg, on_write_state, s);
    s->n_reads = n_reads == 0 ? 1 : n_reads > READS_MAX ? READS_MAX : n_reads;
    s->reads = ny_calloc(s->n_reads, sizeof(struct ny_db *));
    cfg.application = "nayose read";
    cfg.writer = false;
    for (size_t i = 0; i < s->n_reads; i++) {
        s->reads[i] = ny_db_create(s->loop, &cfg, on_read_state, s);
    }
}

ny_rc ny_store_open(struct ny_loop *loop, const struct ny_store_config *cfg, struct ny_store **out,
                    struct ny_error *err)
{
    struct ny_store *s = ny_calloc(1, sizeof(*s));
    struct ny_db_block *b = NULL;
    ny_rc rc;

    s->loop = loop;
    s->conninfo = ny_str_dup(ny_str_from_c(cfg->conninfo));
    s->holder = ny_str_from_c(ny_str_dup(ny_str_from_c(cfg->holder)));
    s->statement_timeout_us = (int64_t)cfg->statement_timeout_s * NY_US_PER_SECOND;
    s->scratch = ny_arena_create(0);
    rc = ny_store_block(s->conninfo, &b, err);
    rc = rc != NY_OK ? rc : lead_block(s, b, err);
    rc = rc != NY_OK ? rc : prune_block(b, err);
    ny_db_block_close(b);
    if (rc != NY_OK) {
        ny_store_close(s);
        return rc;
    }
    connections_start(s, cfg->read_connections);
    *out = s;
    return NY_OK;
}

void ny_store_close(struct ny_store *s)
{
    if (s == NULL) {
        return;
    }
    ny_db_destroy(s->write);
    for (size_t i = 0; i < s->n_reads; i++) {
        ny_db_destroy(s->reads[i]);
    }
    s->n_reads = 0; /* who is told now and asks again gets NY_EDB */
    ny_store_abandon(s);
    ny_store_ops_release(s);
    ny_arena_destroy(s->scratch);
    ny_free(s->reads);
    ny_free(s->conninfo);
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): ours, see ny_store_open */
    ny_free((char *)(uintptr_t)s->holder.p);
    ny_free(s);
}

int64_t ny_store_epoch(const struct ny_store *s)
{
    return s->epoch;
}

bool ny_store_is_ready(const struct ny_store *s)
{
    bool reads = s->n_reads == 0;

    for (size_t i = 0; i < s->n_reads && !reads; i++) {
        reads = ny_db_is_up(s->reads[i]);
    }
    return s->ready && reads;
}

void ny_store_on_ready(struct ny_store *s, void (*fn)(void *ctx, bool ready), void *ctx)
{
    s->on_ready = fn;
    s->on_ready_ctx = ctx;
}

/* ---- housekeeping ---- */

static void on_pruned(void *ctx, ny_rc rc, const struct ny_db_failure *failure)
{
    (void)ctx;
    if (rc != NY_OK) {
        ny_log(NY_LOG_WARN, "store_prune", "statement=%s sqlstate=%s", failure->statement,
               failure->sqlstate);
    }
}

/* On a read connection, each statement its own transaction: the locks of a new partition are short.
 */
ny_rc ny_store_prune(struct ny_store *s)
{
    struct ny_db *db = ny_store_read_connection(s);
    struct ny_arena *a;
    struct ny_db_param before;
    ny_rc rc;

    if (db == NULL) {
        return NY_EDB;
    }
    a = ny_arena_create(0);
    before = ny_db_time_us(a, ny_clock_now_us() - SEEN_KEPT_US);
    rc = ny_db_send(db, NY_SQL_PARTITIONS, NULL, 0, NULL, NULL);
    rc = rc != NY_OK ? rc : ny_db_sync(db, on_pruned, s);
    rc = rc != NY_OK ? rc : ny_db_send(db, NY_SQL_PRUNE_SEEN, &before, 1, NULL, NULL);
    rc = rc != NY_OK ? rc : ny_db_sync(db, on_pruned, s);
    rc = rc != NY_OK ? rc : ny_db_send(db, NY_SQL_PRUNE_BEATS, &before, 1, NULL, NULL);
    rc = rc != NY_OK ? rc : ny_db_sync(db, on_pruned, s);
    ny_arena_destroy(a);
    return rc;
}
