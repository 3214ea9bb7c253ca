/* One component: its nodes, edges and pins become the input of a partition, and what the partition
 * says becomes groups and questions. */

#include "link_priv.h"

struct part {
    struct ny_group_input in;
    struct ny_group_node *nodes;
    uint32_t *numbers; /* [n_nodes] closure number, or for outside nodes the identity */
    struct ny_group_edge *edges;
    struct ny_group_pair *must;
    struct ny_group_pair *cannot;
};

/* A hold on the identity, or probation of the source that owns its domain. */
static bool is_held(const struct ny_link *l, uint32_t id, int32_t domain)
{
    const struct ny_link_sink *s = &l->sink;

    return ny_index_is_held(l->index, id, NY_HOLD_IDENTITY) ||
           (s->domain_is_held != NULL && s->domain_is_held(s->ctx, domain));
}

static void node_fill(struct closure *c, uint32_t id, bool outside, struct ny_group_node *out)
{
    struct ny_index_identity x;

    ny_index_get(c->link->index, id, &x);
    *out = (struct ny_group_node){
        .domain = x.domain,
        .live = x.status == NY_IDENTITY_ACTIVE,
        .held = is_held(c->link, id, x.domain),
        .overlaid = ny_index_has_hold(c->link->index, id, NY_HOLD_VERSION, NY_HOLD_OVERLAY),
        .outside = outside};
    if (ny_index_takes_part(c->link->index, id)) {
        struct ny_record *record = NY_ARENA_NEW(c->arena, struct ny_record);

        NY_ASSERT(record != NULL);
        if (ny_record_unpack(x.record, record) == NY_OK) {
            out->record = record;
            out->settled_day = ny_match_settled_day(
                c->link->model, ny_index_domain_oid(c->link->index, x.domain), record);
        }
    }
}

static void score_of_edge(const struct ny_index_edge *e, struct ny_score *out)
{
    *out = (struct ny_score){.total_b1024 = e->total_b1024, .guards = e->guards};
    memcpy(out->level, e->levels, sizeof(out->level));
}

static uint32_t part_identity(const struct part *p, const struct closure *c, size_t node)
{
    return p->nodes[node].outside ? p->numbers[node] : c->nodes.ids[p->numbers[node]];
}

/* Numbers of identities inside one part; parts are small, so a walk will do. */
static size_t part_find(const struct part *p, const struct closure *c, uint32_t id)
{
    for (size_t i = 0; i < p->in.n_nodes; i++) {
        if (part_identity(p, c, i) == id) {
            return i;
        }
    }
    return p->in.n_nodes;
}

static void part_count(const struct closure *c, uint32_t component, size_t *n, size_t *n_edges)
{
    *n = *n_edges = 0;
    for (uint32_t i = 0; i < c->nodes.n; i++) {
        uint32_t cursor = 0;

        if (c->component[i] != component) {
            continue;
        }
        ++*n;
        while (ny_index_edge_next(c->link->index, c->nodes.ids[i], &cursor) != NULL) {
            ++*n_edges;
        }
    }
}

