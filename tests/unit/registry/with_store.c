/* A store in memory, see fake_store.h. It defines every function of nayose/store.h, so that the
 * real one is not linked. */

#include "fake_store.h"

enum { ROWS_MAX = 1024 };

struct saved_identity {
    struct ny_identity_row row;
    struct ny_arena *arena;
};

struct edge_op {
    struct ny_edge_row row;
    bool remove;
};

struct ny_store_batch {
    struct ny_arena *arena;
    struct ny_identity_row identities[ROWS_MAX];
    bool is_new[ROWS_MAX];
    size_t n_identities;
    struct {
        int64_t identity, person;
    } moves[ROWS_MAX];
    size_t n_moves;
    struct ny_message_row messages[ROWS_MAX];
    size_t n_messages;
    struct edge_op edges[ROWS_MAX * 4];
    size_t n_edges;
    struct ny_review_row reviews[ROWS_MAX];
    size_t n_reviews;
    struct ny_pin_row pins[ROWS_MAX];
    size_t n_pins;
    struct ny_domain domains[16];
    size_t n_domains;
    struct ny_requester_row requesters[16];
    size_t n_requesters;
    size_t n_versions, n_audits, n_persons;
};

struct pending_read {
    int64_t ids[64 * 32];
    size_t n;
    void (*fn)(void *ctx, ny_rc rc, const struct ny_stored_patient *rows, size_t n);
    void *ctx;
};

struct pending_seen {
    int32_t source;
    ny_str control_id;
    uint8_t hash[NY_SHA256_LEN];
    void (*fn)(void *ctx, ny_rc rc, ny_str ack);
    void *ctx;
};

struct ny_store {
    struct ny_arena *arena;
    ny_str model;
    struct ny_domain domains[16];
    size_t n_domains;
    struct ny_requester_row requesters[16];
    size_t n_requesters;
    struct saved_identity identities[ROWS_MAX];
    size_t n_identities;
    struct ny_message_row messages[ROWS_MAX * 4];
    size_t n_messages;
    struct ny_edge_row edges[ROWS_MAX * 4];
    size_t n_edges;
    struct ny_review_row reviews[ROWS_MAX * 4];
    size_t n_reviews;
    struct ny_pin_row pins[ROWS_MAX];
    size_t n_pins;
    size_t n_versions, n_audits;
    int64_t n_persons;
    struct ny_store_batch *in_flight;
    void (*done)(void *ctx, ny_rc rc, const struct ny_error *err);
    void *done_ctx;
    struct pending_read read;
    struct pending_seen seen;
    ny_rc fail_rc;
    int fail_times;
    bool lose_answer;
    const char *poison;
    bool hold_reads;
    bool ready;
    void (*on_ready)(void *ctx, bool ready);
    void *on_ready_ctx;
};

/* ---- for the test ---- */

struct ny_store *fake_store_create(ny_str model_text)
{
    struct ny_store *s = ny_calloc(1, sizeof(*s));

    s->arena = ny_arena_create(0);
    s->model = model_text;
    s->ready = true;
    return s;
}

void fake_store_destroy(struct ny_store *s)
{
    for (size_t i = 0; i < s->n_identities; i++) {
        ny_arena_destroy(s->identities[i].arena);
    }
    ny_arena_destroy(s->arena);
    ny_free(s);
}

void fake_store_add_domain(struct ny_store *s, const struct ny_domain *d)
{
    s->domains[s->n_domains] = *d;
    s->domains[s->n_domains].id = (int32_t)s->n_domains + 1;
    s->n_domains++;
    s->requesters[s->n_requesters] = (struct ny_requester_row){
        .id = (int32_t)s->n_requesters + 1, .app = d->source_app, .facility = d->source_facility};
    s->n_requesters++;
}

void fake_store_fail(struct ny_store *s, ny_rc rc, int times)
{
    s->fail_rc = rc;
    s->fail_times = times;
}

void fake_store_hold_reads(struct ny_store *s, bool hold)
{
    s->hold_reads = hold;
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

size_t fake_store_identities(const struct ny_store *s)
{
    return s->n_identities;
}

size_t fake_store_messages(const struct ny_store *s)
{
    return s->n_messages;
}

size_t fake_store_versions(const struct ny_store *s)
{
    return s->n_versions;
}

size_t fake_store_audits(const struct ny_store *s)
{
    return s->n_audits;
}

size_t fake_store_edges(const struct ny_store *s)
{
    return s->n_edges;
}

size_t fake_store_reviews(const struct ny_store *s, enum ny_review_state state)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n_reviews; i++) {
        n += s->reviews[i].state == state;
    }
    return n;
}

const struct ny_identity_row *fake_store_identity(const struct ny_store *s, size_t i)
{
    return &s->identities[i].row;
}

int64_t fake_store_person(const struct ny_store *s, size_t i)
{
    return s->identities[i].row.person;
}

/* ---- commits ---- */

