/* Whole tables for a worker that compares the registry with its messages. */

#include "nayose/store_reading.h"

#include "store_priv.h"

enum { CHUNK = 500 };

typedef ny_rc (*row_fn)(const struct ny_db_result *r, size_t i, void *ctx);

struct ny_store_reading {
    struct ny_db_block *db;
};

/* Who gets the rows of one call. */
struct rows {
    struct ny_arena *arena;
    union {
        ny_kept_message_fn message;
        ny_rc (*patient)(void *ctx, const struct ny_kept_patient *p);
        ny_rc (*id)(void *ctx, int64_t id);
        ny_rc (*pair)(void *ctx, int64_t id, int64_t other);
    } fn;
    void *ctx;
};

ny_rc ny_store_reading_open(struct ny_store *s, struct ny_store_reading **out, struct ny_error *err)
{
    struct ny_db_block *db = NULL;
    ny_rc rc = ny_store_block(s->conninfo, &db, err);

    if (rc == NY_OK) {
        *out = ny_malloc(sizeof(**out));
        **out = (struct ny_store_reading){db};
    }
    return rc;
}

void ny_store_reading_close(struct ny_store_reading *r)
{
    if (r != NULL) {
        ny_db_block_close(r->db);
        ny_free(r);
    }
}

static ny_rc read_rows(struct ny_store_reading *r, enum ny_sql stmt,
                       const struct ny_db_param *params, size_t n, row_fn row, struct rows *x,
                       struct ny_error *err)
{
    const struct ny_db_reader reader = {CHUNK, row, x};

    return ny_db_block_read(r->db, ny_sql_text(stmt), params, n, &reader, err);
}

static ny_rc message_row(const struct ny_db_result *r, size_t i, void *ctx)
{
    const struct rows *x = ctx;
    const struct ny_kept_message m = {ny_db_get_i64(r, i, 0), ny_db_get_bytes(r, i, 1),
                                      ny_db_get_bytes(r, i, 2)};

    return x->fn.message(x->ctx, &m);
}

ny_rc ny_store_reading_messages(struct ny_store_reading *r, int64_t before, ny_kept_message_fn fn,
                                void *ctx, struct ny_error *err)
{
    struct rows x = {.fn.message = fn, .ctx = ctx};
    struct ny_arena *a = ny_arena_create(0);
    const struct ny_db_param param = ny_db_i64(a, before);
    ny_rc rc = read_rows(r, NY_SQL_READING_MESSAGES, &param, 1, message_row, &x, err);

    ny_arena_destroy(a);
    return rc;
}

ny_rc ny_store_reading_messages_of(struct ny_store_reading *r, const int64_t *ids, size_t n,
                                   ny_kept_message_fn fn, void *ctx, struct ny_error *err)
{
    struct rows x = {.fn.message = fn, .ctx = ctx};
    struct ny_arena *a = ny_arena_create(0);
    const struct ny_db_param param = ny_numbers_param(a, ids, n);
    ny_rc rc = read_rows(r, NY_SQL_READING_MESSAGES_OF, &param, 1, message_row, &x, err);

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

    return read_rows(r, NY_SQL_READING_PATIENTS, params, 2, patient_row, &x, err);
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

    return read_rows(r, NY_SQL_READING_INCOMPLETE, NULL, 0, id_row, &x, err);
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

    return read_rows(r, NY_SQL_READING_STRAYED, NULL, 0, pair_row, &x, err);
}
