/* Whole tables for a worker that compares the registry with its messages. */

#include "nayose/store_reading.h"

#include "store_priv.h"

enum { CHUNK = 500 };

typedef ny_rc (*row_fn)(const struct ny_db_result *r, size_t i, void *ctx);

struct ny_store_reading {
    struct ny_db_block *db;
    struct ny_db_block *said; /* with the table of visits said again: written while db reads */
};

/* Who gets the rows of one call. */
struct rows {
    struct ny_arena *arena;
    union {
        ny_kept_message_fn message;
        ny_rc (*patient)(void *ctx, const struct ny_kept_patient *p);
        ny_rc (*id)(void *ctx, int64_t id);
        ny_rc (*pair)(void *ctx, int64_t id, int64_t other);
        ny_rc (*visit)(void *ctx, const struct ny_visit_row *v);
    } fn;
    void *ctx;
};

ny_rc ny_store_reading_open(struct ny_store *s, struct ny_store_reading **out, struct ny_error *err)
{
    struct ny_store_reading *r = ny_calloc(1, sizeof(*r));
    ny_rc rc = ny_store_block(s->conninfo, &r->db, err);

    rc = rc == NY_OK ? ny_store_block(s->conninfo, &r->said, err) : rc;
    rc = rc == NY_OK ? ny_db_block_script(r->said, ny_sql_text(NY_SQL_SAYING_TABLE), err) : rc;
    if (rc != NY_OK) {
        ny_store_reading_close(r);
        return rc;
    }
    *out = r;
    return NY_OK;
}

void ny_store_reading_close(struct ny_store_reading *r)
{
    if (r != NULL) {
        ny_db_block_close(r->db);
        ny_db_block_close(r->said);
        ny_free(r);
    }
}

static ny_rc read_rows(struct ny_db_block *db, enum ny_sql stmt, const struct ny_db_param *params,
                       size_t n, row_fn row, struct rows *x, struct ny_error *err)
{
    const struct ny_db_reader reader = {CHUNK, row, x};

    return ny_db_block_read(db, ny_sql_text(stmt), params, n, &reader, err);
}

static ny_rc message_row(const struct ny_db_result *r, size_t i, void *ctx)
{
    const struct rows *x = ctx;
    const struct ny_kept_message m = {ny_db_get_i64(r, i, 0), ny_db_get_bytes(r, i, 1),
                                      ny_db_get_bytes(r, i, 2)};

    return x->fn.message(x->ctx, &m);
}

ny_rc ny_store_reading_messages(struct ny_store_reading *r, int64_t from, int64_t before,
                                ny_kept_message_fn fn, void *ctx, struct ny_error *err)
{
    struct rows x = {.fn.message = fn, .ctx = ctx};
    struct ny_arena *a = ny_arena_create(0);
    const struct ny_db_param params[2] = {ny_db_i64(a, from), ny_db_i64(a, before)};
    ny_rc rc = read_rows(r->db, NY_SQL_READING_MESSAGES, params, 2, message_row, &x, err);

    ny_arena_destroy(a);
    return rc;
}

ny_rc ny_store_reading_messages_of(struct ny_store_reading *r, const int64_t *ids, size_t n,
                                   ny_kept_message_fn fn, void *ctx, struct ny_error *err)
{
    struct rows x = {.fn.message = fn, .ctx = ctx};
    struct ny_arena *a = ny_arena_create(0);
    const struct ny_db_param param = ny_numbers_param(a, ids, n);
    ny_rc rc = read_rows(r->db, NY_SQL_READING_MESSAGES_OF, &param, 1, message_row, &x, err);

    ny_arena_destroy(a);
    return rc;
}

static ny_rc patient_row(const struct ny_db_result *r, size_t i, void *ctx)
{
    const struct rows *x = ctx;
    struct ny_kept_patient p = {.id = ny_db_get_i64(r, i, 0), .batch_no = ny_db_get_i64(r, i, 1)};
    ny_rc rc = ny_demographics_read(x->arena, ny_db_get_jsonb(r, i, 2), &p.patient);

    return rc == NY_OK ? x->fn.patient(x->ctx, &p) : rc;
}

ny_rc ny_store_reading_patients(struct ny_store_reading *r, int64_t from, int64_t to,
                                struct ny_arena *a,
                                ny_rc (*fn)(void *ctx, const struct ny_kept_patient *p), void *ctx,
                                struct ny_error *err)
{
    struct rows x = {.arena = a, .fn.patient = fn, .ctx = ctx};
    const struct ny_db_param params[2] = {ny_db_i64(a, from), ny_db_i64(a, to)};

    return read_rows(r->db, NY_SQL_READING_PATIENTS, params, 2, patient_row, &x, err);
}

static ny_rc id_row(const struct ny_db_result *r, size_t i, void *ctx)
{
    const struct rows *x = ctx;

    return x->fn.id(x->ctx, ny_db_get_i64(r, i, 0));
}

ny_rc ny_store_reading_incomplete(struct ny_store_reading *r, ny_rc (*fn)(void *ctx, int64_t id),
                                  void *ctx, struct ny_error *err)
{
    struct rows x = {.fn.id = fn, .ctx = ctx};

    return read_rows(r->db, NY_SQL_READING_INCOMPLETE, NULL, 0, id_row, &x, err);
}

static ny_rc pair_row(const struct ny_db_result *r, size_t i, void *ctx)
{
    const struct rows *x = ctx;

    return x->fn.pair(x->ctx, ny_db_get_i64(r, i, 0), ny_db_get_i64(r, i, 1));
}

ny_rc ny_store_reading_strayed(struct ny_store_reading *r,
                               ny_rc (*fn)(void *ctx, int64_t id, int64_t person), void *ctx,
                               struct ny_error *err)
{
    struct rows x = {.fn.pair = fn, .ctx = ctx};

    return read_rows(r->db, NY_SQL_READING_STRAYED, NULL, 0, pair_row, &x, err);
}

ny_rc ny_store_reading_say(struct ny_store_reading *r, const struct ny_store_batch *b,
                           struct ny_error *err)
{
    return ny_batch_say_visits(r->said, b, err);
}

static ny_rc visit_row(const struct ny_db_result *r, size_t i, void *ctx)
{
    const struct rows *x = ctx;
    const struct ny_visit_row v = {ny_db_get_i64(r, i, 0), ny_db_get_str(r, i, 1),
                                   ny_db_get_str(r, i, 2), ny_db_get_str(r, i, 3)};

    return x->fn.visit(x->ctx, &v);
}

ny_rc ny_store_reading_visits(struct ny_store_reading *r,
                              ny_rc (*fn)(void *ctx, const struct ny_visit_row *v), void *ctx,
                              struct ny_error *err)
{
    struct rows x = {.fn.visit = fn, .ctx = ctx};

    return read_rows(r->said, NY_SQL_SAYING_DIFFERS, NULL, 0, visit_row, &x, err);
}
