/* Start-up rows: table after table in one snapshot, on a blocking connection, in chunks. */

#include "store_priv.h"

enum { CHUNK = 500 }; /* small enough to stay in the cache: a quarter faster than 10 000 */

/* Row functions of one table: result row i to the visitor. */
typedef ny_rc (*row_fn)(const struct ny_store_visitor *v, const struct ny_db_result *r, size_t i);

struct table {
    enum ny_sql stmt;
    bool wanted;
    row_fn fn;
};

static ny_rc domain_row(const struct ny_store_visitor *v, const struct ny_db_result *r, size_t i)
{
    const struct ny_domain row = {
        .id = ny_db_get_i32(r, i, 0),
        .kind = (enum ny_domain_kind)ny_db_get_i32(r, i, 1),
        .listed = ny_db_get_bool(r, i, 2),
        .ns = ny_db_get_str(r, i, 3),
        .oid = ny_db_get_str(r, i, 4),
        .type = ny_db_get_str(r, i, 5),
        .name = ny_db_get_str(r, i, 6),
        .source_app = ny_db_get_str(r, i, 7),
        .source_facility = ny_db_get_str(r, i, 8),
    };

    return v->domain(v->ctx, &row);
}

static ny_rc requester_row(const struct ny_store_visitor *v, const struct ny_db_result *r, size_t i)
{
    const struct ny_requester_row row = {
        .id = ny_db_get_i32(r, i, 0),
        .app = ny_db_get_str(r, i, 1),
        .facility = ny_db_get_str(r, i, 2),
        .charset = ny_db_get_str(r, i, 3),
        .undecodable_replace = ny_db_get_bool(r, i, 4),
        .strict_update = ny_db_get_bool(r, i, 5),
        .accept_test = ny_db_get_bool(r, i, 6),
        .ignore_unknown_authority = ny_db_get_bool(r, i, 7),
        .probation = ny_db_get_bool(r, i, 8),
        .default_domain = ny_db_get_i32(r, i, 9),
        .unwatched = !ny_db_get_bool(r, i, 10),
        .habits = ny_db_get_str(r, i, 11),
        .id_width = ny_db_get_i32(r, i, 12),
        .address = (enum ny_address_fields)ny_db_get_i32(r, i, 13),
        .query_criteria = ny_db_get_i32(r, i, 14),
        .certificates = ny_db_get_str(r, i, 15),
        .strict_v3 = ny_db_get_bool(r, i, 16),
        .ignore_tracking = ny_db_get_bool(r, i, 17),
        .pix_names = ny_db_get_bool(r, i, 18),
        .only_asks = !ny_db_get_bool(r, i, 19),
    };

    return v->requester(v->ctx, &row);
}

static ny_rc consumer_row(const struct ny_store_visitor *v, const struct ny_db_result *r, size_t i)
{
    const struct ny_consumer_row row = {
        .id = ny_db_get_i32(r, i, 0),
        .name = ny_db_get_str(r, i, 1),
        .host = ny_db_get_str(r, i, 2),
        .port = (uint16_t)ny_db_get_i32(r, i, 3),
        .app = ny_db_get_str(r, i, 4),
        .facility = ny_db_get_str(r, i, 5),
        .domains = ny_db_get_str(r, i, 6),
        .enabled = ny_db_get_bool(r, i, 7),
        .path = ny_db_get_str(r, i, 8),
    };

    return v->consumer(v->ctx, &row);
}

static ny_rc model_row(const struct ny_store_visitor *v, const struct ny_db_result *r, size_t i)
{
    return v->model(v->ctx, ny_db_get_i32(r, i, 0), ny_db_get_str(r, i, 1));
}

static ny_rc identity_row(const struct ny_store_visitor *v, const struct ny_db_result *r, size_t i)
{
    const struct ny_identity_row row = {
        .id = ny_db_get_i64(r, i, 0),
        .domain = ny_db_get_i32(r, i, 1),
        .local_id = ny_db_get_str(r, i, 2),
        .status = (enum ny_identity_status)ny_db_get_i32(r, i, 3),
        .person = ny_db_get_i64(r, i, 4),
        .record = ny_db_get_bytes(r, i, 5),
        .norm_version = ny_db_get_i32(r, i, 6),
        .content_hash = ny_db_get_i64(r, i, 7),
        .event_us = ny_db_get_time_us(r, i, 8),
        .version = ny_db_get_i32(r, i, 9),
    };

    return v->identity(v->ctx, &row);
}

