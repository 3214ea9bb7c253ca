/* A population and the registry that took its messages. */

#include "lab.h"

#include "text.h"

#include "nayose/ihe.h"

#include <stdlib.h>

/* ---- the truth ---- */

static void contacts_take(struct lab_record *r, const char *list, uint64_t what)
{
    ny_str rest = ny_str_from_c(list);

    while (rest.n > 0) {
        const char *end = memchr(rest.p, ' ', rest.n);
        size_t n = end != NULL ? (size_t)(end - rest.p) : rest.n;

        NY_ASSERT(r->n_contacts < NY_ARRAY_LEN(r->contacts));
        r->contacts[r->n_contacts++] = ny_hash64_seeded(ny_str_of(rest.p, n), what);
        rest = ny_str_of(rest.p + n, rest.n - n);
        if (rest.n > 0) {
            rest = ny_str_of(rest.p + 1, rest.n - 1);
        }
    }
}

static void records_make(struct lab_world *w, const struct pop_plan *plan)
{
    w->n = plan->record_n;
    w->people = plan->people;
    w->records = ny_calloc(w->n, sizeof *w->records);
    for (size_t i = 0; i < w->n; i++) {
        struct lab_record *r = &w->records[i];
        struct pop_truth t;

        pop_source_truth(w->source, i, &t);
        *r = (struct lab_record){.kind = t.kind,
                                 .person = t.person_no,
                                 .household = t.household,
                                 .birth = t.birth,
                                 .errors = t.errors,
                                 .slot = t.slot,
                                 .twin_order = t.twin_order,
                                 .facility = plan->records[i].facility,
                                 .local_id = plan->records[i].local_id,
                                 .likeness = t.likeness};
        contacts_take(r, t.phone, 1);
        contacts_take(r, t.address, 2);
        contacts_take(r, t.card, 3);
    }
}

/* ---- the registry ---- */

ny_str lab_model_text(const struct lab_options *o, struct ny_arena *a)
{
    struct ny_match_model *m;
    struct ny_buf b;

    if (o->model.n > 0) {
        return o->model;
    }
    m = ny_match_model_create_v1(&o->settings);
    ny_buf_init(&b, a);
    NY_ASSERT(ny_match_model_write(m, &b) == NY_OK);
    ny_match_model_destroy(m);
    return ny_buf_str(&b);
}

static void registry_open(struct lab_world *w, const struct lab_options *o, struct ny_arena *a)
{
    struct ny_registry_config cfg = {
        .regional = {NY_S("REGION"), NY_S("1.2.3.9"), NY_S("ISO")},
        .regional_listed = true,
        .regional_digits = 11,
    };
    struct ny_error err = {0};

    w->store = fake_store_create(lab_model_text(o, a));
    for (uint32_t i = 0; i < o->plan.facilities; i++) {
        const struct pop_facility *f = pop_source_facility(w->source, i);
        struct ny_domain d = {
            .kind = NY_DOMAIN_FACILITY,
            .listed = true,
            .ns = ny_str_from_c(f->name_space),
            .oid = ny_str_from_c(f->oid),
            .type = NY_S("ISO"),
            .source_facility = ny_str_from_c(f->name_space),
        };

        fake_store_add_domain(w->store, &d);
    }
    cfg.store = w->store;
    if (ny_registry_create(&cfg, &w->registry, &err) != NY_OK) {
        fprintf(stderr, "nayose-lab: %s\n", err.text);
        exit(1);
    }
}

/* ---- feeding ---- */

static void on_answer(void *ctx, ny_str out)
{
    size_t *refused = ctx;

    *refused += memmem(out.p, out.n, "\rMSA|AA|", 8) == NULL;
}

static const struct pop_plan *sorted_plan; /* of qsort */

static int by_time(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    uint32_t tx = sorted_plan->deliveries[x].time_s;
    uint32_t ty = sorted_plan->deliveries[y].time_s;

    return tx != ty ? (tx < ty ? -1 : 1) : x < y ? -1 : 1;
}

