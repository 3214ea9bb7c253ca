/* A store in memory, see fake_store.h. It defines every function of nayose/store.h, so that the
 * real one is not linked. */

#include "fake_store.h"
#include "nayose/match.h"

/* An array that grows: ADD(&list, value). */
#define LIST(type)                                                                                 \
    struct {                                                                                       \
        type *v;                                                                                   \
        size_t n, cap;                                                                             \
    }
#define ADD(list, ...)                                                                             \
    ((list)->v = list_grown((list)->v, (list)->n, &(list)->cap, sizeof(*(list)->v)),               \
     (list)->v[(list)->n++] = (__VA_ARGS__))

static void *list_grown(void *v, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) {
        return v;
    }
    *cap = *cap > 0 ? *cap * 2 : 16;
    return ny_realloc(v, ny_mul_size(*cap, size));
}

/* Where the row of a pair stands: (a, b) → number of the row + 1; open addressing, nothing is ever
 * taken out. */
struct pair_slot {
    int64_t a, b;
    size_t row;
};

struct pair_map {
    struct pair_slot *slots;
    size_t size, used;
};

static struct pair_slot *pair_slot(const struct pair_map *m, int64_t a, int64_t b)
{
    const int64_t key[2] = {a, b};
    size_t at = ny_hash64(ny_str_of((const char *)key, sizeof(key))) & (m->size - 1);

    while (m->slots[at].row != 0 && (m->slots[at].a != a || m->slots[at].b != b)) {
        at = (at + 1) & (m->size - 1);
    }
    return &m->slots[at];
}

static void pair_map_grow(struct pair_map *m)
{
    struct pair_map grown = {.size = m->size > 0 ? m->size * 2 : 1024, .used = m->used};

    grown.slots = ny_calloc(grown.size, sizeof(*grown.slots));
    for (size_t i = 0; i < m->size; i++) {
        if (m->slots[i].row != 0) {
            *pair_slot(&grown, m->slots[i].a, m->slots[i].b) = m->slots[i];
        }
    }
    ny_free(m->slots);
    *m = grown;
}

/* The row of the pair; the next free one, `rows`, when it has none yet. */
static size_t pair_row(struct pair_map *m, int64_t a, int64_t b, size_t rows)
{
    struct pair_slot *slot;

    if (m->used * 2 >= m->size) {
        pair_map_grow(m);
    }
    slot = pair_slot(m, a, b);
    if (slot->row == 0) {
        *slot = (struct pair_slot){a, b, rows + 1};
        m->used++;
    }
    return slot->row - 1;
}

struct edge_op {
    struct ny_edge_row row;
    bool remove;
};

struct identity_op {
    struct ny_identity_row row;
    bool is_new;
};

struct move {
    int64_t identity, person;
    enum ny_identity_status status;
};

struct model {
    int32_t version;
    ny_str body;
    enum ny_model_state state;
};

struct model_state {
    int32_t version;
    enum ny_model_state state;
};

