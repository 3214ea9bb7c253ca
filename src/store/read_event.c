/* An event of membership, read with both of its sides. */

#include "store_priv.h"

static void tell_event(struct read_op *op, ny_rc rc, const struct ny_db_result *r)
{
    size_t n = rc == NY_OK ? ny_db_rows(r) : 0;
    int64_t *ids = n > 0 ? NY_ARENA_ARRAY(op->arena, int64_t, n) : NULL;
    struct ny_event_view v = {.moved = ids};

    if (n > 0) {
        v.identity = ny_db_get_i64(r, 0, 0);
        v.from_person = ny_db_get_i64(r, 0, 1);
        v.person = ny_db_get_i64(r, 0, 2);
        v.cause = (enum ny_membership_cause)ny_db_get_i32(r, 0, 3);
        v.at_us = ny_db_get_time_us(r, 0, 4);
        v.word = ny_db_get_i64(r, 0, 5);
    }
    for (size_t i = 0; i < n; i++) {
        ids[i] = ny_db_get_i64(r, i, 6);
        v.n_moved += ny_db_get_bool(r, i, 7);
    }
    v.there = n > 0 ? ids + v.n_moved : NULL;
    v.n_there = n - v.n_moved;
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