static void save_identity(struct ny_store *s, const struct ny_identity_row *row)
{
    struct saved_identity *saved = &s->identities[row->id - 1];
    struct ny_arena *old = saved->arena;
    struct ny_patient *p;

    saved->arena = ny_arena_create(0);
    p = NY_ARENA_NEW(saved->arena, struct ny_patient);
    NY_ASSERT(ny_patient_copy(saved->arena, row->patient, p) == NY_OK);
    saved->row = *row;
    saved->row.patient = p;
    saved->row.local_id = ny_arena_str(saved->arena, row->local_id);
    saved->row.record = ny_arena_str(saved->arena, row->record);
    ny_arena_destroy(old);
}

static void apply_edge(struct ny_store *s, const struct edge_op *op)
{
    size_t k = 0;

    while (k < s->n_edges && (s->edges[k].a != op->row.a || s->edges[k].b != op->row.b)) {
        k++;
    }
    if (op->remove) {
        NY_ASSERT(k < s->n_edges);
        s->edges[k] = s->edges[--s->n_edges];
        return;
    }
    s->edges[k] = op->row;
    s->n_edges += k == s->n_edges;
}

static void apply_review(struct ny_store *s, const struct ny_review_row *row)
{
    size_t k = 0;

    while (k < s->n_reviews && (s->reviews[k].a != row->a || s->reviews[k].b != row->b)) {
        k++;
    }
    s->reviews[k] = *row;
    s->n_reviews += k == s->n_reviews;
}

static void apply_batch(struct ny_store *s, const struct ny_store_batch *b)
{
    for (size_t i = 0; i < b->n_identities; i++) {
        if (b->is_new[i]) {
            NY_ASSERT(b->identities[i].id == (int64_t)s->n_identities + 1);
            s->n_identities++;
        }
        NY_ASSERT(b->identities[i].person > 0);
        save_identity(s, &b->identities[i]);
    }
    for (size_t i = 0; i < b->n_moves; i++) {
        s->identities[b->moves[i].identity - 1].row.person = b->moves[i].person;
    }
    for (size_t i = 0; i < b->n_messages; i++) {
        struct ny_message_row *m = &s->messages[s->n_messages++];

        *m = b->messages[i];
        m->control_id = ny_arena_str(s->arena, m->control_id);
        m->ack = ny_arena_str(s->arena, m->ack);
    }
    for (size_t i = 0; i < b->n_edges; i++) {
        apply_edge(s, &b->edges[i]);
    }
    for (size_t i = 0; i < b->n_reviews; i++) {
        apply_review(s, &b->reviews[i]);
    }
    for (size_t i = 0; i < b->n_pins; i++) {
        s->pins[s->n_pins++] = b->pins[i];
    }
    for (size_t i = 0; i < b->n_domains; i++) {
        fake_store_add_domain(s, &b->domains[i]);
    }
    s->n_versions += b->n_versions;
    s->n_audits += b->n_audits;
    s->n_persons += (int64_t)b->n_persons;
}

static ny_rc commit_result(struct ny_store *s, const struct ny_store_batch *b)
{
    if (s->fail_times > 0) {
        s->fail_times--;
        return s->fail_rc;
    }
    for (size_t i = 0; i < b->n_messages && s->poison != NULL; i++) {
        if (ny_str_equals(b->messages[i].control_id, ny_str_from_c(s->poison))) {
            return NY_ECONFLICT;
        }
    }
    return NY_OK;
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
        const struct ny_identity_row *r = &s->identities[read.ids[i] - 1].row;

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
    for (size_t i = 0; i < s->n_messages; i++) {
        const struct ny_message_row *m = &s->messages[i];

        if (m->source == seen.source && ny_str_equals(m->control_id, seen.control_id) &&
            memcmp(m->body_hash, seen.hash, sizeof(seen.hash)) == 0) {
            ack = m->ack;
        }
    }
    seen.fn(seen.ctx, NY_OK, ack);
    return true;
}

bool fake_store_pump(struct ny_store *s)
{
    struct ny_store_batch *b = s->in_flight;
    struct ny_error err = {0};
    ny_rc rc;

    if (pump_read(s) || pump_seen(s)) {
        return true;
    }
    if (b == NULL) {
        return false;
    }
    s->in_flight = NULL;
    rc = commit_result(s, b);
    if (rc == NY_OK) {
        apply_batch(s, b);
    }
    if (s->lose_answer) {
        s->lose_answer = false;
        rc = NY_EDB;
    }
    s->done(s->done_ctx, rc, &err);
    return true;
}

/* ---- the face ---- */

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

static ny_rc load_rows(struct ny_store *s, const struct ny_store_visitor *v)
{
    ny_rc rc = NY_OK;

    for (size_t i = 0; i < s->n_domains && rc == NY_OK; i++) {
        rc = v->domain(v->ctx, &s->domains[i]);
    }
    for (size_t i = 0; i < s->n_requesters && rc == NY_OK; i++) {
        rc = v->requester(v->ctx, &s->requesters[i]);
    }
    for (size_t i = 0; i < s->n_identities && rc == NY_OK; i++) {
        rc = v->identity(v->ctx, &s->identities[i].row);
    }
    for (size_t i = 0; i < s->n_edges && rc == NY_OK; i++) {
        rc = v->edge(v->ctx, &s->edges[i]);
    }
    for (size_t i = 0; i < s->n_pins && rc == NY_OK; i++) {
        rc = v->pin(v->ctx, &s->pins[i]);
    }
    for (size_t i = 0; i < s->n_reviews && rc == NY_OK; i++) {
        if (s->reviews[i].state != NY_REVIEW_CLOSED) {
            rc = v->review(v->ctx, &s->reviews[i]);
        }
    }
    for (size_t i = 0; i < s->n_messages && rc == NY_OK; i++) {
        rc = v->seen(v->ctx, s->messages[i].source, s->messages[i].control_id,
                     ny_str_of((const char *)s->messages[i].body_hash, NY_SHA256_LEN));
    }
    return rc;
}

