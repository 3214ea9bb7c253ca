/* What is read back: all of it at a start, or a page. */

#include "fake_store_priv.h"

static ny_rc load_rows(struct ny_store *s, const struct ny_store_visitor *v)
{
    ny_rc rc = NY_OK;

    for (size_t i = 0; i < s->domains.n && rc == NY_OK; i++) {
        rc = v->domain(v->ctx, &s->domains.v[i]);
    }
    for (size_t i = 0; i < s->requesters.n && rc == NY_OK; i++) {
        rc = v->requester(v->ctx, &s->requesters.v[i]);
    }
    for (size_t i = 0; v->consumer != NULL && i < s->consumers.n && rc == NY_OK; i++) {
        rc = v->consumer(v->ctx, &s->consumers.v[i]);
    }
    for (size_t i = 0; i < s->identities.n && rc == NY_OK; i++) {
        rc = v->identity(v->ctx, &s->identities.v[i]);
    }
    if (s->has_rollout && rc == NY_OK) {
        rc = v->rollout(v->ctx, s->rollout.from_version, s->rollout.to_version, s->rollout.done_to);
    }
    for (size_t i = 0; i < s->edges.n && rc == NY_OK; i++) {
        rc = s->edges.v[i].remove ? NY_OK : v->edge(v->ctx, &s->edges.v[i].row);
    }
    for (size_t i = 0; i < s->pins.n && rc == NY_OK; i++) {
        rc = v->pin(v->ctx, &s->pins.v[i]);
    }
    rc = rc == NY_OK && v->proposal != NULL ? fake_proposals_load(s, v) : rc;
    for (size_t i = 0; i < s->holds.n && rc == NY_OK; i++) {
        rc = v->hold(v->ctx, &s->holds.v[i]);
    }
    for (size_t i = 0; i < s->reviews.n && rc == NY_OK; i++) {
        if (s->reviews.v[i].state != NY_REVIEW_CLOSED) {
            rc = v->review(v->ctx, &s->reviews.v[i]);
        }
    }
    for (size_t i = 0; i < s->messages.n && rc == NY_OK; i++) {
        rc = v->seen(v->ctx, s->messages.v[i].source, s->messages.v[i].control_id,
                     ny_str_of((const char *)s->messages.v[i].body_hash, NY_SHA256_LEN));
    }
    return rc;
}

static ny_rc load_active(const struct ny_store *s, const struct ny_store_visitor *v)
{
    ny_rc rc = NY_ENOTFOUND;

    for (size_t i = 0; i < s->models.n; i++) {
        if (s->models.v[i].state == NY_MODEL_ACTIVE) {
            rc = v->model(v->ctx, s->models.v[i].version, s->models.v[i].body);
        }
    }
    return rc;
}

ny_rc ny_store_load(struct ny_store *s, const struct ny_store_visitor *v, struct ny_error *err)
{
    ny_rc rc;

    (void)err;
    if (v->model != NULL) {
        return load_active(s, v);
    }
    rc = load_rows(s, v);
    return rc != NY_OK ? rc
                       : v->counters(v->ctx, (int64_t)s->identities.n, (int64_t)s->persons.n,
                                     (int64_t)s->messages.n, 0);
}

ny_rc ny_store_load_model(struct ny_store *s, int32_t version,
                          ny_rc (*fn)(void *ctx, int32_t version, ny_str body), void *ctx,
                          struct ny_error *err)
{
    for (size_t i = s->models.n; i > 0; i--) {
        const struct model *m = &s->models.v[i - 1];

        if (version == 0 || m->version == version) {
            return fn(ctx, m->version, m->body);
        }
    }
    return ny_fail(err, NY_ENOTFOUND, "there is no model version %d", version);
}

ny_rc ny_store_load_report(struct ny_store *s, enum ny_store_report report, int32_t arg,
                           struct ny_arena *a, ny_str *out, struct ny_error *err)
{
    (void)s;
    (void)report;
    (void)arg;
    (void)a;
    (void)out;
    return ny_fail(err, NY_EUNSUPP, "there is no database to report of");
}

ny_rc ny_store_load_labels(struct ny_store *s, int32_t version,
                           ny_rc (*fn)(void *ctx, int64_t a, int64_t b, bool same), void *ctx,
                           struct ny_error *err)
{
    (void)s;
    (void)version;
    (void)fn;
    (void)ctx;
    (void)err;
    return NY_OK;
}

ny_rc ny_store_load_voices(struct ny_store *s, int32_t most,
                           ny_rc (*fn)(void *ctx, const struct ny_voices_row *row), void *ctx,
                           struct ny_error *err)
{
    (void)s;
    (void)most;
    (void)fn;
    (void)ctx;
    (void)err;
    return NY_OK;
}

