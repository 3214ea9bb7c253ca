/* Asynchronous reads: one statement in a segment of its own on the idlest read connection.
 *
 *   start ─▶ on_rows (rows lent to the caller, once) ─▶ on_done (op released)
 *                                        on failure ─▶ on_done tells the caller
 *
 * The ops hang in a list of the store, since a connection that is destroyed calls nobody. */

#include "store_priv.h"

struct ny_db *ny_store_read_connection(struct ny_store *s)
{
    struct ny_db *best = NULL;

    for (size_t i = 0; i < s->n_reads; i++) {
        struct ny_db *db = s->reads[i];

        if (ny_db_is_up(db) && (best == NULL || ny_db_in_flight(db) < ny_db_in_flight(best))) {
            best = db;
        }
    }
    return best;
}

struct read_op *ny_read_create(struct ny_store *s,
                               void (*tell)(struct read_op *, ny_rc, const struct ny_db_result *),
                               void *ctx)
{
    struct read_op *op = ny_calloc(1, sizeof(*op));

    op->store = s;
    op->arena = ny_arena_create(0);
    op->tell = tell;
    op->ctx = ctx;
    op->next = s->ops;
    if (op->next != NULL) {
        op->next->prev = op;
    }
    s->ops = op;
    return op;
}

static void op_destroy(struct read_op *op)
{
    if (op->prev != NULL) {
        op->prev->next = op->next;
    } else {
        op->store->ops = op->next;
    }
    if (op->next != NULL) {
        op->next->prev = op->prev;
    }
    ny_arena_destroy(op->arena);
    ny_free(op);
}

void ny_store_ops_release(struct ny_store *s)
{
    while (s->ops != NULL) {
        struct read_op copy = *s->ops;

        copy.arena = NULL;
        op_destroy(s->ops);
        if (!copy.told) {
            copy.tell(&copy, NY_EDB, NULL);
        }
    }
}

static void on_rows(const struct ny_db_result *r, void *ctx)
{
    struct read_op *op = ctx;

    op->told = true; /* nothing of op is touched after: the caller may have closed the store */
    op->tell(op, NY_OK, r);
}

static void on_done(void *ctx, ny_rc rc, const struct ny_db_failure *failure)
{
    struct read_op *op = ctx;
    struct read_op copy = *op;

    if (rc != NY_OK) {
        ny_log(NY_LOG_WARN, "store_read", "statement=%s sqlstate=%s", failure->statement,
               failure->sqlstate);
    }
    if (copy.told) {
        op_destroy(op);
        return;
    }
    copy.arena = NULL;
    op_destroy(op);
    copy.tell(&copy, rc != NY_OK ? rc : NY_EDB, NULL);
}

ny_rc ny_read_start(struct read_op *op, enum ny_sql stmt, const struct ny_db_param *params,
                    size_t n)
{
    struct ny_db *db = ny_store_read_connection(op->store);
    ny_rc rc = NY_EDB;

    if (db != NULL) {
        /* A statement that could not be sent breaks its segment, and on_done tells it. */
        (void)(ny_db_send(db, stmt, params, n, on_rows, op) == NY_OK);
        rc = ny_db_sync(db, on_done, op);
    }
    if (rc != NY_OK) {
        op_destroy(op);
    }
    return rc;
}

struct ny_db_param ny_compared_text(struct read_op *op, ny_str s)
{
    ny_str text = ny_text_clean(op->arena, s);

    return ny_db_text(text.p != NULL ? text : NY_S(""));
}

/* ---- patients ---- */

static ny_rc patient_row(struct read_op *op, const struct ny_db_result *r, size_t i,
                         struct ny_stored_patient *out)
{
    *out = (struct ny_stored_patient){
        .id = ny_db_get_i64(r, i, 0),
        .version = ny_db_get_i32(r, i, 1),
        .domain = ny_db_get_i32(r, i, 2),
        .local_id = ny_db_get_str(r, i, 3),
        .status = (enum ny_identity_status)ny_db_get_i32(r, i, 4),
        .person = ny_db_get_i64(r, i, 5),
    };
    return ny_demographics_read(op->arena, ny_db_get_jsonb(r, i, 6), &out->patient);
}

static void tell_patients(struct read_op *op, ny_rc rc, const struct ny_db_result *r)
{
    size_t n = rc == NY_OK ? ny_db_rows(r) : 0;
    struct ny_stored_patient *rows =
        rc == NY_OK ? NY_ARENA_ARRAY(op->arena, struct ny_stored_patient, n) : NULL;

    for (size_t i = 0; rc == NY_OK && i < n; i++) {
        rc = patient_row(op, r, i, &rows[i]);
        if (rc != NY_OK) {
            ny_log(NY_LOG_ERROR, "store_demographics", "identity=%lld rc=%s", (long long)rows[i].id,
                   ny_rc_text(rc));
        }
    }
    op->fn.patients(op->ctx, rc, rc == NY_OK ? rows : NULL, rc == NY_OK ? n : 0);
}