ny_rc ny_store_load(struct ny_store *s, const struct ny_store_visitor *v, struct ny_error *err)
{
    ny_rc rc;

    (void)err;
    if (v->model != NULL) {
        return v->model(v->ctx, 1, s->model);
    }
    rc = load_rows(s, v);
    return rc != NY_OK ? rc
                       : v->counters(v->ctx, (int64_t)s->n_identities, s->n_persons,
                                     (int64_t)s->n_messages, 0);
}

struct ny_store_batch *ny_store_batch_create(void)
{
    struct ny_store_batch *b = ny_calloc(1, sizeof(*b));

    b->arena = ny_arena_create(0);
    return b;
}

void ny_store_batch_destroy(struct ny_store_batch *b)
{
    if (b != NULL) {
        ny_arena_destroy(b->arena);
        ny_free(b);
    }
}

struct ny_arena *ny_store_batch_arena(struct ny_store_batch *b)
{
    return b->arena;
}

void ny_store_add_identity_new(struct ny_store_batch *b, const struct ny_identity_row *row)
{
    b->is_new[b->n_identities] = true;
    b->identities[b->n_identities++] = *row;
}

void ny_store_add_identity_update(struct ny_store_batch *b, const struct ny_identity_row *row)
{
    b->is_new[b->n_identities] = false;
    b->identities[b->n_identities++] = *row;
}

void ny_store_add_version(struct ny_store_batch *b, const struct ny_identity_row *row,
                          int64_t message)
{
    (void)row;
    (void)message;
    b->n_versions++;
}

void ny_store_add_identity_person(struct ny_store_batch *b, int64_t identity, int64_t person)
{
    b->moves[b->n_moves].identity = identity;
    b->moves[b->n_moves++].person = person;
}

void ny_store_add_person(struct ny_store_batch *b, const struct ny_person_row *row, bool is_new)
{
    (void)row;
    b->n_persons += is_new;
}

void ny_store_add_membership(struct ny_store_batch *b, const struct ny_membership_row *row)
{
    (void)b;
    NY_ASSERT(row->to_person > 0 && row->from_person != row->to_person);
}

void ny_store_add_edge(struct ny_store_batch *b, const struct ny_edge_row *row)
{
    b->edges[b->n_edges++] = (struct edge_op){*row, false};
}

void ny_store_remove_edge(struct ny_store_batch *b, int64_t identity_a, int64_t identity_b)
{
    b->edges[b->n_edges++] = (struct edge_op){
        {.a = identity_a, .b = identity_b},
        true
    };
}

void ny_store_add_pin(struct ny_store_batch *b, const struct ny_pin_row *row)
{
    b->pins[b->n_pins++] = *row;
}

void ny_store_add_hold(struct ny_store_batch *b, const struct ny_hold_row *row)
{
    (void)b;
    (void)row;
}

void ny_store_add_review(struct ny_store_batch *b, const struct ny_review_row *row)
{
    b->reviews[b->n_reviews++] = *row;
}

void ny_store_add_message(struct ny_store_batch *b, const struct ny_message_row *row)
{
    b->messages[b->n_messages++] = *row;
}

void ny_store_add_audit(struct ny_store_batch *b, const struct ny_audit_row *row)
{
    (void)row;
    b->n_audits++;
}

void ny_store_add_domain(struct ny_store_batch *b, const struct ny_domain *row)
{
    b->domains[b->n_domains++] = *row;
}

void ny_store_add_requester(struct ny_store_batch *b, const struct ny_requester_row *row)
{
    b->requesters[b->n_requesters++] = *row;
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

ny_rc ny_store_resolve(struct ny_store *s, int32_t domain, ny_str id,
                       void (*fn)(void *ctx, ny_rc rc, const struct ny_resolved *r), void *ctx)
{
    (void)s;
    (void)domain;
    (void)id;
    (void)fn;
    (void)ctx;
    return NY_EUNSUPP;
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

ny_rc ny_store_reviews(struct ny_store *s, enum ny_review_state state, int64_t after_at_us,
                       int64_t after_a, int64_t after_b, int32_t limit,
                       void (*fn)(void *ctx, ny_rc rc, const struct ny_review_view *rows, size_t n),
                       void *ctx)
{
    (void)s;
    (void)state;
    (void)after_at_us;
    (void)after_a;
    (void)after_b;
    (void)limit;
    (void)fn;
    (void)ctx;
    return NY_EUNSUPP;
}
