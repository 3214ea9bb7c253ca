/* The clerks' desk: who has which case open, and what was done with cases beside pins. */

#include "nayose/registry_desk.h"
#include "nayose/registry_pins.h"

#include "registry_priv.h"

/* ---- leases: few, so a walk finds them ---- */

struct lease {
    struct ny_lease view;
    char text[128]; /* who, desk */
};

/* Each by itself, so that its texts stay where they are. */
struct leases {
    struct lease **v;
    size_t n, cap;
};

static void lease_drop(struct leases *all, size_t i)
{
    ny_free(all->v[i]);
    all->v[i] = all->v[--all->n];
}

void ny_desk_finish(struct ny_registry *r)
{
    while (r->leases != NULL && r->leases->n > 0) {
        lease_drop(r->leases, r->leases->n - 1);
    }
    if (r->leases != NULL) {
        ny_free(r->leases->v);
    }
    ny_free(r->leases);
}

static struct leases *leases_now(struct ny_registry *r)
{
    const int64_t now = ny_clock_now_us();

    if (r->leases == NULL) {
        r->leases = ny_calloc(1, sizeof(*r->leases));
    }
    for (size_t i = r->leases->n; i > 0; i--) {
        if (r->leases->v[i - 1]->view.until_us <= now) {
            lease_drop(r->leases, i - 1);
        }
    }
    return r->leases;
}

static bool is_of_pair(const struct ny_lease *l, int64_t a, int64_t b)
{
    return (l->a == a && l->b == b) || (l->a == b && l->b == a);
}

static bool is_of_desk(const struct ny_lease *l, ny_str who, ny_str desk)
{
    return ny_str_equals(l->who, who) && ny_str_equals(l->desk, desk);
}

static void lease_name(struct lease *l, ny_str who, ny_str desk)
{
    who = ny_str_sub(who, 0, sizeof(l->text) / 2);
    desk = ny_str_sub(desk, 0, sizeof(l->text) / 2);
    memcpy(l->text, who.n > 0 ? who.p : "", who.n);
    memcpy(l->text + who.n, desk.n > 0 ? desk.p : "", desk.n);
    l->view.who = ny_str_of(l->text, who.n);
    l->view.desk = ny_str_of(l->text + who.n, desk.n);
}

static struct lease *lease_find(const struct leases *all, int64_t a, int64_t b)
{
    for (size_t i = 0; i < all->n; i++) {
        if (is_of_pair(&all->v[i]->view, a, b)) {
            return all->v[i];
        }
    }
    return NULL;
}

static struct lease *lease_add(struct leases *all)
{
    if (all->n == all->cap) {
        all->cap = all->cap > 0 ? 2 * all->cap : 8;
        all->v = ny_realloc(all->v, ny_mul_size(all->cap, sizeof(*all->v)));
    }
    return all->v[all->n++] = ny_calloc(1, sizeof(**all->v));
}

bool ny_registry_case_take(struct ny_registry *r, int64_t a, int64_t b, ny_str who, ny_str desk,
                           const struct ny_lease **out)
{
    struct leases *all = leases_now(r);
    const int64_t now = ny_clock_now_us();
    struct lease *l = lease_find(all, a, b);

    if (l == NULL) {
        l = lease_add(all);
        l->view = (struct ny_lease){.a = a, .b = b, .since_us = now};
        lease_name(l, who, desk);
    } else if (!is_of_desk(&l->view, who, desk)) {
        *out = &l->view;
        return false;
    }
    *out = &l->view;
    l->view.until_us = now + NY_LEASE_S * NY_US_PER_SECOND;
    return true;
}

const struct ny_lease *ny_registry_case_lease(struct ny_registry *r, int64_t a, int64_t b)
{
    const struct lease *l = lease_find(leases_now(r), a, b);

    return l != NULL ? &l->view : NULL;
}

size_t ny_registry_case_release(struct ny_registry *r, int64_t a, int64_t b, ny_str who,
                                ny_str desk)
{
    struct leases *all = leases_now(r);
    size_t n = 0;

    for (size_t i = all->n; i > 0; i--) {
        const struct ny_lease *l = &all->v[i - 1]->view;

        if ((a == 0 || is_of_pair(l, a, b)) && is_of_desk(l, who, desk)) {
            lease_drop(all, i - 1);
            n++;
        }
    }
    return n;
}