ny_rc ny_store_read_patients(struct ny_store *s, const int64_t *ids, size_t n,
                             void (*fn)(void *ctx, ny_rc rc, const struct ny_stored_patient *rows,
                                        size_t n),
                             void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_patients, ctx);
    struct ny_db_param param = ny_numbers_param(op->arena, ids, n);

    op->fn.patients = fn;
    return ny_read_start(op, NY_SQL_READ_PATIENTS, &param, 1);
}

/* ---- resolve ---- */

/* The rows of one answer begin at `at`; the place behind them. */
static size_t answer_read(struct read_op *op, const struct ny_db_result *r, size_t at,
                          struct ny_resolved *out)
{
    int64_t question = ny_db_get_i64(r, at, 4);
    size_t end = at;

    while (end < ny_db_rows(r) && ny_db_get_i64(r, end, 4) == question) {
        end++;
    }
    out->found = true;
    out->person = ny_db_get_i64(r, at, 0);
    out->regional_id = ny_db_get_str(r, at, 1);
    out->members = NY_ARENA_ARRAY(op->arena, struct ny_resolved_member, end - at);
    for (size_t i = at; i < end && !ny_db_is_null(r, i, 2); i++) { /* NULL: nobody is left in it */
        out->members[out->n_members++] =
            (struct ny_resolved_member){ny_db_get_i32(r, i, 2), ny_db_get_str(r, i, 3)};
    }
    return end;
}

static void tell_resolved(struct read_op *op, ny_rc rc, const struct ny_db_result *r)
{
    struct ny_resolved *out =
        rc == NY_OK ? NY_ARENA_ARRAY(op->arena, struct ny_resolved, op->n_asked) : NULL;

    for (size_t at = 0; rc == NY_OK && at < ny_db_rows(r);) {
        at = answer_read(op, r, at, &out[ny_db_get_i64(r, at, 4) - 1]);
    }
    op->fn.resolved(op->ctx, rc, out);
}

/* Texts of a question are cleaned: what PostgreSQL cannot hold is not stored, and so not found. */
ny_rc ny_store_resolve(struct ny_store *s, const struct ny_resolve_question *q, size_t n,
                       void (*fn)(void *ctx, ny_rc rc, const struct ny_resolved *r), void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_resolved, ctx);
    struct ny_db_array domains;
    struct ny_db_array ids;
    struct ny_db_param params[2];

    ny_db_array_init(&domains, NY_OID_INT4, op->arena);
    ny_db_array_init(&ids, NY_OID_TEXT, op->arena);
    for (size_t i = 0; i < n; i++) {
        ny_db_array_add_i32(&domains, q[i].domain);
        ny_db_array_add_text(&ids, ny_text_clean(op->arena, q[i].id));
    }
    params[0] = ny_db_array_end(&domains);
    params[1] = ny_db_array_end(&ids);
    op->fn.resolved = fn;
    op->n_asked = n;
    return ny_read_start(op, NY_SQL_RESOLVE, params, 2);
}

ny_rc ny_store_resolve_at(struct ny_store *s, int32_t domain, ny_str id, int64_t at_us,
                          void (*fn)(void *ctx, ny_rc rc, const struct ny_resolved *r), void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_resolved, ctx);
    struct ny_db_param params[3] = {ny_db_i32(op->arena, domain),
                                    ny_db_text(ny_text_clean(op->arena, id)),
                                    ny_db_time_us(op->arena, at_us)};

    op->fn.resolved = fn;
    op->n_asked = 1;
    return ny_read_start(op, NY_SQL_RESOLVE_AT, params, 3);
}

/* ---- seen ---- */

static void tell_seen(struct read_op *op, ny_rc rc, const struct ny_db_result *r)
{
    bool found = rc == NY_OK && ny_db_rows(r) > 0;

    op->fn.seen(op->ctx, rc, found ? ny_db_get_bytes(r, 0, 0) : NY_STR_NONE);
}

ny_rc ny_store_seen(struct ny_store *s, int32_t source, ny_str control_id,
                    const uint8_t body_hash[NY_SHA256_LEN],
                    void (*fn)(void *ctx, ny_rc rc, ny_str ack), void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_seen, ctx);
    struct ny_db_param params[3] = {ny_db_i32(op->arena, source), ny_compared_text(op, control_id),
                                    ny_db_bytea(ny_str_of((const char *)body_hash, NY_SHA256_LEN))};

    op->fn.seen = fn;
    return ny_read_start(op, NY_SQL_SEEN, params, 3);
}

/* ---- links ---- */

static void tell_links(struct read_op *op, ny_rc rc, const struct ny_db_result *r)
{
    size_t n = rc == NY_OK ? ny_db_rows(r) : 0;
    struct ny_link_row *rows =
        rc == NY_OK ? NY_ARENA_ARRAY(op->arena, struct ny_link_row, n) : NULL;

    for (size_t i = 0; i < n; i++) {
        rows[i] = (struct ny_link_row){ny_db_get_str(r, i, 0), ny_db_get_str(r, i, 1),
                                       ny_db_get_str(r, i, 2)};
    }
    op->fn.links(op->ctx, rc, rows, n);
}