struct ny_store_batch {
    struct ny_arena *arena;
    LIST(struct model) models;
    LIST(struct model_state) model_states;
    struct ny_rollout_row rollout;
    enum { ROLLOUT_SAME, ROLLOUT_SET, ROLLOUT_ENDED } rollout_change;
    LIST(struct identity_op) identities;
    LIST(struct move) moves;
    LIST(struct ny_message_row) messages;
    LIST(struct edge_op) edges;
    LIST(struct ny_review_row) reviews;
    LIST(struct ny_pin_row) pins;
    LIST(struct ny_domain) domains;
    LIST(struct ny_requester_row) requesters;
    LIST(struct ny_hold_row) holds;
    LIST(struct ny_hold_release_row) releases;
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
    LIST(struct model) models;
    struct ny_rollout_row rollout;
    bool has_rollout;
    LIST(struct ny_domain) domains;
    LIST(struct ny_requester_row) requesters;
    LIST(struct ny_identity_row) identities;
    LIST(struct ny_message_row) messages;
    LIST(struct edge_op) edges; /* those removed stay as what they were */
    struct pair_map edge_of;
    size_t n_edges;
    LIST(struct ny_review_row) reviews;
    struct pair_map review_of;
    LIST(struct ny_pin_row) pins;
    LIST(struct ny_hold_row) holds; /* in force */
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
    ADD(&s->models, (struct model){version_of(model_text), model_text, NY_MODEL_ACTIVE});
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
    ny_free(s->edges.v);
    ny_free(s->edge_of.slots);
    ny_free(s->reviews.v);
    ny_free(s->review_of.slots);
    ny_free(s->pins.v);
    ny_free(s->holds.v);
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

size_t fake_store_identities(const struct ny_store *s)
{
    return s->identities.n;
}

size_t fake_store_messages(const struct ny_store *s)
{
    return s->messages.n;
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

int64_t fake_store_edge_bits(const struct ny_store *s)
{
    int64_t sum = 0;

    for (size_t i = 0; i < s->edges.n; i++) {
        sum += s->edges.v[i].remove ? 0 : s->edges.v[i].row.total_b1024;
    }
    return sum;
}

size_t fake_store_reviews(const struct ny_store *s, enum ny_review_state state)
{
    size_t n = 0;

    for (size_t i = 0; i < s->reviews.n; i++) {
        n += s->reviews.v[i].state == state;
    }
    return n;
}

size_t fake_store_review_count(const struct ny_store *s)
{
    return s->reviews.n;
}

static bool same_hold(const struct ny_hold_row *h, int64_t identity, int32_t source,
                      enum ny_hold_why why)
{
    return h->identity == identity && h->source == source && h->why == why;
}

bool fake_store_has_hold(const struct ny_store *s, int64_t identity, int32_t source,
                         enum ny_hold_kind kind, enum ny_hold_why why)
{
    for (size_t i = 0; i < s->holds.n; i++) {
        if (same_hold(&s->holds.v[i], identity, source, why) && s->holds.v[i].kind == kind) {
            return true;
        }
    }
    return false;
}

const struct ny_review_row *fake_store_review(const struct ny_store *s, size_t i)
{
    return &s->reviews.v[i];
}

static bool has_edge(const struct ny_store *s, int64_t a, int64_t b)
{
    size_t row = s->edge_of.size > 0 ? pair_slot(&s->edge_of, a, b)->row : 0;

    return row != 0 && !s->edges.v[row - 1].remove;
}

bool fake_store_has_edge(const struct ny_store *s, int64_t a, int64_t b)
{
    return has_edge(s, a, b) || has_edge(s, b, a);
}

const struct ny_identity_row *fake_store_identity(const struct ny_store *s, size_t i)
{
    return &s->identities.v[i];
}

int64_t fake_store_person(const struct ny_store *s, size_t i)
{
    return s->identities.v[i].person;
}

size_t fake_store_edge_rows(const struct ny_store *s)
{
    return s->edges.n;
}

const struct ny_edge_row *fake_store_edge(const struct ny_store *s, size_t i)
{
    return s->edges.v[i].remove ? NULL : &s->edges.v[i].row;
}

size_t fake_store_pin_count(const struct ny_store *s)
{
    return s->pins.n;
}

const struct ny_pin_row *fake_store_pin(const struct ny_store *s, size_t i)
{
    return &s->pins.v[i];
}

void fake_store_set_probation(struct ny_store *s, size_t i)
{
    s->requesters.v[i].probation = true;
}

/* ---- commits ---- */

/* What a row was before stays in the arena until the end. */
static void save_identity(struct ny_store *s, const struct ny_identity_row *row)
{
    struct ny_identity_row *saved = &s->identities.v[row->id - 1];
    struct ny_patient *p = NY_ARENA_NEW(s->arena, struct ny_patient);

    NY_ASSERT(ny_patient_copy(s->arena, row->patient, p) == NY_OK);
    *saved = *row;
    saved->patient = p;
    saved->local_id = ny_arena_str(s->arena, row->local_id);
    saved->record = ny_arena_str(s->arena, row->record);
}

static void apply_edge(struct ny_store *s, const struct edge_op *op)
{
    size_t k = pair_row(&s->edge_of, op->row.a, op->row.b, s->edges.n);

    if (k == s->edges.n) {
        NY_ASSERT(!op->remove);
        ADD(&s->edges, (struct edge_op){.remove = true});
    }
    NY_ASSERT(!op->remove || !s->edges.v[k].remove);
    s->n_edges = s->n_edges - !s->edges.v[k].remove + !op->remove;
    s->edges.v[k] = *op;
}

static void apply_models(struct ny_store *s, const struct ny_store_batch *b)
{
    for (size_t i = 0; i < b->models.n; i++) {
        struct model m = b->models.v[i];

        m.body = ny_arena_str(s->arena, m.body);
        ADD(&s->models, m);
    }
    for (size_t i = 0; i < b->model_states.n; i++) {
        for (size_t k = 0; k < s->models.n; k++) {
            if (s->models.v[k].version == b->model_states.v[i].version) {
                s->models.v[k].state = b->model_states.v[i].state;
            }
        }
    }
    if (b->rollout_change != ROLLOUT_SAME) {
        s->rollout = b->rollout;
        s->has_rollout = b->rollout_change == ROLLOUT_SET;
    }
}

static void apply_review(struct ny_store *s, const struct ny_review_row *row)
{
    size_t k = pair_row(&s->review_of, row->a, row->b, s->reviews.n);

    if (k == s->reviews.n) {
        ADD(&s->reviews, *row);
    }
    s->reviews.v[k] = *row;
}

static void apply_identities(struct ny_store *s, const struct ny_store_batch *b)
{
    for (size_t i = 0; i < b->identities.n; i++) {
        const struct identity_op *op = &b->identities.v[i];

        if (op->is_new) {
            NY_ASSERT(op->row.id == (int64_t)s->identities.n + 1);
            ADD(&s->identities, op->row);
        }
        NY_ASSERT(op->row.person > 0);
        save_identity(s, &op->row);
    }
    for (size_t i = 0; i < b->moves.n; i++) {
        struct ny_identity_row *row = &s->identities.v[b->moves.v[i].identity - 1];

        row->person = b->moves.v[i].person;
        row->status = b->moves.v[i].status;
    }
}

static void apply_holds(struct ny_store *s, const struct ny_store_batch *b)
{
    for (size_t i = 0; i < b->releases.n; i++) {
        const struct ny_hold_release_row *x = &b->releases.v[i];
        size_t n = 0;

        for (size_t k = 0; k < s->holds.n; k++) {
            if (!same_hold(&s->holds.v[k], x->identity, x->source, x->why)) {
                s->holds.v[n++] = s->holds.v[k];
            }
        }
        s->holds.n = n;
    }
    for (size_t i = 0; i < b->holds.n; i++) {
        struct ny_hold_row h = b->holds.v[i];
        bool stands = false;

        for (size_t k = 0; k < s->holds.n; k++) {
            stands |= same_hold(&s->holds.v[k], h.identity, h.source, h.why);
        }
        if (stands) {
            continue;
        }
        h.detail = ny_arena_str(s->arena, h.detail);
        ADD(&s->holds, h);
    }
}

static void apply_batch(struct ny_store *s, const struct ny_store_batch *b)
{
    apply_models(s, b);
    apply_identities(s, b);
    for (size_t i = 0; i < b->messages.n; i++) {
        struct ny_message_row m = b->messages.v[i];

        m.control_id = ny_arena_str(s->arena, m.control_id);
        m.ack = ny_arena_str(s->arena, m.ack);
        ADD(&s->messages, m);
    }
    for (size_t i = 0; i < b->edges.n; i++) {
        apply_edge(s, &b->edges.v[i]);
    }
    for (size_t i = 0; i < b->reviews.n; i++) {
        apply_review(s, &b->reviews.v[i]);
    }
    for (size_t i = 0; i < b->pins.n; i++) {
        struct ny_pin_row pin = b->pins.v[i];

        pin.stamp.control_id = ny_arena_str(s->arena, pin.stamp.control_id);
        pin.who = ny_arena_str(s->arena, pin.who);
        pin.reason = ny_arena_str(s->arena, pin.reason);
        ADD(&s->pins, pin);
    }
    for (size_t i = 0; i < b->domains.n; i++) {
        fake_store_add_domain(s, &b->domains.v[i]);
    }
    apply_holds(s, b);
    for (size_t i = 0; i < b->requesters.n; i++) {
        const struct ny_requester_row *row = &b->requesters.v[i];

        if ((size_t)row->id <= s->requesters.n) {
            s->requesters.v[row->id - 1].habits = ny_arena_str(s->arena, row->habits);
        }
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
    for (size_t i = 0; i < b->messages.n && s->poison != NULL; i++) {
        if (ny_str_equals(b->messages.v[i].control_id, ny_str_from_c(s->poison))) {
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

    for (size_t i = 0; i < s->domains.n && rc == NY_OK; i++) {
        rc = v->domain(v->ctx, &s->domains.v[i]);
    }
    for (size_t i = 0; i < s->requesters.n && rc == NY_OK; i++) {
        rc = v->requester(v->ctx, &s->requesters.v[i]);
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
                       : v->counters(v->ctx, (int64_t)s->identities.n, s->n_persons,
                                     (int64_t)s->messages.n, 0);
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
        ny_free(b->models.v);
        ny_free(b->model_states.v);
        ny_free(b->identities.v);
        ny_free(b->moves.v);
        ny_free(b->messages.v);
        ny_free(b->edges.v);
        ny_free(b->reviews.v);
        ny_free(b->pins.v);
        ny_free(b->domains.v);
        ny_free(b->requesters.v);
        ny_free(b->holds.v);
        ny_free(b->releases.v);
        ny_arena_destroy(b->arena);
        ny_free(b);
    }
}

struct ny_arena *ny_store_batch_arena(struct ny_store_batch *b)
{
    return b->arena;
}

/* A row says more than what became of its identity before. */
static void identity_add(struct ny_store_batch *b, const struct ny_identity_row *row, bool is_new)
{
    size_t kept = 0;

    for (size_t i = 0; i < b->moves.n; i++) {
        if (b->moves.v[i].identity != row->id) {
            b->moves.v[kept++] = b->moves.v[i];
        }
    }
    b->moves.n = kept;
    ADD(&b->identities, (struct identity_op){*row, is_new});
}

void ny_store_add_identity_new(struct ny_store_batch *b, const struct ny_identity_row *row)
{
    identity_add(b, row, true);
}

void ny_store_add_identity_update(struct ny_store_batch *b, const struct ny_identity_row *row)
{
    identity_add(b, row, false);
}

void ny_store_add_version(struct ny_store_batch *b, const struct ny_identity_row *row,
                          int64_t message)
{
    (void)row;
    (void)message;
    b->n_versions++;
}

void ny_store_add_identity_state(struct ny_store_batch *b, int64_t identity, int64_t person,
                                 enum ny_identity_status status)
{
    ADD(&b->moves, (struct move){identity, person, status});
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
    ADD(&b->edges, (struct edge_op){*row, false});
}

void ny_store_remove_edge(struct ny_store_batch *b, int64_t identity_a, int64_t identity_b)
{
    ADD(&b->edges, (struct edge_op){
                       .row = {.a = identity_a, .b = identity_b},
                         .remove = true
    });
}

void ny_store_add_pin(struct ny_store_batch *b, const struct ny_pin_row *row)
{
    ADD(&b->pins, *row);
}

void ny_store_add_hold(struct ny_store_batch *b, const struct ny_hold_row *row)
{
    ADD(&b->holds, *row);
}

void ny_store_release_hold(struct ny_store_batch *b, const struct ny_hold_release_row *row)
{
    ADD(&b->releases, *row);
}

void ny_store_add_review(struct ny_store_batch *b, const struct ny_review_row *row)
{
    ADD(&b->reviews, *row);
}

void ny_store_add_model(struct ny_store_batch *b, const struct ny_model_row *row)
{
    ADD(&b->models, (struct model){row->version, row->body, row->state});
}

void ny_store_set_model_state(struct ny_store_batch *b, int32_t version, enum ny_model_state state)
{
    ADD(&b->model_states, (struct model_state){version, state});
}

void ny_store_set_rollout(struct ny_store_batch *b, const struct ny_rollout_row *row)
{
    b->rollout = *row;
    b->rollout_change = ROLLOUT_SET;
}

void ny_store_end_rollout(struct ny_store_batch *b)
{
    b->rollout_change = ROLLOUT_ENDED;
}

void ny_store_add_message(struct ny_store_batch *b, const struct ny_message_row *row)
{
    ADD(&b->messages, *row);
}

void ny_store_add_audit(struct ny_store_batch *b, const struct ny_audit_row *row)
{
    (void)row;
    b->n_audits++;
}

void ny_store_add_domain(struct ny_store_batch *b, const struct ny_domain *row)
{
    ADD(&b->domains, *row);
}

void ny_store_add_requester(struct ny_store_batch *b, const struct ny_requester_row *row)
{
    ADD(&b->requesters, *row);
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

/* ---- models: nobody asks for these rows back here ---- */

void ny_store_set_rehearsal(struct ny_store_batch *b, int32_t version, ny_str rehearsal)
{
    (void)b;
    (void)version;
    (void)rehearsal;
}

void ny_store_add_calibration(struct ny_store_batch *b, const struct ny_calibration_row *row)
{
    (void)b;
    (void)row;
}

void ny_store_add_label(struct ny_store_batch *b, const struct ny_label_row *row)
{
    (void)b;
    (void)row;
}

void ny_store_add_label_answer(struct ny_store_batch *b, const struct ny_label_answer_row *row)
{
    (void)b;
    (void)row;
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
