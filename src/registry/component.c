/* The groups around what was touched, recomputed from nothing.
 *
 *   seeds ─▶ closure (edges, pins, same person) ─▶ components (edges, must-links) ─▶ partition of
 * each ─▶ persons, questions
 *
 * The closure also follows the old persons, so that a group that falls apart is seen whole;
 * components do not, so that the old grouping cannot influence the new one. */

#include <stdlib.h>

#include "registry_priv.h"

enum { COMPONENT_MAX = 200, CLOSURE_MAX = 20000, STRONG_MARGIN = NY_BITS(6) };

/* How strict a component's edges are (6.3 step 1). NO_EDGES: more than COMPONENT_MAX records with
 * one name, birth date and contact are dummies of somebody's test system; solving them would stop
 * the loop for seconds, so only what somebody said joins them. */
enum strictness { ALL_EDGES, AUTO_EDGES, STRONG_EDGES, NO_EDGES };

struct closure {
    struct ny_registry *r;
    struct ny_arena *arena;
    struct touched nodes; /* sorted in canonical order when complete */
    uint32_t *slots;      /* id → number + 1, open addressing */
    size_t slot_mask;
    uint32_t *component; /* [n] smallest number of the component */
    uint32_t *group;     /* [n] smallest number of the group */
};

/* ---- the set of numbers ---- */

static size_t first_slot(const struct closure *c, uint32_t id)
{
    return (size_t)id * 2654435761U & c->slot_mask;
}

static void slots_build(struct closure *c, size_t n)
{
    size_t size = 64;

    while (size < 2 * n) {
        size *= 2;
    }
    c->slots = NY_ARENA_ARRAY(c->arena, uint32_t, size);
    c->slot_mask = size - 1;
    for (size_t i = 0; i < c->nodes.n; i++) {
        size_t at = first_slot(c, c->nodes.ids[i]);

        while (c->slots[at] != 0) {
            at = (at + 1) & c->slot_mask;
        }
        c->slots[at] = (uint32_t)i + 1;
    }
}

/* Number of a node + 1, or 0. */
static uint32_t number_of(const struct closure *c, uint32_t id)
{
    size_t at = first_slot(c, id);

    while (c->slots[at] != 0 && c->nodes.ids[c->slots[at] - 1] != id) {
        at = (at + 1) & c->slot_mask;
    }
    return c->slots[at];
}

static void closure_add(struct closure *c, uint32_t id)
{
    size_t at;

    if (c->nodes.n >= CLOSURE_MAX || number_of(c, id) != 0) {
        return;
    }
    if (c->nodes.n == c->nodes.cap) {
        size_t cap = c->nodes.cap * 2;
        uint32_t *grown = NY_ARENA_ARRAY(c->arena, uint32_t, cap);

        NY_ASSERT(grown != NULL);
        memcpy(grown, c->nodes.ids, c->nodes.n * sizeof(*grown));
        c->nodes.ids = grown;
        c->nodes.cap = cap;
    }
    c->nodes.ids[c->nodes.n++] = id;
    if (2 * c->nodes.n > c->slot_mask) {
        slots_build(c, 2 * c->nodes.n);
        return;
    }
    at = first_slot(c, id);
    while (c->slots[at] != 0) {
        at = (at + 1) & c->slot_mask;
    }
    c->slots[at] = (uint32_t)c->nodes.n;
}

static struct ny_registry *sorting; /* qsort has no context; the loop thread is the only caller */

static int by_order(const void *pa, const void *pb)
{
    const uint32_t *a = pa;
    const uint32_t *b = pb;

    return ny_index_order(sorting->index, *a, *b);
}

static void closure_collect(struct closure *c, const struct touched *seeds)
{
    const struct ny_index *ix = c->r->index;

    c->nodes.cap = 32;
    c->nodes.ids = NY_ARENA_ARRAY(c->arena, uint32_t, c->nodes.cap);
    slots_build(c, 16);
    for (size_t i = 0; i < seeds->n; i++) {
        closure_add(c, seeds->ids[i]);
    }
    for (size_t i = 0; i < c->nodes.n; i++) {
        uint32_t id = c->nodes.ids[i];
        const struct ny_index_edge *e;
        const struct ny_index_pin *p;
        struct ny_index_identity x;
        uint32_t cursor = 0;

        while ((e = ny_index_edge_next(ix, id, &cursor)) != NULL) {
            closure_add(c, e->a == id ? e->b : e->a);
        }
        cursor = 0;
        while ((p = ny_index_pin_next(ix, id, &cursor)) != NULL) {
            closure_add(c, p->a == id ? p->b : p->a);
        }
        ny_index_get(ix, id, &x);
        for (uint32_t m = x.person != 0 ? ny_index_member_first(ix, x.person) : 0; m != 0;
             m = ny_index_member_next(ix, m)) {
            closure_add(c, m);
        }
    }
    sorting = c->r;
    qsort(c->nodes.ids, c->nodes.n, sizeof(*c->nodes.ids), by_order);
    slots_build(c, c->nodes.n);
}

