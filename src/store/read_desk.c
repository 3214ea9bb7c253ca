/* What clerks look at: holds, pins, reviews and what was decided. */

#include "store_priv.h"

/* ---- holds ---- */

static void tell_holds(struct read_op *op, ny_rc rc, const struct ny_db_result *r)
{
    size_t n = rc == NY_OK ? ny_db_rows(r) : 0;
    struct ny_hold_view *rows =
        rc == NY_OK ? NY_ARENA_ARRAY(op->arena, struct ny_hold_view, n) : NULL;

    for (size_t i = 0; i < n; i++) {
        rows[i] = (struct ny_hold_view){
            .number = ny_db_get_i64(r, i, 0),
            .row = {.identity = ny_db_get_i64(r, i, 1),
                    .source = ny_db_get_i32(r, i, 2),
                    .kind = (enum ny_hold_kind)ny_db_get_i32(r, i, 3),
                    .why = ny_hold_parse(ny_db_get_str(r, i, 4)),
                    .detail = ny_db_get_str(r, i, 5),
                    .at_us = ny_db_get_time_us(r, i, 6)},
            .ns = ny_db_get_str(r, i, 7),
            .id = ny_db_get_str(r, i, 8),
            .app = ny_db_get_str(r, i, 9),
            .facility = ny_db_get_str(r, i, 10),
        };
    }
    op->fn.holds(op->ctx, rc, rows, n);
}

ny_rc ny_store_holds(struct ny_store *s, int64_t after, int32_t limit,
                     void (*fn)(void *ctx, ny_rc rc, const struct ny_hold_view *rows, size_t n),
                     void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_holds, ctx);
    struct ny_db_param params[2] = {ny_db_i64(op->arena, after), ny_db_i32(op->arena, limit)};

    op->fn.holds = fn;
    return ny_read_start(op, NY_SQL_HOLDS, params, 2);
}

/* ---- pins ---- */

static void tell_pins(struct read_op *op, ny_rc rc, const struct ny_db_result *r)
{
    size_t n = rc == NY_OK ? ny_db_rows(r) : 0;
    struct ny_pin_view *rows =
        rc == NY_OK ? NY_ARENA_ARRAY(op->arena, struct ny_pin_view, n) : NULL;

    for (size_t i = 0; i < n; i++) {
        ny_pin_row_read(r, i, &rows[i].row);
        rows[i].number = ny_db_get_i64(r, i, 12);
        rows[i].ns_a = ny_db_get_str(r, i, 13);
        rows[i].id_a = ny_db_get_str(r, i, 14);
        rows[i].ns_b = ny_db_get_str(r, i, 15);
        rows[i].id_b = ny_db_get_str(r, i, 16);
    }
    op->fn.pins(op->ctx, rc, rows, n);
}

ny_rc ny_store_pins(struct ny_store *s, int64_t after, int32_t limit,
                    void (*fn)(void *ctx, ny_rc rc, const struct ny_pin_view *rows, size_t n),
                    void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_pins, ctx);
    struct ny_db_param params[2] = {ny_db_i64(op->arena, after), ny_db_i32(op->arena, limit)};

    op->fn.pins = fn;
    return ny_read_start(op, NY_SQL_PINS, params, 2);
}

ny_rc ny_store_pins_among(struct ny_store *s, const int64_t *ids, size_t n,
                          void (*fn)(void *ctx, ny_rc rc, const struct ny_pin_view *rows, size_t n),
                          void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_pins, ctx);
    struct ny_db_param param = ny_numbers_param(op->arena, ids, n);

    op->fn.pins = fn;
    return ny_read_start(op, NY_SQL_PINS_AMONG, &param, 1);
}

/* ---- reviews ---- */

static void tell_reviews(struct read_op *op, ny_rc rc, const struct ny_db_result *r)
{
    size_t n = rc == NY_OK ? ny_db_rows(r) : 0;
    struct ny_review_view *rows =
        rc == NY_OK ? NY_ARENA_ARRAY(op->arena, struct ny_review_view, n) : NULL;

    for (size_t i = 0; i < n; i++) {
        rows[i] = (struct ny_review_view){
            .row = {.a = ny_db_get_i64(r, i, 0),
                    .b = ny_db_get_i64(r, i, 1),
                    .state = (enum ny_review_state)ny_db_get_i32(r, i, 2),
                    .reason = (enum ny_review_reason)ny_db_get_i32(r, i, 3),
                    .total_b1024 = ny_db_get_i32(r, i, 4),
                    .guards = (uint32_t)ny_db_get_i32(r, i, 5),
                    .at_us = ny_db_get_time_us(r, i, 6)},
            .ns_a = ny_db_get_str(r, i, 7),
            .id_a = ny_db_get_str(r, i, 8),
            .ns_b = ny_db_get_str(r, i, 9),
            .id_b = ny_db_get_str(r, i, 10),
            .whom = ny_db_get_str(r, i, 11),
            .until_us = ny_db_get_time_us(r, i, 12),
        };
    }
    op->fn.reviews(op->ctx, rc, rows, n);
}