ny_rc ny_store_links(struct ny_store *s, ny_str after_ns, ny_str after_id, int32_t limit,
                     void (*fn)(void *ctx, ny_rc rc, const struct ny_link_row *rows, size_t n),
                     void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_links, ctx);
    struct ny_db_param params[3] = {ny_compared_text(op, after_ns), ny_compared_text(op, after_id),
                                    ny_db_i32(op->arena, limit)};

    op->fn.links = fn;
    return ny_read_start(op, NY_SQL_LINKS, params, 3);
}

ny_rc ny_store_links_at(struct ny_store *s, ny_str after_ns, ny_str after_id, int32_t limit,
                        int64_t at_us,
                        void (*fn)(void *ctx, ny_rc rc, const struct ny_link_row *rows, size_t n),
                        void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_links, ctx);
    struct ny_db_param params[4] = {ny_compared_text(op, after_ns), ny_compared_text(op, after_id),
                                    ny_db_i32(op->arena, limit), ny_db_time_us(op->arena, at_us)};

    op->fn.links = fn;
    return ny_read_start(op, NY_SQL_LINKS_AT, params, 4);
}

/* ---- the outbox ---- */

static void tell_notices(struct read_op *op, ny_rc rc, const struct ny_db_result *r)
{
    size_t n = rc == NY_OK ? ny_db_rows(r) : 0;
    struct ny_notice_view *rows =
        rc == NY_OK ? NY_ARENA_ARRAY(op->arena, struct ny_notice_view, n) : NULL;

    for (size_t i = 0; i < n; i++) {
        rows[i] = (struct ny_notice_view){
            .seq = ny_db_get_i64(r, i, 0),
            .row = {.consumer = ny_db_get_i32(r, i, 1),
                    .person = ny_db_get_i64(r, i, 2),
                    .identities = ny_db_get_str(r, i, 3),
                    .at_us = ny_db_get_time_us(r, i, 4)},
            .parked = ny_db_get_bool(r, i, 5),
            .answer = ny_db_get_str(r, i, 6),
        };
    }
    op->fn.notices(op->ctx, rc, rows, n);
}

ny_rc ny_store_notices_next(struct ny_store *s, int32_t consumer, int64_t after, int32_t limit,
                            void (*fn)(void *ctx, ny_rc rc, const struct ny_notice_view *rows,
                                       size_t n),
                            void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_notices, ctx);
    struct ny_db_param params[3] = {ny_db_i32(op->arena, consumer), ny_db_i64(op->arena, after),
                                    ny_db_i32(op->arena, limit)};

    op->fn.notices = fn;
    return ny_read_start(op, NY_SQL_NOTICES_NEXT, params, 3);
}

ny_rc ny_store_notices(struct ny_store *s, bool parked_only, int64_t after, int32_t limit,
                       void (*fn)(void *ctx, ny_rc rc, const struct ny_notice_view *rows, size_t n),
                       void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_notices, ctx);
    struct ny_db_param params[3] = {ny_db_i64(op->arena, after), ny_db_bool(parked_only),
                                    ny_db_i32(op->arena, limit)};

    op->fn.notices = fn;
    return ny_read_start(op, NY_SQL_NOTICES, params, 3);
}

/* ---- views ---- */

static void tell_view(struct read_op *op, ny_rc rc, const struct ny_db_result *r)
{
    op->fn.view(op->ctx, rc, rc == NY_OK ? ny_db_get_str(r, 0, 0) : NY_STR_NONE);
}

ny_rc ny_store_due(struct ny_store *s, int64_t messages_before_us, int64_t audit_before_us,
                   void (*fn)(void *ctx, ny_rc rc, ny_str names), void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_view, ctx);
    const struct ny_db_param params[] = {ny_db_time_us(op->arena, messages_before_us),
                                         ny_db_time_us(op->arena, audit_before_us)};

    op->fn.view = fn;
    return ny_read_start(op, NY_SQL_DUE, params, NY_ARRAY_LEN(params));
}

ny_rc ny_store_view(struct ny_store *s, enum ny_store_view view, int32_t arg,
                    void (*fn)(void *ctx, ny_rc rc, ny_str json), void *ctx)
{
    static const enum ny_sql statements[] = {
        [NY_VIEW_MODELS] = NY_SQL_VIEW_MODELS,
        [NY_VIEW_MODEL] = NY_SQL_VIEW_MODEL,
        [NY_VIEW_CALIBRATIONS] = NY_SQL_VIEW_CALIBRATIONS,
        [NY_VIEW_LABELS] = NY_SQL_VIEW_LABELS,
        [NY_VIEW_QUEUES] = NY_SQL_VIEW_QUEUES,
        [NY_VIEW_DATABASE] = NY_SQL_VIEW_DATABASE,
        [NY_VIEW_REVIEWS] = NY_SQL_VIEW_REVIEWS,
    };
    struct read_op *op = ny_read_create(s, tell_view, ctx);
    struct ny_db_param param = ny_db_i32(op->arena, arg);

    op->fn.view = fn;
    return ny_read_start(op, statements[view], &param, 1);
}
