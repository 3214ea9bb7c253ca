/* A batch as statements: the tables that every message writes. One statement per non-empty table,
 * in an order in which each row finds what it refers to. */

#include "store_priv.h"

static ny_rc patient_json(struct ny_store *s, const struct ny_patient *p, ny_str *out)
{
    enum { USUAL = 1536 }; /* one allocation for nearly all patients */
    struct ny_buf b;

    ny_buf_init(&b, s->scratch);
    b.p = ny_arena_alloc(s->scratch, USUAL);
    b.cap = b.p != NULL ? USUAL : 0;
    ny_demographics_write(&b, p);
    return ny_buf_end(&b, out);
}

static ny_rc jsons_write(struct ny_store *s, struct ny_store_batch *b)
{
    for (size_t i = 0; i < b->identities.n; i++) {
        struct identity_entry *e = &b->identities.v[i];
        ny_rc rc;

        e->json = NY_STR_NONE;
        rc = e->kind != IDENTITY_STATE ? patient_json(s, e->row.patient, &e->json) : NY_OK;
        if (rc != NY_OK) {
            return rc;
        }
    }
    return NY_OK;
}

static ny_rc persons_write(struct ny_store *s, const struct ny_store_batch *b, bool new_ones)
{
    struct ny_columns c;
    size_t n = 0;

    ny_columns_init(&c, new_ones ? NY_SQL_PERSON_ADD : NY_SQL_PERSON_UPDATE, s->scratch);
    for (size_t i = 0; i < b->persons.n; i++) {
        const struct ny_person_row *row = &b->persons.v[i].row;

        if (b->persons.v[i].is_new != new_ones) {
            continue;
        }
        ny_col_i64(&c, row->id);
        if (new_ones) {
            ny_col_text(&c, row->regional_id);
        }
        ny_col_bool(&c, row->retired);
        ny_col_ref(&c, row->forwarded_to);
        ny_col_end(&c);
        n++;
    }
    return n > 0 ? ny_columns_send(&c, s->write) : NY_OK;
}

static void identity_columns(struct ny_columns *c, const struct identity_entry *e)
{
    const struct ny_identity_row *row = &e->row;

    ny_col_i64(c, row->id);
    if (e->kind == IDENTITY_NEW) {
        ny_col_i32(c, row->domain);
        ny_col_text(c, row->local_id);
    }
    ny_col_i16(c, row->status);
    ny_col_ref(c, row->person);
    if (e->kind != IDENTITY_STATE) {
        ny_col_json(c, e->json);
        ny_col_bytes(c, row->record);
        ny_col_i32(c, row->norm_version);
        ny_col_i64(c, row->content_hash);
        ny_col_time(c, row->event_us);
        ny_col_i32(c, row->version);
    }
    ny_col_end(c);
}

static ny_rc identities_write(struct ny_store *s, const struct ny_store_batch *b, int64_t batch_no)
{
    static const enum ny_sql stmts[] = {[IDENTITY_NEW] = NY_SQL_IDENTITY_ADD,
                                        [IDENTITY_UPDATE] = NY_SQL_IDENTITY_UPDATE,
                                        [IDENTITY_STATE] = NY_SQL_IDENTITY_STATE};

    for (int kind = IDENTITY_NEW; kind <= IDENTITY_STATE; kind++) {
        struct ny_columns c;
        size_t n = 0;
        ny_rc rc;

        ny_columns_init(&c, stmts[kind], s->scratch);
        c.param[c.n - 1] = ny_db_i64(s->scratch, batch_no);
        for (size_t i = 0; i < b->identities.n; i++) {
            if ((int)b->identities.v[i].kind == kind) {
                identity_columns(&c, &b->identities.v[i]);
                n++;
            }
        }
        rc = n > 0 ? ny_columns_send(&c, s->write) : NY_OK;
        if (rc != NY_OK) {
            return rc;
        }
    }
    return NY_OK;
}