/* ---- the question ---- */

void ny_registry_case(struct ny_registry *r, int64_t a, int64_t b, struct ny_case *out)
{
    struct ny_comparison c = {0};
    const struct ny_index_edge *e = ny_index_edge_find(r->index, (uint32_t)a, (uint32_t)b);

    *out = (struct ny_case){0};
    out->same_person =
        ny_index_person_of(r->index, (uint32_t)a) == ny_index_person_of(r->index, (uint32_t)b);
    out->proposed = ny_registry_proposal_of(r, a, b);
    ny_registry_question(r, (uint32_t)a, (uint32_t)b, &c);
    out->state = c.review;
    out->reason = c.reason;
    if (e != NULL) {
        out->total_b1024 = e->total_b1024;
        out->guards = e->guards;
    }
}

/* ---- what was done beside pins ---- */

struct doing {
    struct ny_arena *arena;
    struct ny_decision_row row;
    int64_t number; /* of the row that is taken back */
    ny_registry_done_fn fn;
    void *ctx;
};

static struct doing *doing_create(ny_registry_done_fn fn, void *ctx)
{
    struct ny_arena *a = ny_arena_create(0);
    struct doing *d = NY_ARENA_NEW(a, struct doing);

    NY_ASSERT(d != NULL);
    *d = (struct doing){.arena = a, .fn = fn, .ctx = ctx};
    return d;
}

static void doing_done(void *ctx, ny_rc rc)
{
    struct doing *d = ctx;

    d->fn(d->ctx, rc);
    ny_arena_destroy(d->arena);
}

void ny_decision_row_copy(struct ny_arena *a, const struct ny_decision_row *row,
                          struct ny_decision_row *out)
{
    *out = *row;
    out->who = ny_arena_str(a, row->who);
    out->reason = ny_arena_str(a, row->reason);
    out->note = ny_arena_str(a, row->note);
    out->whom = ny_arena_str(a, row->whom);
}

static ny_rc add_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    const struct doing *d = ctx;

    (void)r;
    ny_store_add_decision(rows, &d->row);
    return NY_OK;
}

void ny_registry_decision_add(struct ny_registry *r, const struct ny_decision_row *row,
                              ny_registry_done_fn fn, void *ctx)
{
    static const struct work works[] = {
        [NY_DECISION_LATER] = {"review later",  add_decide, NULL, doing_done},
        [NY_DECISION_ASSIGN] = {"review assign", add_decide, NULL, doing_done},
        [NY_DECISION_NOTE] = {"review note",   add_decide, NULL, doing_done},
    };
    struct doing *d = doing_create(fn, ctx);

    NY_ASSERT(row->decision >= NY_DECISION_LATER && row->decision <= NY_DECISION_NOTE);
    ny_decision_row_copy(d->arena, row, &d->row);
    ny_registry_work(r, &works[row->decision], d->row.who, d);
}

static ny_rc undo_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    const struct doing *d = ctx;
    const struct ny_decision_undo_row row = {d->number, d->row.who, ny_clock_now_us()};

    (void)r;
    ny_store_undo_decision(rows, &row);
    return NY_OK;
}

void ny_registry_decision_undo(struct ny_registry *r, int64_t number, ny_str who,
                               ny_registry_done_fn fn, void *ctx)
{
    static const struct work work = {"review undo", undo_decide, NULL, doing_done};
    struct doing *d = doing_create(fn, ctx);

    d->number = number;
    d->row.who = ny_arena_str(d->arena, who);
    ny_registry_work(r, &work, d->row.who, d);
}

void ny_registry_decisions(struct ny_registry *r, const struct ny_decision_filter *f, int32_t limit,
                           void (*fn)(void *ctx, ny_rc rc, const struct ny_decision_view *rows,
                                      size_t n),
                           void *ctx)
{
    ny_rc rc = ny_store_decisions(r->store, f, limit, fn, ctx);

    if (rc != NY_OK) {
        fn(ctx, rc, NULL, 0);
    }
}
