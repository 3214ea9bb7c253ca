/* A store in memory, see fake_store.h: its life, what a test makes of it, and what is under way.
 * The fake_*.c define every function of nayose/store.h, so that the real one is not linked. */

#include "nayose/match.h"

#include "fake_store_priv.h"

static int32_t version_of(ny_str model_text)
{
    struct ny_match_model *m = NULL;
    struct ny_error err;
    int32_t version;

    NY_ASSERT(ny_match_model_parse(model_text, &m, &err) == NY_OK);
    version = ny_match_model_version(m);
    ny_match_model_destroy(m);
    return version;
}

struct ny_store *fake_store_create(ny_str model_text)
{
    struct ny_store *s = ny_calloc(1, sizeof(*s));

    s->arena = ny_arena_create(0);
    ADD(&s->models, (struct model){version_of(model_text), ny_arena_str(s->arena, model_text),
                                   NY_MODEL_ACTIVE});
    s->ready = true;
    return s;
}

void fake_store_destroy(struct ny_store *s)
{
    ny_free(s->models.v);
    ny_free(s->domains.v);
    ny_free(s->requesters.v);
    ny_free(s->identities.v);
    ny_free(s->messages.v);
    ny_free(s->visits.v);
    ny_free(s->edges.v);
    ny_free(s->edge_of.slots);
    ny_free(s->reviews.v);
    ny_free(s->review_of.slots);
    ny_free(s->pins.v);
    ny_free(s->holds.v);
    ny_free(s->consumers.v);
    ny_free(s->notices.v);
    ny_free(s->persons.v);
    ny_free(s->member_of.v);
    ny_free(s->status_of.v);
    ny_free(s->events.v);
    ny_free(s->proposals.v);
    ny_free(s->proposal_ends.v);
    ny_arena_destroy(s->arena);
    ny_free(s);
}

void fake_store_add_domain(struct ny_store *s, const struct ny_domain *d)
{
    struct ny_requester_row source = {.id = (int32_t)s->requesters.n + 1,
                                      .app = d->source_app,
                                      .facility = d->source_facility,
                                      .unwatched = true};

    ADD(&s->domains, *d);
    s->domains.v[s->domains.n - 1].id = (int32_t)s->domains.n;
    ADD(&s->requesters, source);
}

void fake_store_add_facilities(struct ny_store *s, struct ny_arena *a, int n)
{
    for (int i = 1; i <= n; i++) {
        const struct ny_domain d = {
            .kind = NY_DOMAIN_FACILITY,
            .ns = ny_arena_printf(a, "F%02d", i),
            .oid = ny_arena_printf(a, "1.2.3.%d", i),
            .type = NY_S("ISO"),
            .source_facility = ny_arena_printf(a, "F%02d", i),
        };

        fake_store_add_domain(s, &d);
    }
}

void fake_store_set_probation(struct ny_store *s, size_t i)
{
    s->requesters.v[i].probation = true;
}

void fake_store_watch(struct ny_store *s)
{
    for (size_t i = 0; i < s->requesters.n; i++) {
        s->requesters.v[i].unwatched = false;
    }
}

void fake_store_fail(struct ny_store *s, ny_rc rc, int times)
{
    s->fail_rc = rc;
    s->fail_times = times;
}

void fake_store_refuse_version(struct ny_store *s)
{
    s->refuse_version = true;
}

void fake_store_hold_reads(struct ny_store *s, bool hold)
{
    s->hold_reads = hold;
}

void fake_store_hold_resolves(struct ny_store *s, bool hold)
{
    s->hold_resolves = hold;
}

void fake_store_lose_answer(struct ny_store *s)
{
    s->lose_answer = true;
}

void fake_store_poison(struct ny_store *s, const char *control_id)
{
    s->poison = control_id;
}

void fake_store_lose(struct ny_store *s, bool ready)
{
    s->ready = ready;
    if (s->on_ready != NULL) {
        s->on_ready(s->on_ready_ctx, ready);
    }
}

void fake_store_stop(struct ny_store *s)
{
    struct ny_error err = {.rc = NY_EDB};

    s->ready = false;
    s->on_ready = NULL;
    if (s->in_flight != NULL) {
        s->in_flight = NULL;
        s->done(s->done_ctx, NY_EDB, &err);
    }
    s->ready = true;
}

/* ---- under way ---- */

static bool makes_active(const struct ny_store_batch *b)
{
    for (size_t i = 0; i < b->model_states.n; i++) {
        if (b->model_states.v[i].state == NY_MODEL_ACTIVE) {
            return true;
        }
    }
    return false;
}

static ny_rc commit_result(struct ny_store *s, const struct ny_store_batch *b)
{
    if (s->refuse_version && makes_active(b)) {
        s->refuse_version = false;
        return NY_ECONFLICT;
    }
    if (s->fail_times > 0) {
        s->fail_times--;
        return s->fail_rc;
    }
    for (size_t i = 0; i < b->messages.n && s->poison != NULL; i++) {
        if (ny_str_equals(b->messages.v[i].control_id, ny_str_from_c(s->poison))) {
            return NY_ECONFLICT;
        }
    }
    return fake_words_check(s, b);
}