static void feed_all(struct lab_world *w, const struct pop_plan *plan)
{
    struct ny_ihe_config cfg = {.registry = w->registry, .timezone_s = 32400};
    struct ny_ihe *ihe = ny_ihe_create(&cfg);
    struct ny_arena *arena = ny_arena_create(0);
    uint32_t *order = ny_calloc(plan->delivery_n, sizeof *order);

    for (uint32_t i = 0; i < plan->delivery_n; i++) {
        order[i] = i;
    }
    sorted_plan = plan;
    qsort(order, plan->delivery_n, sizeof *order, by_time);
    for (size_t i = 0; i < plan->delivery_n; i++) {
        struct ny_ihe_exchange x = {.arena = arena,
                                    .in = pop_source_message(w->source, order[i]),
                                    .peer_addr = NY_S("lab"),
                                    .answer = on_answer,
                                    .ctx = &w->refused};

        ny_ihe_receive(ihe, &x);
        while (fake_store_pump(w->store)) {
        }
        ny_arena_reset(arena);
    }
    ny_free(order);
    ny_arena_destroy(arena);
    ny_ihe_destroy(ihe);
}

/* Which record became which identity: local ids are numbers, 1 … in each facility. */
static void identities_take(struct lab_world *w, uint32_t facilities)
{
    size_t n = fake_store_identities(w->store);
    uint32_t *largest = ny_calloc(facilities, sizeof *largest);
    uint32_t **record_at = ny_calloc(facilities, sizeof *record_at);

    for (size_t i = 0; i < w->n; i++) {
        uint32_t *l = &largest[w->records[i].facility];

        *l = w->records[i].local_id > *l ? w->records[i].local_id : *l;
    }
    for (uint32_t f = 0; f < facilities; f++) {
        record_at[f] = ny_calloc((size_t)largest[f] + 1, sizeof **record_at);
    }
    for (size_t i = 0; i < w->n; i++) {
        record_at[w->records[i].facility][w->records[i].local_id] = (uint32_t)i;
    }
    w->record_of = ny_calloc(n + 1, sizeof *w->record_of);
    for (size_t i = 0; i < n; i++) {
        const struct ny_identity_row *row = fake_store_identity(w->store, i);
        uint64_t local = 0;
        struct lab_record *r;

        NY_ASSERT(ny_str_to_u64(row->local_id, 1, UINT32_MAX, &local) == NY_OK);
        w->record_of[row->id] = record_at[row->domain - 1][local];
        r = &w->records[w->record_of[row->id]];
        r->identity = row->id;
        r->group = row->person;
    }
    for (uint32_t f = 0; f < facilities; f++) {
        ny_free(record_at[f]);
    }
    ny_free(record_at);
    ny_free(largest);
}

struct lab_world *lab_world_create(const struct pop_names *names, const struct lab_options *o)
{
    struct lab_world *w = ny_calloc(1, sizeof *w);
    struct pop_plan *plan = pop_plan_create(names, &o->plan);
    struct ny_arena *a = ny_arena_create(0);

    w->source = pop_source_create(names, &o->plan, plan);
    records_make(w, plan);
    registry_open(w, o, a);
    feed_all(w, plan);
    identities_take(w, o->plan.facilities);
    ny_arena_destroy(a);
    pop_plan_destroy(plan);
    return w;
}

void lab_world_destroy(struct lab_world *w)
{
    ny_registry_destroy(w->registry);
    fake_store_destroy(w->store);
    pop_source_destroy(w->source);
    ny_free(w->records);
    ny_free(w->record_of);
    ny_free(w);
}

void lab_world_explain(struct lab_world *w, const struct lab_record *a, const struct lab_record *b,
                       void (*fn)(void *ctx, ny_rc rc, const struct ny_explanation *e), void *ctx)
{
    const struct ny_identity_row *x = fake_store_identity(w->store, (size_t)a->identity - 1);
    const struct ny_identity_row *y = fake_store_identity(w->store, (size_t)b->identity - 1);

    ny_registry_explain(w->registry, ny_registry_domain(w->registry, x->domain), x->local_id,
                        ny_registry_domain(w->registry, y->domain), y->local_id, fn, ctx);
    while (fake_store_pump(w->store)) {
    }
}
