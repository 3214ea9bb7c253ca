/* What happened to somebody, and one event of membership with both of its sides. */

#include "store_priv.h"

/* ---- history ---- */

static ny_rc history_row(struct read_op *op, const struct ny_db_result *r, size_t i,
                         struct ny_history_row *out)
{
    struct ny_patient *now;

    *out = (struct ny_history_row){.kind = (enum ny_history_kind)ny_db_get_i32(r, i, 0),
                                   .at_us = ny_db_get_time_us(r, i, 1),
                                   .identity = ny_db_get_i64(r, i, 2),
                                   .number = ny_db_get_i64(r, i, 3),
                                   .other = ny_db_get_i64(r, i, 4),
                                   .what = ny_db_get_i32(r, i, 5),
                                   .role = (enum ny_pin_role)ny_db_get_i32(r, i, 6),
                                   .control_id = ny_db_get_str(r, i, 7),
                                   .who = ny_db_get_str(r, i, 8),
                                   .reason = ny_db_get_str(r, i, 9),
                                   .from_person = ny_db_get_i64(r, i, 10),
                                   .person = ny_db_get_i64(r, i, 11),
                                   .total_b1024 = ny_db_get_i32(r, i, 12)};
    if (out->kind != NY_HISTORY_VERSION) {
        return NY_OK;
    }
    now = NY_ARENA_NEW(op->arena, struct ny_patient);
    out->now = now;
    return now != NULL ? ny_demographics_read(op->arena, ny_db_get_jsonb(r, i, 13), now)
                       : NY_ELIMIT;
}

static void tell_history(struct read_op *op, ny_rc rc, const struct ny_db_result *r)
{
    size_t n = rc == NY_OK ? ny_db_rows(r) : 0;
    struct ny_history_row *rows =
        rc == NY_OK ? NY_ARENA_ARRAY(op->arena, struct ny_history_row, n) : NULL;

    for (size_t i = 0; rc == NY_OK && i < n; i++) {
        rc = history_row(op, r, i, &rows[i]);
    }
    op->fn.history(op->ctx, rc, rc == NY_OK ? rows : NULL, rc == NY_OK ? n : 0);
}

ny_rc ny_store_history(struct ny_store *s, const int64_t *ids, size_t n, const int64_t *persons,
                       size_t n_persons,
                       void (*fn)(void *ctx, ny_rc rc, const struct ny_history_row *rows, size_t n),
                       void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_history, ctx);
    struct ny_db_param params[2] = {ny_numbers_param(op->arena, ids, n),
                                    ny_numbers_param(op->arena, persons, n_persons)};

    op->fn.history = fn;
    return ny_read_start(op, NY_SQL_HISTORY, params, 2);
}

/* ---- an event ---- */

static void tell_event(struct read_op *op, ny_rc rc, const struct ny_db_result *r)
{
    size_t n = rc == NY_OK ? ny_db_rows(r) : 0;
    int64_t *ids = n > 0 ? NY_ARENA_ARRAY(op->arena, int64_t, n) : NULL;
    struct ny_event_view v = {.moved = ids};
    size_t *const sides[] = {&v.n_moved, &v.n_there, &v.n_stayed};

    if (n > 0) {
        v.identity = ny_db_get_i64(r, 0, 0);
        v.from_person = ny_db_get_i64(r, 0, 1);
        v.person = ny_db_get_i64(r, 0, 2);
        v.cause = (enum ny_membership_cause)ny_db_get_i32(r, 0, 3);
        v.at_us = ny_db_get_time_us(r, 0, 4);
    }
    for (size_t i = 0; i < n; i++) {
        ids[i] = ny_db_get_i64(r, i, 5);
        (*sides[ny_db_get_i32(r, i, 6)])++;
    }
    v.there = n > 0 ? ids + v.n_moved : NULL;
    v.stayed = n > 0 ? v.there + v.n_there : NULL;
    op->fn.event(op->ctx, rc, rc == NY_OK ? &v : NULL);
}

ny_rc ny_store_event(struct ny_store *s, int64_t number,
                     void (*fn)(void *ctx, ny_rc rc, const struct ny_event_view *v), void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_event, ctx);
    struct ny_db_param params[1] = {ny_db_i64(op->arena, number)};

    op->fn.event = fn;
    return ny_read_start(op, NY_SQL_EVENT, params, 1);
}