static ny_rc mothers_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;
    size_t n = 0;

    ny_columns_init(&c, NY_SQL_MOTHER_PUT, s->scratch);
    for (size_t i = 0; i < b->identities.n; i++) {
        const struct identity_entry *e = &b->identities.v[i];
        ny_str mother = e->kind != IDENTITY_STATE
                            ? e->row.patient->singles[NY_SINGLE_MOTHER_ID].value
                            : NY_STR_NONE;

        if (mother.n > 0) {
            ny_col_i64(&c, e->row.id);
            ny_col_text(&c, ny_text_clean(s->scratch, mother));
            ny_col_end(&c);
            n++;
        }
    }
    return n > 0 ? ny_columns_send(&c, s->write) : NY_OK;
}

/* The version is what this batch writes to the identity: it can be copied from there. */
static bool version_is_copy(const struct ny_store_batch *b, const struct ny_identity_row *row)
{
    size_t at = ny_batch_find(b, TABLE_IDENTITY, row->id, 0);
    const struct identity_entry *e = at != SIZE_MAX ? &b->identities.v[at] : NULL;

    return e != NULL && e->kind != IDENTITY_STATE && e->row.patient == row->patient &&
           e->row.version == row->version;
}

static ny_rc versions_copy(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;
    size_t n = 0;

    ny_columns_init(&c, NY_SQL_VERSION_COPY, s->scratch);
    for (size_t i = 0; i < b->versions.n; i++) {
        if (version_is_copy(b, &b->versions.v[i].row)) {
            ny_col_i64(&c, b->versions.v[i].row.id);
            ny_col_ref(&c, b->versions.v[i].message);
            ny_col_end(&c);
            n++;
        }
    }
    return n > 0 ? ny_columns_send(&c, s->write) : NY_OK;
}

static ny_rc versions_add(struct ny_store *s, const struct ny_store_batch *b, int64_t batch_no)
{
    struct ny_columns c;
    size_t n = 0;

    ny_columns_init(&c, NY_SQL_VERSION_ADD, s->scratch);
    c.param[c.n - 1] = ny_db_i64(s->scratch, batch_no);
    for (size_t i = 0; i < b->versions.n; i++) {
        const struct ny_identity_row *row = &b->versions.v[i].row;
        ny_str json;
        ny_rc rc;

        if (version_is_copy(b, row)) {
            continue;
        }
        rc = patient_json(s, row->patient, &json);
        if (rc != NY_OK) {
            return rc;
        }
        ny_col_i64(&c, row->id);
        ny_col_i32(&c, row->version);
        ny_col_ref(&c, b->versions.v[i].message);
        ny_col_i16(&c, row->status);
        ny_col_json(&c, json);
        ny_col_bytes(&c, row->record);
        ny_col_i32(&c, row->norm_version);
        ny_col_time(&c, row->event_us);
        ny_col_end(&c);
        n++;
    }
    return n > 0 ? ny_columns_send(&c, s->write) : NY_OK;
}

static ny_rc versions_write(struct ny_store *s, const struct ny_store_batch *b, int64_t batch_no)
{
    ny_rc rc = versions_copy(s, b);

    return rc != NY_OK ? rc : versions_add(s, b, batch_no);
}