ny_rc ny_store_reviews(struct ny_store *s, const struct ny_review_filter *f, int64_t after_at_us,
                       int64_t after_a, int64_t after_b, int32_t limit,
                       void (*fn)(void *ctx, ny_rc rc, const struct ny_review_view *rows, size_t n),
                       void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_reviews, ctx);
    struct ny_db_param params[9] = {ny_db_i16(op->arena, (int16_t)f->state),
                                    ny_db_time_us(op->arena, after_at_us),
                                    ny_db_i64(op->arena, after_a),
                                    ny_db_i64(op->arena, after_b),
                                    ny_db_i32(op->arena, limit),
                                    ny_compared_text(op, f->domain),
                                    ny_db_i16(op->arena, (int16_t)f->reason),
                                    ny_db_bool(f->put_off),
                                    ny_compared_text(op, f->clerk)};

    op->fn.reviews = fn;
    return ny_read_start(op, NY_SQL_REVIEWS, params, 9);
}

/* ---- decisions ---- */

static void decision_row(const struct ny_db_result *r, size_t i, struct ny_decision_view *out)
{
    *out = (struct ny_decision_view){
        .number = ny_db_get_i64(r, i, 0),
        .row = {.a = ny_db_get_i64(r, i, 1),
                .b = ny_db_get_i64(r, i, 2),
                .decision = (enum ny_decision)ny_db_get_i32(r, i, 3),
                .who = ny_db_get_str(r, i, 4),
                .at_us = ny_db_get_time_us(r, i, 5),
                .reason = ny_db_get_str(r, i, 6),
                .note = ny_db_get_str(r, i, 7),
                .whom = ny_db_get_str(r, i, 8),
                .until_us = ny_db_get_time_us(r, i, 9),
                .seconds = ny_db_get_i32(r, i, 10),
                .asked = (enum ny_review_reason)ny_db_get_i32(r, i, 11),
                .total_b1024 = ny_db_get_i32(r, i, 12),
                .guards = (uint32_t)ny_db_get_i32(r, i, 13),
                .said_us = ny_db_get_time_us(r, i, 14),
                .before = (enum ny_pin_kind)ny_db_get_i32(r, i, 15),
                .proposal = ny_db_get_i64(r, i, 21)},
        .undone = ny_db_get_bool(r, i, 16),
        .ns_a = ny_db_get_str(r, i, 17),
        .id_a = ny_db_get_str(r, i, 18),
        .ns_b = ny_db_get_str(r, i, 19),
        .id_b = ny_db_get_str(r, i, 20),
    };
}

static void tell_decisions(struct read_op *op, ny_rc rc, const struct ny_db_result *r)
{
    size_t n = rc == NY_OK ? ny_db_rows(r) : 0;
    struct ny_decision_view *rows =
        rc == NY_OK ? NY_ARENA_ARRAY(op->arena, struct ny_decision_view, n) : NULL;

    for (size_t i = 0; i < n; i++) {
        decision_row(r, i, &rows[i]);
    }
    op->fn.decisions(op->ctx, rc, rows, n);
}

ny_rc ny_store_decisions(struct ny_store *s, const struct ny_decision_filter *f, int32_t limit,
                         void (*fn)(void *ctx, ny_rc rc, const struct ny_decision_view *rows,
                                    size_t n),
                         void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_decisions, ctx);
    struct ny_db_param params[7] = {
        ny_compared_text(op, f->who),    ny_db_i64(op->arena, f->a),
        ny_db_i64(op->arena, f->b),      ny_db_i64(op->arena, f->number),
        ny_db_i64(op->arena, f->before), ny_db_bool(f->undone),
        ny_db_i32(op->arena, limit)};

    op->fn.decisions = fn;
    return ny_read_start(op, NY_SQL_DECISIONS, params, 7);
}
