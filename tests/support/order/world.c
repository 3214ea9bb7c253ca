/* A world: the registry over a store in memory; it takes messages and tells what it knows. */

#include "order.h"

#include "fake_store.h"

#include "nayose/ihe.h"
#include "nayose/registry.h"

#include <stdlib.h>

/* ---- life ---- */

struct world {
    struct ny_arena *arena;
    struct ny_store *store;
    struct ny_registry *registry;
    struct ny_ihe *ihe;
    const struct day *day;
};

static ny_str model_text(struct ny_arena *a)
{
    struct ny_match_settings settings;
    struct ny_match_model *m;
    struct ny_buf b;

    ny_match_settings_default(&settings);
    m = ny_match_model_create_v1(&settings);
    ny_buf_init(&b, a);
    NY_ASSERT(ny_match_model_write(m, &b) == NY_OK);
    ny_match_model_destroy(m);
    return ny_buf_str(&b);
}

/* Memory from what was committed. */
static void memory_build(struct world *w)
{
    const struct ny_registry_config cfg = {
        .store = w->store,
        .regional = {NY_S("REGION"), NY_S("1.2.3.9"), NY_S("ISO")},
        .regional_listed = true,
        .regional_digits = 11,
    };
    struct ny_ihe_config ihe = {.timezone_s = 32400};
    struct ny_error err = {0};

    NY_ASSERT(ny_registry_create(&cfg, &w->registry, &err) == NY_OK);
    ihe.registry = w->registry;
    w->ihe = ny_ihe_create(&ihe);
}

static void memory_forget(struct world *w)
{
    ny_ihe_destroy(w->ihe);
    ny_registry_destroy(w->registry);
}

static void world_open(struct world *w, const struct day *day)
{
    *w = (struct world){.arena = ny_arena_create(0), .day = day};
    w->store = fake_store_create(model_text(w->arena));
    for (uint32_t i = 0; i < day->n_facilities; i++) {
        const struct ny_domain d = {
            .kind = NY_DOMAIN_FACILITY,
            .listed = true,
            .ns = day->facilities[i].ns,
            .oid = day->facilities[i].oid,
            .type = NY_S("ISO"),
            .source_facility = day->facilities[i].ns,
        };

        fake_store_add_domain(w->store, &d);
    }
    fake_store_set_probation(w->store, day->n_facilities - 1); /* a hold that is there all day */
    memory_build(w);
}

static void world_close(struct world *w)
{
    memory_forget(w);
    fake_store_destroy(w->store);
    ny_arena_destroy(w->arena);
}

/* ---- feeding ---- */

struct under_way {
    struct ny_ihe_exchange x;
    size_t *refused;
};

static void on_answer(void *ctx, ny_str out)
{
    struct under_way *u = ctx;

    *u->refused += memmem(out.p, out.n, "\rMSA|AA|", 8) == NULL;
}

static void pump_all(struct world *w)
{
    while (fake_store_pump(w->store)) {
    }
}

static void feed(struct world *w, struct order_run *run)
{
    struct under_way *ways = ny_calloc(run->width, sizeof(*ways));
    struct ny_arena *arena = ny_arena_create(0);

    for (size_t i = 0; i < run->n; i++) {
        struct under_way *u = &ways[i % run->width];

        *u = (struct under_way){.refused = &run->refused};
        u->x = (struct ny_ihe_exchange){.arena = arena,
                                        .in = run->messages[i],
                                        .peer_addr = NY_S("order"),
                                        .answer = on_answer,
                                        .ctx = u};
        ny_ihe_receive(w->ihe, &u->x);
        if (i % run->width == run->width - 1) {
            pump_all(w);
            ny_arena_reset(arena);
        }
        if (run->restarts && i == run->n / 2) {
            pump_all(w);
            memory_forget(w);
            memory_build(w);
        }
    }
    pump_all(w);
    ny_arena_destroy(arena);
    ny_free(ways);
}

/* ---- what it knows ---- */

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
                        (o->a == p->b && o->b == p->a && o->kind != NY_PIN_MERGE);

            newest = !(same && o->kind == p->kind && o->role == p->role &&
                       ny_stamp_compare(&o->stamp, &p->stamp) > 0);
        }
        if (newest) {
            ny_str a = key_of(w, l->arena, p->a);
            ny_str b = key_of(w, l->arena, p->b);
            bool turn = p->kind != NY_PIN_MERGE && ny_str_compare(a, b) > 0;

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

void order_run(struct order_run *run, struct ny_arena *a, struct order_state *out)
{
    struct lines l = {.arena = a};
    struct world w;

    world_open(&w, run->day);
    feed(&w, run);
    identities_tell(&w, &l);
    edges_tell(&w, &l);
    questions_tell(&w, &l);
    pins_tell(&w, &l);
    if (l.n > 1) {
        qsort(l.v, l.n, sizeof(*l.v), by_bytes);
    }
    *out = (struct order_state){l.v, l.n};
    world_close(&w);
}