ny_rc ny_store_view(struct ny_store *s, enum ny_store_view view, int32_t arg,
                    void (*fn)(void *ctx, ny_rc rc, ny_str json), void *ctx)
{
    (void)s;
    (void)view;
    (void)arg;
    fn(ctx, NY_OK, NY_S("null"));
    return NY_OK;
}

ny_rc ny_store_resolve_at(struct ny_store *s, int32_t domain, ny_str id, int64_t at_us,
                          void (*fn)(void *ctx, ny_rc rc, const struct ny_resolved *r), void *ctx)
{
    (void)s;
    (void)domain;
    (void)id;
    (void)at_us;
    (void)fn;
    (void)ctx;
    return NY_EUNSUPP;
}

ny_rc ny_store_links_at(struct ny_store *s, ny_str after_ns, ny_str after_id, int32_t limit,
                        int64_t at_us,
                        void (*fn)(void *ctx, ny_rc rc, const struct ny_link_row *rows, size_t n),
                        void *ctx)
{
    (void)at_us;
    return ny_store_links(s, after_ns, after_id, limit, fn, ctx);
}

ny_rc ny_store_history(struct ny_store *s, const int64_t *ids, size_t n, const int64_t *persons,
                       size_t n_persons,
                       void (*fn)(void *ctx, ny_rc rc, const struct ny_history_row *rows, size_t n),
                       void *ctx)
{
    (void)s;
    (void)ids;
    (void)n;
    (void)persons;
    (void)n_persons;
    (void)fn;
    (void)ctx;
    return NY_EUNSUPP;
}

ny_rc ny_store_holds(struct ny_store *s, int64_t after, int32_t limit,
                     void (*fn)(void *ctx, ny_rc rc, const struct ny_hold_view *rows, size_t n),
                     void *ctx)
{
    (void)s;
    (void)after;
    (void)limit;
    (void)fn;
    (void)ctx;
    return NY_EUNSUPP;
}

ny_rc ny_store_pins_among(struct ny_store *s, const int64_t *ids, size_t n,
                          void (*fn)(void *ctx, ny_rc rc, const struct ny_pin_view *rows, size_t n),
                          void *ctx)
{
    (void)s;
    (void)ids;
    (void)n;
    (void)fn;
    (void)ctx;
    return NY_EUNSUPP;
}

ny_rc ny_store_links(struct ny_store *s, ny_str after_ns, ny_str after_id, int32_t limit,
                     void (*fn)(void *ctx, ny_rc rc, const struct ny_link_row *rows, size_t n),
                     void *ctx)
{
    (void)s;
    (void)after_ns;
    (void)after_id;
    (void)limit;
    (void)fn;
    (void)ctx;
    return NY_EUNSUPP;
}

ny_rc ny_store_decisions(struct ny_store *s, const struct ny_decision_filter *f, int32_t limit,
                         void (*fn)(void *ctx, ny_rc rc, const struct ny_decision_view *rows,
                                    size_t n),
                         void *ctx)
{
    (void)s;
    (void)f;
    (void)limit;
    (void)fn;
    (void)ctx;
    return NY_EUNSUPP;
}

ny_rc ny_store_reviews(struct ny_store *s, const struct ny_review_filter *f, int64_t after_at_us,
                       int64_t after_a, int64_t after_b, int32_t limit,
                       void (*fn)(void *ctx, ny_rc rc, const struct ny_review_view *rows, size_t n),
                       void *ctx)
{
    (void)s;
    (void)f;
    (void)after_at_us;
    (void)after_a;
    (void)after_b;
    (void)limit;
    (void)fn;
    (void)ctx;
    return NY_EUNSUPP;
}

typedef void (*notices_fn)(void *ctx, ny_rc rc, const struct ny_notice_view *rows, size_t n);

/* The rows behind after of one consumer (0: all), without the parked ones or all of them. */
static ny_rc notices_tell(struct ny_store *s, int32_t consumer, bool with_parked, int64_t after,
                          size_t limit, notices_fn fn, void *ctx)
{
    struct ny_notice_view *rows = ny_calloc(limit, sizeof(*rows));
    size_t n = 0;

    for (size_t i = 0; i < s->notices.n && n < limit; i++) {
        const struct ny_notice_view *v = &s->notices.v[i];

        if (v->seq > after && (consumer == 0 || v->row.consumer == consumer) &&
            (with_parked || !v->parked)) {
            rows[n++] = *v;
        }
    }
    fn(ctx, NY_OK, rows, n);
    ny_free(rows);
    return NY_OK;
}

ny_rc ny_store_notices_next(struct ny_store *s, int32_t consumer, int64_t after, int32_t limit,
                            notices_fn fn, void *ctx)
{
    return notices_tell(s, consumer, false, after, (size_t)limit, fn, ctx);
}

ny_rc ny_store_notices(struct ny_store *s, bool parked_only, int64_t after, int32_t limit,
                       notices_fn fn, void *ctx)
{
    (void)parked_only;
    return notices_tell(s, 0, true, after, (size_t)limit, fn, ctx);
}
