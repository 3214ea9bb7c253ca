/* Rows of the clerks' desk: collected, and as statements. */

#include "store_priv.h"

void ny_store_add_decision(struct ny_store_batch *b, const struct ny_decision_row *row)
{
    NY_ROWS_PUSH(&b->decisions, *row);
}

void ny_store_undo_decision(struct ny_store_batch *b, const struct ny_decision_undo_row *row)
{
    NY_ROWS_PUSH(&b->decision_undos, *row);
}

void ny_batch_free_desk(struct ny_store_batch *b)
{
    ny_free(b->decisions.v);
    ny_free(b->decision_undos.v);
}

static void time_or_null(struct ny_columns *c, int64_t us)
{
    if (us != 0) {
        ny_col_time(c, us);
    } else {
        ny_col_null(c);
    }
}

static ny_rc decisions_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->decisions.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_DECISION_ADD, s->scratch);
    for (size_t i = 0; i < b->decisions.n; i++) {
        const struct ny_decision_row *row = &b->decisions.v[i];

        ny_col_i64(&c, row->a);
        ny_col_i64(&c, row->b);
        ny_col_i16(&c, row->decision);
        ny_col_text(&c, row->who);
        ny_col_time(&c, row->at_us);
        ny_col_text(&c, row->reason);
        ny_col_text(&c, row->note);
        ny_col_text(&c, row->whom);
        time_or_null(&c, row->until_us);
        ny_col_i32(&c, row->seconds);
        ny_col_i16(&c, row->asked);
        ny_col_i32(&c, row->total_b1024);
        ny_col_i32(&c, (int32_t)row->guards);
        time_or_null(&c, row->said_us);
        ny_col_i16(&c, row->before);
        ny_col_ref(&c, row->proposal);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

static ny_rc undos_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->decision_undos.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_DECISION_UNDO, s->scratch);
    for (size_t i = 0; i < b->decision_undos.n; i++) {
        ny_col_i64(&c, b->decision_undos.v[i].number);
        ny_col_text(&c, b->decision_undos.v[i].who);
        ny_col_time(&c, b->decision_undos.v[i].at_us);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

/* What becomes of decisions that waited. */
static ny_rc ends_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->proposal_ends.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_DECISION_SETTLE, s->scratch);
    for (size_t i = 0; i < b->proposal_ends.n; i++) {
        const struct ny_proposal_end_row *row = &b->proposal_ends.v[i];

        ny_col_i64(&c, row->number);
        ny_col_text(&c, row->who);
        ny_col_time(&c, row->at_us);
        time_or_null(&c, row->said_us);
        ny_col_i16(&c, row->before);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

ny_rc ny_batch_write_desk(struct ny_store *s, const struct ny_store_batch *b)
{
    ny_rc rc = decisions_write(s, b);

    rc = rc != NY_OK ? rc : undos_write(s, b);
    return rc != NY_OK ? rc : ends_write(s, b);
}