static ny_rc rollout_row(const struct ny_store_visitor *v, const struct ny_db_result *r, size_t i)
{
    return v->rollout(v->ctx, ny_db_get_i32(r, i, 0), ny_db_get_i32(r, i, 1),
                      ny_db_get_i64(r, i, 2));
}

static ny_rc home_row(const struct ny_store_visitor *v, const struct ny_db_result *r, size_t i)
{
    return v->home(v->ctx, ny_db_get_i64(r, i, 0), ny_db_get_i64(r, i, 1));
}

static ny_rc edge_row(const struct ny_store_visitor *v, const struct ny_db_result *r, size_t i)
{
    struct ny_edge_row row = {
        .a = ny_db_get_i64(r, i, 0),
        .b = ny_db_get_i64(r, i, 1),
        .total_b1024 = ny_db_get_i32(r, i, 2),
        .guards = (uint32_t)ny_db_get_i32(r, i, 3),
        .model = ny_db_get_i32(r, i, 5),
    };
    ny_str levels = ny_db_get_bytes(r, i, 4);

    NY_ASSERT(levels.n == sizeof(row.levels)); /* a constraint of the table */
    memcpy(row.levels, levels.p, levels.n);
    return v->edge(v->ctx, &row);
}

void ny_pin_row_read(const struct ny_db_result *r, size_t i, struct ny_pin_row *out)
{
    ny_str hash = ny_db_get_bytes(r, i, 7);

    *out = (struct ny_pin_row){
        .a = ny_db_get_i64(r, i, 0),
        .b = ny_db_get_i64(r, i, 1),
        .kind = (enum ny_pin_kind)ny_db_get_i32(r, i, 2),
        .role = (enum ny_pin_role)ny_db_get_i32(r, i, 3),
        .who = ny_db_get_str(r, i, 4),
        .stamp = {.at_us = ny_db_get_time_us(r, i, 5), .control_id = ny_db_get_str(r, i, 6)},
        .pair = ny_db_get_i32(r, i, 8),
        .reason = ny_db_get_str(r, i, 9),
        .message = ny_db_get_i64(r, i, 10),
        .total_b1024 = ny_db_get_i32(r, i, 11),
    };
    NY_ASSERT(hash.n == sizeof(out->stamp.hash)); /* a constraint of the table */
    memcpy(out->stamp.hash, hash.p, hash.n);
}

static ny_rc pin_row(const struct ny_store_visitor *v, const struct ny_db_result *r, size_t i)
{
    struct ny_pin_row row;

    ny_pin_row_read(r, i, &row);
    return v->pin(v->ctx, &row);
}

static ny_rc hold_row(const struct ny_store_visitor *v, const struct ny_db_result *r, size_t i)
{
    const struct ny_hold_row row = {
        .identity = ny_db_get_i64(r, i, 0),
        .source = ny_db_get_i32(r, i, 1),
        .kind = (enum ny_hold_kind)ny_db_get_i32(r, i, 2),
        .why = ny_hold_parse(ny_db_get_str(r, i, 3)),
        .detail = ny_db_get_str(r, i, 4),
        .at_us = ny_db_get_time_us(r, i, 5),
    };

    return row.why != 0 ? v->hold(v->ctx, &row) : NY_ECONFIG;
}

static ny_rc review_row(const struct ny_store_visitor *v, const struct ny_db_result *r, size_t i)
{
    const struct ny_review_row row = {
        .a = ny_db_get_i64(r, i, 0),
        .b = ny_db_get_i64(r, i, 1),
        .state = (enum ny_review_state)ny_db_get_i32(r, i, 2),
        .reason = (enum ny_review_reason)ny_db_get_i32(r, i, 3),
        .total_b1024 = ny_db_get_i32(r, i, 4),
        .guards = (uint32_t)ny_db_get_i32(r, i, 5),
        .at_us = ny_db_get_time_us(r, i, 6),
    };

    return v->review(v->ctx, &row);
}

static ny_rc proposal_row(const struct ny_store_visitor *v, const struct ny_db_result *r, size_t i)
{
    const struct ny_proposal_row row = {
        .number = ny_db_get_i64(r, i, 1),
        .pair = ny_db_get_i32(r, i, 2),
        .a = ny_db_get_i64(r, i, 3),
        .b = ny_db_get_i64(r, i, 4),
        .kind = (enum ny_pin_kind)ny_db_get_i32(r, i, 5),
        .role = (enum ny_pin_role)ny_db_get_i32(r, i, 6),
        .who = ny_db_get_str(r, i, 7),
        .at_us = ny_db_get_time_us(r, i, 8),
        .reason = ny_db_get_str(r, i, 9),
        .together = ny_db_get_str(r, i, 10),
        .size = ny_db_get_i32(r, i, 11),
    };

    return v->proposal(v->ctx, row.number != 0 ? &row : NULL, ny_db_get_i64(r, i, 0));
}