static bool pump_read(struct ny_store *s)
{
    struct pending_read read = s->read;
    struct ny_stored_patient rows[64];
    size_t n = 0;

    if (read.fn == NULL || s->hold_reads) {
        return false;
    }
    s->read.fn = NULL;
    for (size_t i = 0; i < read.n && n < 64; i++) {
        const struct ny_identity_row *r = &s->identities.v[read.ids[i] - 1];

        if ((size_t)read.ids[i] > s->identities.n) {
            continue; /* added in memory while the request waited for its turn */
        }
        rows[n++] = (struct ny_stored_patient){r->id,     r->version, r->domain,  r->local_id,
                                               r->status, r->person,  *r->patient};
    }
    read.fn(read.ctx, NY_OK, rows, n);
    return true;
}

static bool pump_seen(struct ny_store *s)
{
    struct pending_seen seen = s->seen;
    ny_str ack = NY_STR_NONE;

    if (seen.fn == NULL) {
        return false;
    }
    s->seen.fn = NULL;
    for (size_t i = 0; i < s->messages.n; i++) {
        const struct ny_message_row *m = &s->messages.v[i];

        if (m->source == seen.source && ny_str_equals(m->control_id, seen.control_id) &&
            memcmp(m->body_hash, seen.hash, sizeof(seen.hash)) == 0) {
            ack = m->ack;
        }
    }
    seen.fn(seen.ctx, NY_OK, ack);
    return true;
}

/* Of a person only the number is told. */
static bool pump_resolve(struct ny_store *s)
{
    struct pending_resolve resolve = s->resolve;
    struct ny_resolved rows[64] = {0};

    if (resolve.fn == NULL || s->hold_resolves) {
        return false;
    }
    s->resolve.fn = NULL;
    for (size_t k = 0; k < resolve.n; k++) {
        for (size_t i = 0; i < s->identities.n; i++) {
            const struct ny_identity_row *r = &s->identities.v[i];

            if (r->domain == resolve.asked[k].domain &&
                ny_str_equals(r->local_id, resolve.asked[k].id)) {
                rows[k] = (struct ny_resolved){.found = true, .person = r->person};
            }
        }
    }
    resolve.fn(resolve.ctx, NY_OK, rows);
    return true;
}

bool fake_store_pump(struct ny_store *s)
{
    struct ny_store_batch *b = s->in_flight;
    struct ny_error err = {0};
    ny_rc rc;

    if (pump_read(s) || pump_seen(s) || pump_resolve(s)) {
        return true;
    }
    if (b == NULL) {
        return false;
    }
    s->in_flight = NULL;
    rc = commit_result(s, b);
    if (rc == NY_OK) {
        fake_batch_apply(s, b);
    }
    if (s->lose_answer) {
        s->lose_answer = false;
        rc = NY_EDB;
    }
    s->done(s->done_ctx, rc, &err);
    return true;
}

ny_rc ny_store_commit(struct ny_store *s, struct ny_store_batch *b, int64_t batch_no,
                      void (*done)(void *ctx, ny_rc rc, const struct ny_error *err), void *ctx)
{
    (void)batch_no;
    NY_ASSERT(s->in_flight == NULL);
    if (!s->ready) {
        return NY_EDB;
    }
    s->in_flight = b;
    s->done = done;
    s->done_ctx = ctx;
    return NY_OK;
}

ny_rc ny_store_read_patients(struct ny_store *s, const int64_t *ids, size_t n,
                             void (*fn)(void *ctx, ny_rc rc, const struct ny_stored_patient *rows,
                                        size_t n),
                             void *ctx)
{
    NY_ASSERT(s->read.fn == NULL);
    memcpy(s->read.ids, ids, n * sizeof(*ids));
    s->read.n = n;
    s->read.fn = fn;
    s->read.ctx = ctx;
    return NY_OK;
}

ny_rc ny_store_seen(struct ny_store *s, int32_t source, ny_str control_id,
                    const uint8_t body_hash[NY_SHA256_LEN],
                    void (*fn)(void *ctx, ny_rc rc, ny_str ack), void *ctx)
{
    if (s->seen.fn != NULL) {
        return NY_EAGAIN;
    }
    s->seen =
        (struct pending_seen){.source = source, .control_id = control_id, .fn = fn, .ctx = ctx};
    memcpy(s->seen.hash, body_hash, sizeof(s->seen.hash));
    return NY_OK;
}

bool ny_store_is_ready(const struct ny_store *s)
{
    return s->ready;
}

int64_t ny_store_epoch(const struct ny_store *s)
{
    (void)s;
    return 1;
}

void ny_store_on_ready(struct ny_store *s, void (*fn)(void *ctx, bool ready), void *ctx)
{
    s->on_ready = fn;
    s->on_ready_ctx = ctx;
}

/* The registry asks again when it was answered. */
ny_rc ny_store_resolve(struct ny_store *s, const struct ny_resolve_question *q, size_t n,
                       void (*fn)(void *ctx, ny_rc rc, const struct ny_resolved *r), void *ctx)
{
    NY_ASSERT(s->resolve.fn == NULL && n > 0 && n <= NY_ARRAY_LEN(s->resolve.asked));
    if (!s->ready) {
        return NY_EDB;
    }
    memcpy(s->resolve.asked, q, n * sizeof(*q));
    s->resolve.n = n;
    s->resolve.fn = fn;
    s->resolve.ctx = ctx;
    return NY_OK;
}