/* ---- components ---- */

static bool edge_counts(const struct closure *c, const struct ny_index_edge *e, enum strictness how)
{
    struct ny_score score = {.total_b1024 = e->total_b1024, .guards = e->guards};

    if (how == ALL_EDGES || how == NO_EDGES) {
        return how == ALL_EDGES;
    }
    if (how == STRONG_EDGES &&
        e->total_b1024 < ny_match_model_tau_b1024(c->r->model) + STRONG_MARGIN) {
        return false;
    }
    return ny_match_band(c->r->model, &score) == NY_BAND_AUTO;
}

/* Marks the component of node `start` among nodes[] that still carry `from`; gives its size. */
static size_t component_mark(struct closure *c, uint32_t start, uint32_t from, enum strictness how,
                             uint32_t *stack)
{
    const struct ny_index *ix = c->r->index;
    size_t depth = 0;
    size_t size = 0;

    stack[depth++] = start;
    c->component[start] = start;
    while (depth > 0) {
        uint32_t at = stack[--depth];
        uint32_t id = c->nodes.ids[at];
        const struct ny_index_edge *e;
        const struct ny_index_pin *p;
        uint32_t cursor = 0;

        size++;
        while ((e = ny_index_edge_next(ix, id, &cursor)) != NULL) {
            uint32_t n = number_of(c, e->a == id ? e->b : e->a);

            if (n != 0 && c->component[n - 1] == from && n - 1 != start && edge_counts(c, e, how)) {
                c->component[n - 1] = start;
                stack[depth++] = n - 1;
            }
        }
        cursor = 0;
        while ((p = ny_index_pin_next(ix, id, &cursor)) != NULL) {
            uint32_t n = number_of(c, p->a == id ? p->b : p->a);

            if (n != 0 && p->same && c->component[n - 1] == from && n - 1 != start) {
                c->component[n - 1] = start;
                stack[depth++] = n - 1;
            }
        }
    }
    return size;
}

/* ---- the input of one partition ---- */

struct part {
    struct ny_group_input in;
    struct ny_group_node *nodes;
    uint32_t *numbers; /* [n_nodes] closure number, or for outside nodes the identity */
    struct ny_group_edge *edges;
    struct ny_group_pair *must;
    struct ny_group_pair *cannot;
};

/* A hold on the identity, or probation of the source that owns its domain. */
static bool is_held(const struct ny_registry *r, uint32_t id, int32_t domain)
{
    const struct ny_domain *d = ny_registry_domain(r, domain);
    const struct ny_requester_row *source =
        d != NULL ? ny_registry_source(r, d->source_app, d->source_facility) : NULL;

    return ny_index_is_held(r->index, id) || (source != NULL && source->probation);
}

static void node_fill(struct closure *c, uint32_t id, bool outside, struct ny_group_node *out)
{
    struct ny_index_identity x;

    ny_index_get(c->r->index, id, &x);
    *out = (struct ny_group_node){.domain = x.domain,
                                  .live = x.status == NY_IDENTITY_ACTIVE,
                                  .held = is_held(c->r, id, x.domain),
                                  .outside = outside};
    if (ny_index_takes_part(c->r->index, id)) {
        struct ny_record *record = NY_ARENA_NEW(c->arena, struct ny_record);

        NY_ASSERT(record != NULL);
        if (ny_record_unpack(x.record, record) == NY_OK) {
            out->record = record;
        }
    }
}

static void score_of_edge(const struct ny_index_edge *e, struct ny_score *out)
{
    *out = (struct ny_score){.total_b1024 = e->total_b1024, .guards = e->guards};
    memcpy(out->level, e->levels, sizeof(out->level));
}

/* Numbers of identities inside one part; parts are small, so a walk will do. */
static size_t part_find(const struct part *p, const struct closure *c, uint32_t id)
{
    for (size_t i = 0; i < p->in.n_nodes; i++) {
        if ((p->nodes[i].outside ? p->numbers[i] : c->nodes.ids[p->numbers[i]]) == id) {
            return i;
        }
    }
    return p->in.n_nodes;
}