static ny_rc seen_row(const struct ny_store_visitor *v, const struct ny_db_result *r, size_t i)
{
    return v->seen(v->ctx, ny_db_get_i32(r, i, 0), ny_db_get_str(r, i, 1),
                   ny_db_get_bytes(r, i, 2));
}

static ny_rc calibration_row(const struct ny_store_visitor *v, const struct ny_db_result *r,
                             size_t i)
{
    return v->calibration(v->ctx, ny_db_get_str(r, i, 0));
}

static ny_rc counters_row(const struct ny_store_visitor *v, const struct ny_db_result *r, size_t i)
{
    return v->counters(v->ctx, ny_db_get_i64(r, i, 0), ny_db_get_i64(r, i, 1),
                       ny_db_get_i64(r, i, 2), ny_db_get_i64(r, i, 3));
}

struct reading {
    const struct ny_store_visitor *v;
    row_fn fn;
};

static ny_rc on_row(const struct ny_db_result *r, size_t i, void *ctx)
{
    const struct reading *reading = ctx;

    return reading->fn(reading->v, r, i);
}

static ny_rc load_all(struct ny_db_block *b, const struct ny_store_visitor *v, struct ny_error *err)
{
    const struct table tables[] = {
        {NY_SQL_LOAD_DOMAINS,     v->domain != NULL,      domain_row     },
        {NY_SQL_LOAD_REQUESTERS,  v->requester != NULL,   requester_row  },
        {NY_SQL_LOAD_CONSUMERS,   v->consumer != NULL,    consumer_row   },
        {NY_SQL_LOAD_MODEL,       v->model != NULL,       model_row      },
        {NY_SQL_LOAD_IDENTITIES,  v->identity != NULL,    identity_row   },
        {NY_SQL_LOAD_ROLLOUT,     v->rollout != NULL,     rollout_row    },
        {NY_SQL_LOAD_HOMES,       v->home != NULL,        home_row       },
        {NY_SQL_LOAD_EDGES,       v->edge != NULL,        edge_row       },
        {NY_SQL_LOAD_PINS,        v->pin != NULL,         pin_row        },
        {NY_SQL_LOAD_PROPOSALS,   v->proposal != NULL,    proposal_row   },
        {NY_SQL_LOAD_HOLDS,       v->hold != NULL,        hold_row       },
        {NY_SQL_LOAD_REVIEWS,     v->review != NULL,      review_row     },
        {NY_SQL_LOAD_SEEN,        v->seen != NULL,        seen_row       },
        {NY_SQL_LOAD_CALIBRATION, v->calibration != NULL, calibration_row},
        {NY_SQL_LOAD_COUNTERS,    v->counters != NULL,    counters_row   },
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(tables); i++) {
        struct reading reading = {v, tables[i].fn};
        const struct ny_db_reader reader = {CHUNK, on_row, &reading};
        ny_rc rc = tables[i].wanted
                       ? ny_db_block_read(b, ny_sql_text(tables[i].stmt), NULL, 0, &reader, err)
                       : NY_OK;

        if (rc != NY_OK) {
            return rc;
        }
    }
    return NY_OK;
}

ny_rc ny_store_load(struct ny_store *s, const struct ny_store_visitor *v, struct ny_error *err)
{
    struct ny_db_block *b = NULL;
    ny_rc rc = ny_store_block(s->conninfo, &b, err);

    rc = rc != NY_OK ? rc : ny_db_block_query(b, ny_sql_text(NY_SQL_SNAPSHOT), NULL, 0, NULL, err);
    rc = rc != NY_OK ? rc : load_all(b, v, err);
    rc = rc != NY_OK ? rc
                     : ny_db_block_query(b, ny_sql_text(NY_SQL_SNAPSHOT_END), NULL, 0, NULL, err);
    ny_db_block_close(b);
    return rc;
}

/* ---- one question on a connection of its own ---- */

struct asking {
    ny_rc (*row)(struct asking *a, const struct ny_db_result *r, size_t i);
    ny_rc (*model)(void *ctx, int32_t version, ny_str body);
    ny_rc (*label)(void *ctx, int64_t a, int64_t b, bool same);
    ny_rc (*voices)(void *ctx, const struct ny_voices_row *row);
    void *ctx;
    struct ny_arena *arena; /* of text */
    ny_str text;
    size_t n; /* rows */
};

