/* Visits: in a batch, found by their terms, and read; and what else only the database finds. */

#include "store_priv.h"

void ny_store_add_visit(struct ny_store_batch *b, int64_t identity, const struct ny_visit *v)
{
    struct visit_entry e = {identity, v, ny_text_clean(b->arena, v->number)};

    NY_ROWS_PUSH(&b->visits, e);
}

void ny_store_move_visit(struct ny_store_batch *b, int64_t from, int64_t identity,
                         const struct ny_visit *v)
{
    struct visit_move_entry e = {
        from, {identity, v, ny_text_clean(b->arena, v->number)}
    };

    NY_ROWS_PUSH(&b->visit_moves, e);
}

void ny_store_mend_visit(struct ny_store_batch *b, const struct ny_visit_row *row)
{
    NY_ROWS_PUSH(&b->visit_mends, *row);
}

/* ---- what is said, as JSON: see sql/0013_visit_words.sql ---- */

static void entry_write(struct ny_buf *b, ny_str key, ny_str text)
{
    ny_buf_add_c(b, b->n > 1 ? ",\"" : "\"");
    ny_write_escaped(b, key);
    ny_buf_add_c(b, "\":\"");
    ny_write_escaped(b, text);
    ny_buf_add_char(b, '"');
}

static ny_rc said_write(struct ny_arena *a, const struct ny_visit *v, ny_str *out)
{
    struct ny_buf b;

    ny_buf_init(&b, a);
    ny_buf_add_char(&b, '{');
    for (enum ny_visit_field f = 0; f < NY_VISIT_COUNT; f++) {
        if (v->field[f].said) {
            entry_write(&b, ny_arena_printf(a, "%u", ny_visit_pv1(f)), v->field[f].text);
        }
    }
    if (v->state != NY_VISIT_UNSAID) {
        entry_write(&b, NY_S("state"), v->state == NY_VISIT_CANCELLED ? NY_S("X") : NY_S(""));
    }
    ny_buf_add_char(&b, '}');
    return ny_buf_end(&b, out);
}

/* The terms that are keys, or those that are not, joined by the unit separator, which no folded
 * text holds. */
static ny_rc terms_write(struct ny_arena *a, const struct ny_visit *v, bool keys, ny_str *out)
{
    struct ny_buf b;

    ny_buf_init(&b, a);
    for (size_t f = 0; f < NY_VISIT_COUNT; f++) {
        for (size_t i = 0; i < v->field[f].n_terms; i++) {
            if (ny_visit_term_is_key(v->field[f].terms[i]) == keys) {
                ny_buf_add_c(&b, b.n > 0 ? "\x1f" : "");
                ny_buf_add(&b, v->field[f].terms[i]);
            }
        }
    }
    return ny_buf_end(&b, out);
}

static void stamp_write(struct ny_columns *c, struct ny_arena *a, const struct ny_stamp *stamp)
{
    enum { HASH = 8 }; /* bytes of it: only two messages with one time and one number need it */
    char hash[2 * HASH + 1];

    ny_hex(stamp->hash, HASH, hash);
    ny_col_i64(c, stamp->at_us);
    ny_col_text(c, ny_text_clean(a, stamp->control_id));
    ny_col_text(c, ny_arena_str(a, ny_str_from_c(hash)));
}

static ny_rc visit_write(struct ny_columns *c, struct ny_arena *a, const struct visit_entry *e)
{
    ny_str said = NY_STR_NONE;
    ny_str keys = NY_STR_NONE;
    ny_str traits = NY_STR_NONE;
    ny_rc rc = said_write(a, e->visit, &said);

    rc = rc == NY_OK ? terms_write(a, e->visit, true, &keys) : rc;
    rc = rc == NY_OK ? terms_write(a, e->visit, false, &traits) : rc;
    if (rc != NY_OK) {
        return rc;
    }
    ny_col_i64(c, e->identity);
    ny_col_text(c, e->number);
    stamp_write(c, a, &e->visit->stamp);
    ny_col_json(c, said);
    ny_col_text(c, keys);
    ny_col_text(c, traits);
    ny_col_end(c);
    return NY_OK;
}

static ny_rc visits_fill(struct ny_columns *c, struct ny_arena *a, const struct ny_store_batch *b)
{
    ny_rc rc = NY_OK;

    ny_columns_init(c, NY_SQL_VISIT_PUT, a);
    for (size_t i = 0; i < b->visits.n && rc == NY_OK; i++) {
        rc = visit_write(c, a, &b->visits.v[i]);
    }
    return rc;
}

static void moves_fill(struct ny_columns *c, struct ny_arena *a, const struct ny_store_batch *b)
{
    ny_columns_init(c, NY_SQL_VISIT_MOVE, a);
    for (size_t i = 0; i < b->visit_moves.n; i++) {
        const struct visit_move_entry *e = &b->visit_moves.v[i];

        ny_col_i64(c, e->from);
        ny_col_text(c, ny_text_clean(a, e->to.visit->was));
        ny_col_i64(c, e->to.identity);
        ny_col_text(c, e->to.number);
        stamp_write(c, a, &e->to.visit->stamp);
        ny_col_end(c);
    }
}

