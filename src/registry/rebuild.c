/* Identities that differ from what their messages make of them are looked at again.
 *
 *   persons ─▶ everybody back to the person of his last event: then none is taken for another's
 *   looks   ─▶ each is decided like a feed that says nothing: its record, its edges, its row. The
 *              way of what is read, waits and shares batches is the same
 *   groups  ─▶ when all records and edges are what they shall be, the groups around them are
 *              computed, so that nobody is parted from, or joined with, a record of the old form
 *   rest    ─▶ visits, which no group reads, and the rows of questions, as the groups ask them
 *
 * Each step is committed by itself. What is left when one fails is found by the next rebuild. */

#include "nayose/registry_rebuild.h"

#include "registry_priv.h"

/* A few milliseconds of the loop each. */
enum { AT_ONCE = 16, SLICE_US = 8000, REST_AT_ONCE = 256 };

struct rebuild {
    struct ny_rebuild_found found;
    size_t next, under_way; /* looks */
    bool busy;
    size_t cursor, grouped; /* rows whose groups are computed, and committed */
    size_t rest;            /* questions, then visits, that are committed */
    ny_rc rc;               /* the first that failed; nothing is begun any more */
    void (*fn)(void *ctx, ny_rc rc);
    void *ctx;
};

/* One identity; lives in its own arena. */
struct look {
    struct ny_arena *arena;
    struct ny_registry *r;
    struct ny_feed feed;
};

static void looks_begin(struct ny_registry *r);
static void groups_begin(struct ny_registry *r);
static void rest_begin(struct ny_registry *r);

static void rebuild_end(struct ny_registry *r)
{
    struct rebuild *x = r->rebuild;

    r->rebuild = NULL;
    ny_log(NY_LOG_INFO, "rebuilt", "identities=%zu rc=%d", x->grouped, x->rc);
    x->fn(x->ctx, x->rc);
    ny_free(x);
}

static ny_rc look_compose(void *ctx, const struct ny_feed_outcome *o, ny_str *out)
{
    (void)ctx;
    *out = NY_STR_NONE;
    return o->result == NY_FEED_ACCEPTED ? NY_OK : NY_ENOTFOUND;
}

static void look_done(void *ctx, ny_rc rc, ny_str answer)
{
    struct look *l = ctx;
    struct ny_registry *r = l->r;

    (void)answer;
    ny_arena_destroy(l->arena);
    if (r->rebuild == NULL) {
        return; /* the registry ends */
    }
    r->rebuild->under_way--;
    r->rebuild->rc = r->rebuild->rc != NY_OK ? r->rebuild->rc : rc;
    looks_begin(r);
}

static void look_begin(struct ny_registry *r, struct ny_rebuilt *what)
{
    struct ny_arena *a = ny_arena_create(0);
    struct look *l = NY_ARENA_NEW(a, struct look);
    const struct ny_reply reply = {.compose = look_compose, .done = look_done, .ctx = l};
    struct ny_index_identity x;

    NY_ASSERT(l != NULL);
    ny_index_get(r->index, what->identity, &x);
    *l = (struct look){.arena = a, .r = r};
    l->feed.kind = NY_FEED_AGAIN;
    l->feed.again = what;
    l->feed.n_ids = 1;
    l->feed.domains[0] = ny_registry_domain(r, x.domain);
    l->feed.ids[0] = ny_arena_str(a, x.local_id);
    l->feed.request.received_us = ny_clock_now_us();
    ny_patient_init(&l->feed.patient);
    ny_registry_feed(r, &l->feed, &reply);
}

static void looks_begin(struct ny_registry *r)
{
    struct rebuild *x = r->rebuild;

    if (x->busy) {
        return; /* called back from below */
    }
    x->busy = true;
    while (x->rc == NY_OK && x->under_way < AT_ONCE && x->next < x->found.n) {
        x->under_way++;
        look_begin(r, &x->found.rows[x->next++]);
    }
    x->busy = false;
    if (x->under_way == 0) {
        groups_begin(r);
    }
}

/* ---- groups ---- */

static ny_rc groups_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    struct rebuild *x = r->rebuild;
    const struct reason why = {NY_CAUSE_REBUILD, 0};
    int64_t until = ny_clock_monotonic_us() + SLICE_US;

    (void)ctx;
    x->cursor = x->grouped; /* what a failed batch had done was taken back */
    while (x->cursor < x->found.n && ny_clock_monotonic_us() < until) {
        struct ny_link_set seeds = {0};

        ny_link_set_add(&seeds, ny_store_batch_arena(rows), x->found.rows[x->cursor++].identity);
        ny_registry_regroup(r, &seeds, &why);
    }
    return NY_OK;
}