static ny_rc memberships_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->memberships.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_MEMBERSHIP_ADD, s->scratch);
    for (size_t i = 0; i < b->memberships.n; i++) {
        const struct ny_membership_row *row = &b->memberships.v[i];

        ny_col_i64(&c, row->identity);
        ny_col_ref(&c, row->from_person);
        ny_col_i64(&c, row->to_person);
        ny_col_i16(&c, row->cause);
        ny_col_ref(&c, row->message);
        ny_col_json(&c, row->receipt);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

static ny_rc statuses_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->statuses.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_STATUS_ADD, s->scratch);
    for (size_t i = 0; i < b->statuses.n; i++) {
        ny_col_i64(&c, b->statuses.v[i].identity);
        ny_col_i16(&c, b->statuses.v[i].status);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

static ny_rc edges_write(struct ny_store *s, const struct ny_store_batch *b, bool remove)
{
    struct ny_columns c;
    size_t n = 0;

    ny_columns_init(&c, remove ? NY_SQL_EDGE_REMOVE : NY_SQL_EDGE_PUT, s->scratch);
    for (size_t i = 0; i < b->edges.n; i++) {
        const struct ny_edge_row *row = &b->edges.v[i].row;

        if (b->edges.v[i].remove != remove) {
            continue;
        }
        ny_col_i64(&c, row->a);
        ny_col_i64(&c, row->b);
        if (!remove) {
            ny_col_i32(&c, row->total_b1024);
            ny_col_i32(&c, (int32_t)row->guards);
            ny_col_bytes(&c, ny_str_of((const char *)row->levels, sizeof(row->levels)));
            ny_col_i32(&c, row->model);
        }
        ny_col_end(&c);
        n++;
    }
    return n > 0 ? ny_columns_send(&c, s->write) : NY_OK;
}

static ny_rc messages_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns log;
    struct ny_columns seen;
    ny_rc rc;

    if (b->messages.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&log, NY_SQL_MESSAGE_ADD, s->scratch);
    ny_columns_init(&seen, NY_SQL_SEEN_ADD, s->scratch);
    for (size_t i = 0; i < b->messages.n; i++) {
        const struct ny_message_row *row = &b->messages.v[i];

        ny_col_i64(&log, row->id);
        ny_col_ref32(&log, row->source);
        ny_col_text(&log, row->control_id);
        ny_col_time(&log, row->received_us);
        ny_col_bytes(&log, row->body);
        ny_col_bytes(&log, row->ack);
        ny_col_end(&log);
        ny_col_i32(&seen, row->source);
        ny_col_text(&seen, row->control_id);
        ny_col_bytes(&seen, ny_str_of((const char *)row->body_hash, sizeof(row->body_hash)));
        ny_col_time(&seen, row->received_us);
        ny_col_bytes(&seen, row->ack);
        ny_col_end(&seen);
    }
    rc = ny_columns_send(&log, s->write);
    return rc != NY_OK ? rc : ny_columns_send(&seen, s->write);
}

static ny_rc partitions_drop(struct ny_store *s, const struct ny_store_batch *b)
{
    const struct ny_db_param names = ny_db_text(b->partitions_to_drop);

    return b->partitions_to_drop.n > 0
               ? ny_db_send(s->write, NY_SQL_PARTITIONS_DROP, &names, 1, NULL, NULL)
               : NY_OK;
}

ny_rc ny_batch_write(struct ny_store *s, struct ny_store_batch *b, int64_t batch_no)
{
    ny_rc rc = jsons_write(s, b);

    rc = rc != NY_OK ? rc : ny_batch_write_directory(s, b);
    rc = rc != NY_OK ? rc : ny_batch_write_models(s, b);
    rc = rc != NY_OK ? rc : persons_write(s, b, true);
    rc = rc != NY_OK ? rc : persons_write(s, b, false);
    rc = rc != NY_OK ? rc : identities_write(s, b, batch_no);
    rc = rc != NY_OK ? rc : versions_write(s, b, batch_no);
    rc = rc != NY_OK ? rc : mothers_write(s, b);
    rc = rc != NY_OK ? rc : ny_batch_write_visits(s, b);
    rc = rc != NY_OK ? rc : memberships_write(s, b);
    rc = rc != NY_OK ? rc : statuses_write(s, b);
    rc = rc != NY_OK ? rc : edges_write(s, b, true);
    rc = rc != NY_OK ? rc : edges_write(s, b, false);
    rc = rc != NY_OK ? rc : ny_batch_write_questions(s, b);
    rc = rc != NY_OK ? rc : ny_batch_write_notices(s, b);
    rc = rc != NY_OK ? rc : ny_batch_write_desk(s, b);
    rc = rc != NY_OK ? rc : ny_batch_write_proposals(s, b);
    rc = rc != NY_OK ? rc : messages_write(s, b);
    return rc != NY_OK ? rc : partitions_drop(s, b);
}