static void part_count(const struct closure *c, uint32_t component, size_t *n, size_t *n_edges,
                       size_t *n_pins)
{
    *n = *n_edges = *n_pins = 0;
    for (uint32_t i = 0; i < c->nodes.n; i++) {
        uint32_t cursor = 0;

        if (c->component[i] != component) {
            continue;
        }
        ++*n;
        while (ny_index_edge_next(c->r->index, c->nodes.ids[i], &cursor) != NULL) {
            ++*n_edges;
        }
        cursor = 0;
        while (ny_index_pin_next(c->r->index, c->nodes.ids[i], &cursor) != NULL) {
            ++*n_pins;
        }
    }
}

static void part_add_edges(struct part *p, struct closure *c, size_t at)
{
    uint32_t id = c->nodes.ids[p->numbers[at]];
    const struct ny_index_edge *e;
    uint32_t cursor = 0;

    while ((e = ny_index_edge_next(c->r->index, id, &cursor)) != NULL) {
        uint32_t other = e->a == id ? e->b : e->a;
        size_t to = part_find(p, c, other);

        if (to == p->in.n_nodes) { /* leaves the part: a rival for the runner-up rule */
            node_fill(c, other, true, &p->nodes[to]);
            p->numbers[to] = other;
            p->in.n_nodes++;
        } else if (!p->nodes[to].outside && to < at) {
            continue; /* taken from the other end */
        }
        p->edges[p->in.n_edges].a = (uint32_t)(at < to ? at : to);
        p->edges[p->in.n_edges].b = (uint32_t)(at < to ? to : at);
        score_of_edge(e, &p->edges[p->in.n_edges].score);
        p->in.n_edges++;
    }
}

static void part_add_pins(struct part *p, struct closure *c, size_t at)
{
    uint32_t id = c->nodes.ids[p->numbers[at]];
    const struct ny_index_pin *pin;
    uint32_t cursor = 0;

    while ((pin = ny_index_pin_next(c->r->index, id, &cursor)) != NULL) {
        size_t to = part_find(p, c, pin->a == id ? pin->b : pin->a);

        if (to >= p->in.n_nodes || to < at || (pin->same && p->nodes[to].outside)) {
            continue;
        }
        if (pin->same) {
            p->must[p->in.n_must++] = (struct ny_group_pair){(uint32_t)at, (uint32_t)to};
        } else {
            p->cannot[p->in.n_cannot++] = (struct ny_group_pair){(uint32_t)at, (uint32_t)to};
        }
    }
}

static void part_build(struct part *p, struct closure *c, uint32_t component, enum strictness how)
{
    size_t n;
    size_t n_edges;
    size_t n_pins;
    size_t inside = 0;

    part_count(c, component, &n, &n_edges, &n_pins);
    *p = (struct part){.in = {.model = c->r->model}};
    p->nodes = NY_ARENA_ARRAY(c->arena, struct ny_group_node, n + n_edges);
    p->numbers = NY_ARENA_ARRAY(c->arena, uint32_t, n + n_edges);
    p->edges = NY_ARENA_ARRAY(c->arena, struct ny_group_edge, n_edges);
    p->must = NY_ARENA_ARRAY(c->arena, struct ny_group_pair, n_pins);
    p->cannot = NY_ARENA_ARRAY(c->arena, struct ny_group_pair, n_pins);
    NY_ASSERT(p->nodes != NULL && p->numbers != NULL && p->edges != NULL && p->must != NULL &&
              p->cannot != NULL);
    for (uint32_t i = 0; i < c->nodes.n; i++) {
        if (c->component[i] == component) {
            node_fill(c, c->nodes.ids[i], false, &p->nodes[inside]);
            p->numbers[inside++] = i;
        }
    }
    p->in.n_nodes = inside;
    for (size_t i = 0; i < inside && how != NO_EDGES; i++) {
        part_add_edges(p, c, i);
    }
    for (size_t i = 0; i < inside; i++) { /* outside nodes are known now: rivals have pins too */
        part_add_pins(p, c, i);
    }
    p->in.nodes = p->nodes;
    p->in.edges = p->edges;
    p->in.must = p->must;
    p->in.cannot = p->cannot;
}

/* ---- questions ---- */