static void part_add_edges(struct part *p, struct closure *c, size_t at)
{
    uint32_t id = c->nodes.ids[p->numbers[at]];
    const struct ny_index_edge *e;
    uint32_t cursor = 0;

    while ((e = ny_index_edge_next(c->link->index, id, &cursor)) != NULL) {
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

/* Who must be one: a node and the next in its ring. All of a ring is in one part. */
static void part_add_musts(struct part *p, const struct closure *c, size_t inside)
{
    for (size_t i = 0; i < inside && c->pins.next != NULL; i++) {
        uint32_t next = c->pins.next[p->numbers[i]];

        if (next != p->numbers[i]) {
            size_t to = part_find(p, c, c->nodes.ids[next]);

            NY_ASSERT(to < p->in.n_nodes);
            p->must[p->in.n_must++] = (struct ny_group_pair){(uint32_t)i, (uint32_t)to};
        }
    }
}

/* Outside nodes are known by now: rivals have pins, too. */
static void part_add_cannots(struct part *p, const struct closure *c)
{
    for (size_t i = 0; i < c->pins.n_cannot; i++) {
        size_t a = part_find(p, c, c->nodes.ids[c->pins.cannot[i].a]);
        size_t b = part_find(p, c, c->nodes.ids[c->pins.cannot[i].b]);

        if (a < p->in.n_nodes && b < p->in.n_nodes) {
            p->cannot[p->in.n_cannot++] = (struct ny_group_pair){(uint32_t)a, (uint32_t)b};
        }
    }
}

static void part_build(struct part *p, struct closure *c, uint32_t component, enum strictness how)
{
    size_t n;
    size_t n_edges;
    size_t inside = 0;

    part_count(c, component, &n, &n_edges);
    *p = (struct part){.in = {.model = c->link->model}};
    p->nodes = NY_ARENA_ARRAY(c->arena, struct ny_group_node, n + n_edges);
    p->numbers = NY_ARENA_ARRAY(c->arena, uint32_t, n + n_edges);
    p->edges = NY_ARENA_ARRAY(c->arena, struct ny_group_edge, n_edges);
    p->must = NY_ARENA_ARRAY(c->arena, struct ny_group_pair, n);
    p->cannot = NY_ARENA_ARRAY(c->arena, struct ny_group_pair, c->pins.n_cannot);
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
    part_add_musts(p, c, inside);
    part_add_cannots(p, c);
    p->in.nodes = p->nodes;
    p->in.edges = p->edges;
    p->in.must = p->must;
    p->in.cannot = p->cannot;
}

/* ---- questions ---- */

enum { REASON_PIN = 6 };

/* Somebody said that the two are one, and somebody that they cannot be. */
static bool is_contradicted(const struct closure *c, uint32_t x, uint32_t y)
{
    for (size_t i = 0; i < c->pins.n_refused; i++) {
        const struct word *p = &c->pins.refused[i];

        if ((p->a == x && p->b == y) || (p->a == y && p->b == x)) {
            return true;
        }
    }
    return false;
}

static void ask(struct closure *c, uint32_t a, uint32_t b, struct ny_group_question q)
{
    const struct ny_link_sink *s = &c->link->sink;
    const struct ny_index_edge *e = ny_index_edge_find(c->link->index, a, b);
    uint8_t state = q.verdict; /* the values of open and parked */
    uint8_t reason = state != 0 ? q.reason : 0;

    if (e == NULL || (e->review == state && (state == 0 || e->reason == reason))) {
        return;
    }
    if (s->question != NULL) {
        s->question(s->ctx, e, state, reason);
    }
    ny_index_edge_ask(c->link->index, a, b, state, reason);
}

/* What a part that is too large for edges asked before it grew. */
static void questions_drop(struct closure *c, const struct part *p)
{
    for (size_t i = 0; i < p->in.n_nodes; i++) {
        const struct ny_index_edge *e;
        uint32_t cursor = 0;

        while ((e = ny_index_edge_next(c->link->index, part_identity(p, c, i), &cursor)) != NULL) {
            ask(c, e->a, e->b, (struct ny_group_question){NY_VERDICT_NONE, 0});
        }
    }
}

/* Pins that contradict each other outweigh what the partition asks. An edge that leaves the part
 * asks nothing, whatever it asked before the component was split. */
static struct ny_group_question question_of(const struct closure *c, const struct part *p,
                                            const struct ny_group_edge *e,
                                            struct ny_group_question asked)
{
    if (p->nodes[e->a].outside || p->nodes[e->b].outside) {
        return (struct ny_group_question){NY_VERDICT_NONE, 0};
    }
    if (is_contradicted(c, p->numbers[e->a], p->numbers[e->b])) {
        return (struct ny_group_question){NY_VERDICT_OPEN, REASON_PIN};
    }
    return asked;
}

ny_rc ny_part_solve(struct closure *c, uint32_t component, enum strictness how)
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
    if (how == NO_EDGES) {
        questions_drop(c, &p);
    }
    for (size_t i = 0; i < p.in.n_edges; i++) {
        const struct ny_group_edge *e = &p.edges[i];

        ask(c, part_identity(&p, c, e->a), part_identity(&p, c, e->b),
            question_of(c, &p, e, questions[i]));
    }
    return NY_OK;
}