static ny_rc mends_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    ny_columns_init(&c, NY_SQL_VISIT_MEND, s->scratch);
    for (size_t i = 0; i < b->visit_mends.n; i++) {
        const struct ny_visit_row *row = &b->visit_mends.v[i];

        ny_col_i64(&c, row->identity);
        ny_col_text(&c, row->number);
        ny_col_json(&c, row->stood);
        ny_col_json(&c, row->said);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

ny_rc ny_batch_write_visits(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;
    ny_rc rc = NY_OK;

    if (b->visits.n > 0) {
        rc = visits_fill(&c, s->scratch, b);
        rc = rc == NY_OK ? ny_columns_send(&c, s->write) : rc;
    }
    if (rc == NY_OK && b->visit_moves.n > 0) {
        moves_fill(&c, s->scratch, b);
        rc = ny_columns_send(&c, s->write);
    }
    return rc == NY_OK && b->visit_mends.n > 0 ? mends_write(s, b) : rc;
}

ny_rc ny_batch_say_visits(struct ny_db_block *db, const struct ny_store_batch *b,
                          struct ny_error *err)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_columns c;
    ny_rc rc = visits_fill(&c, a, b);

    rc = rc == NY_OK ? ny_columns_run(&c, db, NY_SQL_SAYING_PUT, err)
                     : ny_fail(err, rc, "a visit cannot be said again");
    if (rc == NY_OK && b->visit_moves.n > 0) {
        moves_fill(&c, a, b);
        rc = ny_columns_run(&c, db, NY_SQL_SAYING_MOVE, err);
    }
    ny_arena_destroy(a);
    return rc;
}

/* ---- found and read ---- */

static void tell_found(struct read_op *op, ny_rc rc, const struct ny_db_result *r)
{
    size_t n = rc == NY_OK ? ny_db_rows(r) : 0;
    int64_t *ids = rc == NY_OK ? NY_ARENA_ARRAY(op->arena, int64_t, n + 1) : NULL;

    for (size_t i = 0; i < n; i++) {
        ids[i] = ny_db_get_i64(r, i, 0);
    }
    op->fn.found(op->ctx, rc, ids, n);
}

static void tell_visits(struct read_op *op, ny_rc rc, const struct ny_db_result *r)
{
    size_t n = rc == NY_OK ? ny_db_rows(r) : 0;
    struct ny_stored_visit *rows =
        rc == NY_OK ? NY_ARENA_ARRAY(op->arena, struct ny_stored_visit, n + 1) : NULL;

    for (size_t i = 0; i < n; i++) {
        rows[i].identity = ny_db_get_i64(r, i, 0);
        for (size_t f = 0; f < NY_VISIT_COUNT; f++) {
            rows[i].text[f] = ny_db_get_str(r, i, f + 1);
        }
    }
    op->fn.visits(op->ctx, rc, rows, n);
}

/* The terms that are keys, or those that are not. */
static struct ny_db_param terms_param(struct ny_arena *a, const struct ny_visit_question *q,
                                      bool keys)
{
    struct ny_db_array terms;

    ny_db_array_init(&terms, NY_OID_TEXT, a);
    for (size_t i = 0; i < q->n_terms; i++) {
        if (ny_visit_term_is_key(q->terms[i]) == keys) {
            ny_db_array_add_text(&terms, ny_text_clean(a, q->terms[i]));
        }
    }
    return ny_db_array_end(&terms);
}

/* Sends a question about visits: the identities (or how many visits at most) and the terms. */
static ny_rc visits_ask(struct read_op *op, enum ny_sql stmt, const struct ny_visit_question *q)
{
    const struct ny_db_param params[] = {
        q->ids != NULL ? ny_numbers_param(op->arena, q->ids, q->n)
                       : ny_db_i64(op->arena, (int64_t)q->n),
        terms_param(op->arena, q, true),
        terms_param(op->arena, q, false),
    };

    return ny_read_start(op, stmt, params, NY_ARRAY_LEN(params));
}

ny_rc ny_store_find_visits(struct ny_store *s, const struct ny_visit_question *q,
                           void (*fn)(void *ctx, ny_rc rc, const int64_t *ids, size_t n), void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_found, ctx);

    op->fn.found = fn;
    return visits_ask(op, q->ids != NULL ? NY_SQL_VISITS_AMONG : NY_SQL_VISITS_ALL, q);
}

ny_rc ny_store_find_children(struct ny_store *s, const ny_str *mothers, size_t n, size_t limit,
                             void (*fn)(void *ctx, ny_rc rc, const int64_t *ids, size_t n),
                             void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_found, ctx);
    struct ny_db_array texts;
    struct ny_db_param params[2];

    op->fn.found = fn;
    ny_db_array_init(&texts, NY_OID_TEXT, op->arena);
    for (size_t i = 0; i < n; i++) {
        ny_db_array_add_text(&texts, ny_text_clean(op->arena, mothers[i]));
    }
    params[0] = ny_db_array_end(&texts);
    params[1] = ny_db_i64(op->arena, (int64_t)limit);
    return ny_read_start(op, NY_SQL_CHILDREN, params, NY_ARRAY_LEN(params));
}

ny_rc ny_store_read_visits(struct ny_store *s, const struct ny_visit_question *q,
                           void (*fn)(void *ctx, ny_rc rc, const struct ny_stored_visit *rows,
                                      size_t n),
                           void *ctx)
{
    struct read_op *op = ny_read_create(s, tell_visits, ctx);

    op->fn.visits = fn;
    return visits_ask(op, NY_SQL_READ_VISITS, q);
}