static ny_rc asked_model(struct asking *a, const struct ny_db_result *r, size_t i)
{
    return a->model(a->ctx, ny_db_get_i32(r, i, 0), ny_db_get_str(r, i, 1));
}

static ny_rc asked_label(struct asking *a, const struct ny_db_result *r, size_t i)
{
    return a->label(a->ctx, ny_db_get_i64(r, i, 0), ny_db_get_i64(r, i, 1),
                    ny_db_get_bool(r, i, 2));
}

static ny_rc asked_voices(struct asking *a, const struct ny_db_result *r, size_t i)
{
    const struct ny_voices_row row = {.a = ny_db_get_i64(r, i, 0),
                                      .b = ny_db_get_i64(r, i, 1),
                                      .same = ny_db_get_i32(r, i, 2),
                                      .different = ny_db_get_i32(r, i, 3),
                                      .blind = ny_db_get_i32(r, i, 4)};

    return a->voices(a->ctx, &row);
}

static ny_rc asked_text(struct asking *a, const struct ny_db_result *r, size_t i)
{
    a->text = ny_arena_str(a->arena, ny_db_get_str(r, i, 0));
    return a->text.p != NULL ? NY_OK : NY_ELIMIT;
}

static ny_rc on_answer(const struct ny_db_result *r, size_t i, void *ctx)
{
    struct asking *a = ctx;

    a->n++;
    return a->row(a, r, i);
}

/* arg: the statement's only parameter. */
static ny_rc ask(const struct ny_store *s, enum ny_sql stmt, int32_t arg, struct asking *a,
                 struct ny_error *err)
{
    const struct ny_db_reader reader = {CHUNK, on_answer, a};
    struct ny_arena *arena = ny_arena_create(0);
    const struct ny_db_param param = ny_db_i32(arena, arg);
    struct ny_db_block *b = NULL;
    ny_rc rc = ny_store_block(s->conninfo, &b, err);

    rc = rc != NY_OK ? rc : ny_db_block_read(b, ny_sql_text(stmt), &param, 1, &reader, err);
    ny_db_block_close(b);
    ny_arena_destroy(arena);
    return rc;
}

ny_rc ny_store_load_model(struct ny_store *s, int32_t version,
                          ny_rc (*fn)(void *ctx, int32_t version, ny_str body), void *ctx,
                          struct ny_error *err)
{
    struct asking a = {.row = asked_model, .model = fn, .ctx = ctx};
    ny_rc rc =
        ask(s, version != 0 ? NY_SQL_LOAD_MODEL_OF : NY_SQL_LOAD_MODEL_LAST, version, &a, err);

    return rc == NY_OK && a.n == 0
               ? ny_fail(err, NY_ENOTFOUND, "there is no model version %d", (int)version)
               : rc;
}

ny_rc ny_store_load_labels(struct ny_store *s, int32_t version,
                           ny_rc (*fn)(void *ctx, int64_t a, int64_t b, bool same), void *ctx,
                           struct ny_error *err)
{
    struct asking a = {.row = asked_label, .label = fn, .ctx = ctx};

    return ask(s, NY_SQL_LOAD_LABELS, version, &a, err);
}

ny_rc ny_store_load_voices(struct ny_store *s, int32_t most,
                           ny_rc (*fn)(void *ctx, const struct ny_voices_row *row), void *ctx,
                           struct ny_error *err)
{
    struct asking a = {.row = asked_voices, .voices = fn, .ctx = ctx};

    return ask(s, NY_SQL_LOAD_VOICES, most, &a, err);
}

ny_rc ny_store_load_report(struct ny_store *s, enum ny_store_report report, int32_t arg,
                           struct ny_arena *a, ny_str *out, struct ny_error *err)
{
    static const enum ny_sql statements[NY_REPORT_COUNT] = {
        [NY_REPORT_FEEDS] = NY_SQL_REPORT_FEEDS,
        [NY_REPORT_SAME_FACILITY] = NY_SQL_REPORT_SAME_FACILITY,
        [NY_REPORT_KPI] = NY_SQL_REPORT_KPI,
        [NY_REPORT_WORKLOAD] = NY_SQL_REPORT_WORKLOAD,
    };
    struct asking asked = {.row = asked_text, .arena = a};
    ny_rc rc = ask(s, statements[report], arg, &asked, err);

    if (rc == NY_OK) {
        *out = asked.text;
    }
    return rc;
}
