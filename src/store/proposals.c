/* Words that wait for a second person: collected, and as statements. */

#include "store_priv.h"

void ny_store_add_proposal(struct ny_store_batch *b, const struct ny_proposal_row *row)
{
    NY_ROWS_PUSH(&b->proposals, *row);
}

void ny_store_end_proposal(struct ny_store_batch *b, const struct ny_proposal_end_row *row)
{
    NY_ROWS_PUSH(&b->proposal_ends, *row);
}

void ny_batch_free_proposals(struct ny_store_batch *b)
{
    ny_free(b->proposals.v);
    ny_free(b->proposal_ends.v);
}

static ny_rc words_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->proposals.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_PROPOSAL_ADD, s->scratch);
    for (size_t i = 0; i < b->proposals.n; i++) {
        const struct ny_proposal_row *row = &b->proposals.v[i];

        ny_col_i64(&c, row->number);
        ny_col_i32(&c, row->pair);
        ny_col_i64(&c, row->a);
        ny_col_i64(&c, row->b);
        ny_col_i16(&c, row->kind);
        ny_col_i16(&c, row->role);
        ny_col_text(&c, row->who);
        ny_col_time(&c, row->at_us);
        ny_col_text(&c, row->reason);
        ny_col_text(&c, row->together);
        ny_col_i32(&c, row->size);
        ny_col_ref(&c, row->undoes);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

ny_rc ny_batch_write_proposals(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;
    ny_rc rc = words_write(s, b);

    if (rc != NY_OK || b->proposal_ends.n == 0) {
        return rc;
    }
    ny_columns_init(&c, NY_SQL_PROPOSAL_END, s->scratch);
    for (size_t i = 0; i < b->proposal_ends.n; i++) {
        const struct ny_proposal_end_row *row = &b->proposal_ends.v[i];

        ny_col_i64(&c, row->number);
        ny_col_i16(&c, row->how);
        ny_col_text(&c, row->who);
        ny_col_time(&c, row->at_us);
        ny_col_text(&c, row->reason);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}
