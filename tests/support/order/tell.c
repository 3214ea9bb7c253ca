/* What a world knows in the end. */

#include "order.h"

#include "fake_store.h"

#include "nayose/match.h"
#include "nayose/registry_models.h"

#include <stdlib.h>

struct lines {
    struct ny_arena *arena;
    ny_str *v;
    size_t n, cap;
};

static void line_add(struct lines *l, ny_str s)
{
    if (l->n == l->cap) {
        size_t cap = l->cap > 0 ? l->cap * 2 : 256;
        ny_str *grown = NY_ARENA_ARRAY(l->arena, ny_str, cap);

        if (l->n > 0) {
            memcpy(grown, l->v, l->n * sizeof(*grown));
        }
        l->v = grown;
        l->cap = cap;
    }
    l->v[l->n++] = s;
}

static ny_str key_of(const struct world *w, struct ny_arena *a, int64_t identity)
{
    const struct ny_identity_row *row = fake_store_identity(w->store, (size_t)identity - 1);

    return ny_arena_printf(a, "%.*s/%.*s", NY_ARG(w->day->facilities[row->domain - 1].ns),
                           NY_ARG(row->local_id));
}

/* Who is in whose group: by the smallest key of it that is in answers, else the smallest of all. */
static void identities_tell(const struct world *w, struct lines *l)
{
    size_t n = fake_store_identities(w->store);
    ny_str *leader = NY_ARENA_ARRAY(l->arena, ny_str, n + n + 2); /* by person */
    ny_str *keys = NY_ARENA_ARRAY(l->arena, ny_str, n);

    for (size_t i = 0; i < n; i++) {
        int64_t person = fake_store_person(w->store, i);

        keys[i] = key_of(w, l->arena, (int64_t)i + 1);
        NY_ASSERT((size_t)person < n + n + 2);
        if (leader[person].n == 0 || ny_str_compare(keys[i], leader[person]) < 0) {
            leader[person] = keys[i];
        }
    }
    for (size_t i = 0; i < n; i++) {
        const struct ny_identity_row *row = fake_store_identity(w->store, i);

        line_add(l, ny_arena_printf(l->arena, "identity %.*s status %d with %.*s content %lld",
                                    NY_ARG(keys[i]), row->status,
                                    NY_ARG(leader[fake_store_person(w->store, i)]),
                                    (long long)row->content_hash));
    }
}

static void edges_tell(const struct world *w, struct lines *l)
{
    for (size_t i = 0; i < fake_store_edge_rows(w->store); i++) {
        const struct ny_edge_row *e = fake_store_edge(w->store, i);

        if (e != NULL) {
            line_add(l,
                     ny_arena_printf(l->arena, "edge %.*s %.*s total %d guards %u",
                                     NY_ARG(key_of(w, l->arena, e->a)),
                                     NY_ARG(key_of(w, l->arena, e->b)), e->total_b1024, e->guards));
        }
    }
}

static void questions_tell(const struct world *w, struct lines *l)
{
    for (size_t i = 0; i < fake_store_review_count(w->store); i++) {
        const struct ny_review_row *q = fake_store_review(w->store, i);

        if (q->state != NY_REVIEW_CLOSED) {
            line_add(l, ny_arena_printf(l->arena, "question %.*s %.*s state %d reason %d total %d",
                                        NY_ARG(key_of(w, l->arena, q->a)),
                                        NY_ARG(key_of(w, l->arena, q->b)), q->state, q->reason,
                                        q->total_b1024));
        }
    }
}

static void holds_tell(const struct world *w, struct lines *l)
{
    for (size_t i = 0; i < fake_store_identities(w->store); i++) {
        if (fake_store_has_hold(w->store, (int64_t)i + 1, 0, NY_HOLD_VERSION, NY_HOLD_OVERLAY)) {
            line_add(l, ny_arena_printf(l->arena, "overlay %.*s",
                                        NY_ARG(key_of(w, l->arena, (int64_t)i + 1))));
        }
    }
}

static bool has_direction(const struct ny_pin_row *p)
{
    return p->kind == NY_PIN_MERGE || p->kind == NY_PIN_MOVE;
}

/* The newest word of each kind, role and pair: what decides. */
static void pins_tell(const struct world *w, struct lines *l)
{
    size_t n = fake_store_pin_count(w->store);

    for (size_t i = 0; i < n; i++) {
        const struct ny_pin_row *p = fake_store_pin(w->store, i);
        bool newest = true;

        for (size_t k = 0; k < n && newest; k++) {
            const struct ny_pin_row *o = fake_store_pin(w->store, k);
            bool same = (o->a == p->a && o->b == p->b) ||
                        (o->a == p->b && o->b == p->a && !has_direction(o));

            newest = !(same && o->kind == p->kind && o->role == p->role &&
                       ny_stamp_compare(&o->stamp, &p->stamp) > 0);
        }
        if (newest) {
            ny_str a = key_of(w, l->arena, p->a);
            ny_str b = key_of(w, l->arena, p->b);
            bool turn = !has_direction(p) && ny_str_compare(a, b) > 0;

            line_add(l, ny_arena_printf(l->arena, "pin %d role %d %.*s %.*s said %.*s", p->kind,
                                        p->role, NY_ARG(turn ? b : a), NY_ARG(turn ? a : b),
                                        NY_ARG(p->stamp.control_id)));
        }
    }
}

static int by_bytes(const void *a, const void *b)
{
    return ny_str_compare(*(const ny_str *)a, *(const ny_str *)b);
}

void order_tell(const struct world *w, struct ny_arena *a, struct order_state *out)
{
    struct lines l = {.arena = a};

    line_add(&l, ny_arena_printf(a, "version %d",
                                 ny_match_model_version(ny_registry_model(w->registry))));
    identities_tell(w, &l);
    holds_tell(w, &l);
    edges_tell(w, &l);
    questions_tell(w, &l);
    pins_tell(w, &l);
    if (l.n > 1) {
        qsort(l.v, l.n, sizeof(*l.v), by_bytes);
    }
    *out = (struct order_state){l.v, l.n};
}

/* ---- persons ---- */

/* Where the person leads to. */
static int64_t living(const struct world *w, int64_t person)
{
    size_t n = fake_store_person_count(w->store);
    const struct ny_person_row *row = fake_store_person_row(w->store, (size_t)person - 1);

    for (size_t steps = 0; row->retired; steps++) {
        NY_ASSERT(steps < n && row->forwarded_to > 0);
        row = fake_store_person_row(w->store, (size_t)row->forwarded_to - 1);
    }
    return row->id;
}

void order_persons_check(const struct world *w)
{
    size_t n = fake_store_person_count(w->store);
    ny_str *ids = ny_calloc(n + 1, sizeof(*ids));
    bool *lives = ny_calloc(n + 1, sizeof(*lives));

    for (size_t i = 0; i < fake_store_identities(w->store); i++) {
        lives[fake_store_person(w->store, i)] = true;
    }
    for (size_t i = 0; i < n; i++) {
        const struct ny_person_row *row = fake_store_person_row(w->store, i);

        NY_ASSERT(lives[i + 1] == !row->retired);
        NY_ASSERT(lives[living(w, (int64_t)i + 1)]);
        ids[i] = row->regional_id;
    }
    qsort(ids, n, sizeof(*ids), by_bytes);
    for (size_t i = 1; i < n; i++) {
        NY_ASSERT(!ny_str_equals(ids[i - 1], ids[i]));
    }
    ny_free(lives);
    ny_free(ids);
}
