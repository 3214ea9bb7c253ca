/* Consumers, and what they are to be told, in a batch: collected, and as statements. */

#include "store_priv.h"

void ny_store_add_consumer(struct ny_store_batch *b, const struct ny_consumer_row *row)
{
    for (size_t i = 0; i < b->consumers.n; i++) {
        if (b->consumers.v[i].id == row->id) {
            b->consumers.v[i] = *row;
            return;
        }
    }
    NY_ROWS_PUSH(&b->consumers, *row);
}

void ny_store_add_notice(struct ny_store_batch *b, const struct ny_notice_row *row)
{
    NY_ROWS_PUSH(&b->notices, *row);
}

void ny_store_end_notice(struct ny_store_batch *b, const struct ny_notice_end_row *row)
{
    struct ny_notice_end_row copy = *row;

    copy.answer = ny_text_clean(b->arena, row->answer);
    NY_ROWS_PUSH(&b->notice_ends, copy);
}

void ny_batch_free_notices(struct ny_store_batch *b)
{
    ny_free(b->consumers.v);
    ny_free(b->notices.v);
    ny_free(b->notice_ends.v);
}

/* ---- statements ---- */

static ny_rc consumers_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->consumers.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_CONSUMER_PUT, s->scratch);
    for (size_t i = 0; i < b->consumers.n; i++) {
        const struct ny_consumer_row *row = &b->consumers.v[i];

        ny_col_i32(&c, row->id);
        ny_col_text(&c, row->name);
        ny_col_text(&c, row->host);
        ny_col_i32(&c, row->port);
        ny_col_text(&c, row->app);
        ny_col_text(&c, row->facility);
        ny_col_text(&c, row->domains);
        ny_col_bool(&c, row->enabled);
        ny_col_text(&c, row->path);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

static ny_rc added_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->notices.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_NOTICE_ADD, s->scratch);
    for (size_t i = 0; i < b->notices.n; i++) {
        const struct ny_notice_row *row = &b->notices.v[i];

        ny_col_i32(&c, row->consumer);
        ny_col_i64(&c, row->person);
        ny_col_text(&c, row->identities);
        ny_col_time(&c, row->at_us);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

static ny_rc parked_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;
    size_t n = 0;

    ny_columns_init(&c, NY_SQL_NOTICE_PARK, s->scratch);
    for (size_t i = 0; i < b->notice_ends.n; i++) {
        const struct ny_notice_end_row *row = &b->notice_ends.v[i];

        if (row->end == NY_NOTICE_PARKED) {
            ny_col_i64(&c, row->seq);
            ny_col_time(&c, row->at_us);
            ny_col_text(&c, row->answer);
            ny_col_end(&c);
            n++;
        }
    }
    return n > 0 ? ny_columns_send(&c, s->write) : NY_OK;
}

/* Rows that go: those that ended, and what is parked behind those that were told. */
static ny_rc ended_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns gone;
    struct ny_columns older;
    size_t n = 0;
    size_t n_told = 0;
    ny_rc rc;

    ny_columns_init(&gone, NY_SQL_NOTICE_END, s->scratch);
    ny_columns_init(&older, NY_SQL_NOTICE_SUPERSEDE, s->scratch);
    for (size_t i = 0; i < b->notice_ends.n; i++) {
        const struct ny_notice_end_row *row = &b->notice_ends.v[i];

        if (row->end == NY_NOTICE_PARKED) {
            continue;
        }
        ny_col_i64(&gone, row->seq);
        ny_col_end(&gone);
        n++;
        if (row->end == NY_NOTICE_TOLD) {
            ny_col_i32(&older, row->consumer);
            ny_col_i64(&older, row->person);
            ny_col_i64(&older, row->seq);
            ny_col_end(&older);
            n_told++;
        }
    }
    rc = n > 0 ? ny_columns_send(&gone, s->write) : NY_OK;
    return rc == NY_OK && n_told > 0 ? ny_columns_send(&older, s->write) : rc;
}

ny_rc ny_batch_write_notices(struct ny_store *s, const struct ny_store_batch *b)
{
    ny_rc rc = consumers_write(s, b);

    rc = rc != NY_OK ? rc : added_write(s, b);
    rc = rc != NY_OK ? rc : parked_write(s, b);
    return rc != NY_OK ? rc : ended_write(s, b);
}

bool ny_store_batch_has_notices(const struct ny_store_batch *b)
{
    return b->notices.n > 0 || b->consumers.n > 0;
}