static void ask(struct closure *c, struct ny_store_batch *rows, uint32_t a, uint32_t b,
                struct ny_group_question q, int64_t at_us)
{
    const struct ny_index_edge *e = ny_index_edge_find(c->r->index, a, b);
    uint8_t state = q.verdict == NY_VERDICT_OPEN     ? NY_REVIEW_OPEN
                    : q.verdict == NY_VERDICT_PARKED ? NY_REVIEW_PARKED
                                                     : 0;
    struct ny_review_row row;

    if (e == NULL || (e->review == state && (state == 0 || e->reason == q.reason))) {
        return;
    }
    row = (struct ny_review_row){
        .a = e->a,
        .b = e->b,
        .state = state != 0 ? (enum ny_review_state)state : NY_REVIEW_CLOSED,
        .reason = (enum ny_review_reason)(state != 0 ? q.reason : e->reason),
        .total_b1024 = e->total_b1024,
        .guards = e->guards,
        .at_us = at_us,
    };
    ny_store_add_review(rows, &row);
    ny_index_edge_ask(c->r->index, a, b, state, state != 0 ? q.reason : 0);
}

static ny_rc part_solve(struct closure *c, uint32_t component, enum strictness how,
                        struct ny_store_batch *rows)
{
    struct part p;
    const uint32_t *group;
    const struct ny_group_question *questions;
    size_t scored;
    ny_rc rc;

    part_build(&p, c, component, how);
    rc = ny_group_partition(c->arena, &p.in, &group, &questions, &scored);
    if (rc != NY_OK) {
        return rc;
    }
    for (size_t i = 0; i < p.in.n_nodes; i++) {
        if (!p.nodes[i].outside) {
            c->group[p.numbers[i]] = p.numbers[group[i]];
        }
    }
    for (size_t i = 0; i < p.in.n_edges; i++) {
        const struct ny_group_edge *e = &p.edges[i];

        if (!p.nodes[e->a].outside && !p.nodes[e->b].outside) {
            ask(c, rows, c->nodes.ids[p.numbers[e->a]], c->nodes.ids[p.numbers[e->b]], questions[i],
                ny_clock_now_us());
        }
    }
    return NY_OK;
}

/* Splits what carries `from` into components and solves each; one that is too large is split again
 * over stricter edges: at most four deep, one turn for each strictness. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static ny_rc split_and_solve(struct closure *c, uint32_t from, enum strictness how,
                             struct ny_store_batch *rows, uint32_t *stack)
{
    for (uint32_t i = 0; i < c->nodes.n; i++) {
        size_t size;
        ny_rc rc;

        if (c->component[i] != from) {
            continue;
        }
        size = component_mark(c, i, from, how, stack);
        if (size > COMPONENT_MAX && how != NO_EDGES) {
            ny_counter_add(NY_C_COMPONENT_LARGE, 1);
            ny_log(NY_LOG_WARN, "component_large", "records=%zu", size);
            for (uint32_t k = i; k < c->nodes.n; k++) {
                if (c->component[k] == i) {
                    c->component[k] = from + 1;
                }
            }
            rc = split_and_solve(c, from + 1, how + 1, rows, stack);
        } else {
            rc = part_solve(c, i, how, rows);
        }
        if (rc != NY_OK) {
            return rc;
        }
    }
    return NY_OK;
}

ny_rc ny_registry_regroup(struct ny_registry *r, const struct touched *seeds,
                          struct ny_store_batch *rows, int64_t message, int64_t at_us)
{
    struct closure c = {.r = r, .arena = r->scratch};
    const uint32_t unmarked = UINT32_MAX - 3; /* and + 1, 2, 3 for the stricter turns */
    uint32_t *stack;
    ny_rc rc;

    if (seeds->n == 0) {
        return NY_OK;
    }
    closure_collect(&c, seeds);
    c.component = NY_ARENA_ARRAY(c.arena, uint32_t, c.nodes.n);
    c.group = NY_ARENA_ARRAY(c.arena, uint32_t, c.nodes.n);
    stack = NY_ARENA_ARRAY(c.arena, uint32_t, c.nodes.n + 1);
    NY_ASSERT(c.component != NULL && c.group != NULL && stack != NULL);
    for (size_t i = 0; i < c.nodes.n; i++) {
        c.component[i] = unmarked;
    }
    rc = split_and_solve(&c, unmarked, ALL_EDGES, rows, stack);
    if (rc == NY_OK) {
        rc = ny_registry_assign_persons(r, c.nodes.ids, c.group, c.nodes.n, rows, message, at_us);
    }
    ny_arena_reset(r->scratch);
    return rc;
}
