/* A batch as statements: the tables that few rows go to. */

#include "store_priv.h"

static ny_rc domains_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->domains.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_DOMAIN_ADD, s->scratch);
    for (size_t i = 0; i < b->domains.n; i++) {
        const struct ny_domain *d = &b->domains.v[i];

        ny_col_i32(&c, d->id);
        ny_col_i16(&c, d->kind);
        ny_col_bool(&c, d->listed);
        ny_col_text(&c, d->ns);
        ny_col_text(&c, d->oid);
        ny_col_text(&c, d->type);
        ny_col_text(&c, d->name);
        ny_col_text(&c, d->source_app);
        ny_col_text(&c, d->source_facility);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

static ny_rc requesters_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->requesters.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_REQUESTER_PUT, s->scratch);
    for (size_t i = 0; i < b->requesters.n; i++) {
        const struct ny_requester_row *row = &b->requesters.v[i];

        ny_col_i32(&c, row->id);
        ny_col_text(&c, row->app);
        ny_col_text(&c, row->facility);
        ny_col_text(&c, row->charset);
        ny_col_bool(&c, row->undecodable_replace);
        ny_col_bool(&c, row->strict_update);
        ny_col_bool(&c, row->accept_test);
        ny_col_bool(&c, row->ignore_unknown_authority);
        ny_col_bool(&c, row->probation);
        ny_col_ref32(&c, row->default_domain);
        ny_col_bool(&c, !row->unwatched);
        ny_col_text(&c, row->habits);
        ny_col_i16(&c, row->id_width);
        ny_col_i16(&c, row->address);
        ny_col_i16(&c, row->query_criteria);
        ny_col_text(&c, row->certificates);
        ny_col_bool(&c, row->strict_v3);
        ny_col_bool(&c, row->ignore_tracking);
        ny_col_bool(&c, row->pix_names);
        ny_col_bool(&c, !row->only_asks);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

ny_rc ny_batch_write_directory(struct ny_store *s, const struct ny_store_batch *b)
{
    ny_rc rc = domains_write(s, b);

    return rc != NY_OK ? rc : requesters_write(s, b);
}

static ny_rc pins_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->pins.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_PIN_ADD, s->scratch);
    for (size_t i = 0; i < b->pins.n; i++) {
        const struct ny_pin_row *row = &b->pins.v[i];

        ny_col_i64(&c, row->a);
        ny_col_i64(&c, row->b);
        ny_col_i16(&c, row->kind);
        ny_col_i16(&c, row->role);
        ny_col_text(&c, row->who);
        ny_col_time(&c, row->stamp.at_us);
        ny_col_text(&c, row->stamp.control_id);
        ny_col_bytes(&c, ny_str_of((const char *)row->stamp.hash, NY_SHA256_LEN));
        ny_col_i32(&c, row->pair);
        ny_col_text(&c, row->reason);
        ny_col_ref(&c, row->message);
        ny_col_i32(&c, row->total_b1024);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

static ny_rc holds_release(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->releases.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_HOLD_RELEASE, s->scratch);
    for (size_t i = 0; i < b->releases.n; i++) {
        const struct ny_hold_release_row *row = &b->releases.v[i];

        ny_col_ref(&c, row->identity);
        ny_col_ref32(&c, row->source);
        ny_col_text(&c, ny_str_from_c(ny_hold_name(row->why)));
        ny_col_time(&c, row->at_us);
        ny_col_text(&c, row->who);
        ny_col_text(&c, row->reason);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

static ny_rc holds_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->holds.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_HOLD_ADD, s->scratch);
    for (size_t i = 0; i < b->holds.n; i++) {
        const struct ny_hold_row *row = &b->holds.v[i];

        ny_col_ref(&c, row->identity);
        ny_col_ref32(&c, row->source);
        ny_col_i16(&c, row->kind);
        ny_col_text(&c, ny_str_from_c(ny_hold_name(row->why)));
        ny_col_text(&c, row->detail);
        ny_col_time(&c, row->at_us);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

static ny_rc reviews_write(struct ny_store *s, const struct ny_store_batch *b, bool closed)
{
    struct ny_columns c;
    size_t n = 0;

    ny_columns_init(&c, closed ? NY_SQL_REVIEW_CLOSE : NY_SQL_REVIEW_PUT, s->scratch);
    for (size_t i = 0; i < b->reviews.n; i++) {
        const struct ny_review_row *row = &b->reviews.v[i];

        if ((row->state == NY_REVIEW_CLOSED) != closed) {
            continue;
        }
        ny_col_i64(&c, row->a);
        ny_col_i64(&c, row->b);
        if (!closed) {
            ny_col_i16(&c, row->state);
            ny_col_i16(&c, row->reason);
            ny_col_i32(&c, row->total_b1024);
            ny_col_i32(&c, (int32_t)row->guards);
            ny_col_time(&c, row->at_us);
        }
        ny_col_end(&c);
        n++;
    }
    return n > 0 ? ny_columns_send(&c, s->write) : NY_OK;
}

ny_rc ny_batch_write_questions(struct ny_store *s, const struct ny_store_batch *b)
{
    ny_rc rc = pins_write(s, b);

    rc = rc != NY_OK ? rc : holds_release(s, b);
    rc = rc != NY_OK ? rc : holds_write(s, b);
    rc = rc != NY_OK ? rc : reviews_write(s, b, true);
    return rc != NY_OK ? rc : reviews_write(s, b, false);
}