static void groups_confirmed(struct ny_registry *r, void *ctx)
{
    (void)ctx;
    r->rebuild->grouped = r->rebuild->cursor;
}

static void groups_done(void *ctx, ny_rc rc)
{
    struct ny_registry *r = ctx;

    if (r->rebuild != NULL) {
        r->rebuild->rc = rc;
        groups_begin(r);
    }
}

static void groups_begin(struct ny_registry *r)
{
    static const struct work work = {"rebuild groups", groups_decide, groups_confirmed,
                                     groups_done};
    const struct rebuild *x = r->rebuild;

    if (x->rc == NY_OK && x->grouped < x->found.n) {
        ny_registry_work(r, &work, NY_STR_NONE, r);
    } else {
        rest_begin(r);
    }
}

/* ---- the rest ---- */

/* Where the next part of the rest ends. */
static size_t rest_end(const struct rebuild *x)
{
    size_t n = x->found.n_questions + x->found.n_visits;

    return n - x->rest > REST_AT_ONCE ? x->rest + REST_AT_ONCE : n;
}

static ny_rc rest_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    const struct rebuild *x = r->rebuild;

    (void)ctx;
    for (size_t i = x->rest; i < rest_end(x); i++) {
        if (i < x->found.n_questions) {
            ny_question_write(r, x->found.questions[i].a, x->found.questions[i].b);
        } else {
            ny_store_mend_visit(rows, &x->found.visits[i - x->found.n_questions]);
        }
    }
    return NY_OK;
}

static void rest_confirmed(struct ny_registry *r, void *ctx)
{
    (void)ctx;
    r->rebuild->rest = rest_end(r->rebuild);
}

static void rest_done(void *ctx, ny_rc rc)
{
    struct ny_registry *r = ctx;

    if (r->rebuild != NULL) {
        r->rebuild->rc = rc;
        rest_begin(r);
    }
}

static void rest_begin(struct ny_registry *r)
{
    static const struct work work = {"rebuild rest", rest_decide, rest_confirmed, rest_done};
    const struct rebuild *x = r->rebuild;

    if (x->rc == NY_OK && x->rest < rest_end(x)) {
        ny_registry_work(r, &work, NY_STR_NONE, r);
    } else {
        rebuild_end(r);
    }
}

/* ---- persons, and the audit row ---- */

static void person_restore(struct ny_registry *r, struct ny_store_batch *rows,
                           const struct ny_rebuilt *what)
{
    const struct ny_person_row row = {.id = what->person};
    struct ny_index_identity x;

    ny_index_get(r->index, what->identity, &x);
    if (x.person != what->stood || what->person > ny_index_person_count(r->index)) {
        return; /* moved meanwhile: there is a newer event */
    }
    if (ny_index_member_first(r->index, what->person) == 0) {
        ny_store_add_person(rows, &row, false); /* in case it was retired */
    }
    ny_index_person_set(r->index, what->identity, what->person);
    ny_index_home_set(r->index, what->identity, x.home);
    ny_store_add_identity_state(rows, what->identity, what->person, x.status);
}

static ny_rc begin_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    const struct rebuild *b = r->rebuild;

    (void)ctx;
    for (size_t i = 0; i < b->found.n; i++) {
        if (b->found.rows[i].person != 0) {
            person_restore(r, rows, &b->found.rows[i]);
        }
    }
    return NY_OK;
}

static void begin_done(void *ctx, ny_rc rc)
{
    struct ny_registry *r = ctx;

    if (r->rebuild != NULL) {
        r->rebuild->rc = rc;
        looks_begin(r);
    }
}

void ny_registry_rebuild(struct ny_registry *r, const struct ny_rebuild_found *found, ny_str who,
                         void (*fn)(void *ctx, ny_rc rc), void *ctx)
{
    static const struct work work = {"rebuild", begin_decide, NULL, begin_done};

    if (r->rebuild != NULL) {
        fn(ctx, NY_EAGAIN);
        return;
    }
    r->rebuild = ny_calloc(1, sizeof(*r->rebuild));
    *r->rebuild = (struct rebuild){.found = *found, .fn = fn, .ctx = ctx};
    ny_registry_work(r, &work, who, r);
}

bool ny_registry_rebuild_progress(const struct ny_registry *r, size_t *done, size_t *total)
{
    const struct rebuild *x = r->rebuild;

    if (x != NULL) {
        *done = x->next - x->under_way + x->grouped;
        *total = 2 * x->found.n;
    }
    return x != NULL;
}

void ny_rebuild_stop(struct ny_registry *r)
{
    if (r->rebuild != NULL) {
        r->rebuild->rc = NY_EDB;
        rebuild_end(r);
    }
}
