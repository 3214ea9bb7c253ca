/* The groups around what was touched, recomputed from nothing.
 *
 *   seeds ─▶ closure (edges, pins, same person) ─▶ components (edges, must-links) ─▶ partition each
 */

#include "link_priv.h"

enum { COMPONENT_MAX = 200, STRONG_MARGIN = NY_BITS(6) };

static bool edge_counts(const struct closure *c, const struct ny_index_edge *e, enum strictness how)
{
    struct ny_score score = {.total_b1024 = e->total_b1024, .guards = e->guards};

    if (how == ALL_EDGES || how == NO_EDGES) {
        return how == ALL_EDGES;
    }
    if (how == STRONG_EDGES &&
        e->total_b1024 < ny_match_model_tau_b1024(c->link->model) + STRONG_MARGIN) {
        return false;
    }
    return ny_match_band(c->link->model, &score) == NY_BAND_AUTO;
}

/* Marks the component of node `start` among nodes[] that still carry `from`; gives its size. */
static size_t component_mark(struct closure *c, uint32_t start, uint32_t from, enum strictness how,
                             uint32_t *stack)
{
    const struct ny_index *ix = c->link->index;
    size_t depth = 0;
    size_t size = 0;

    stack[depth++] = start;
    c->component[start] = start;
    while (depth > 0) {
        uint32_t at = stack[--depth];
        uint32_t id = c->nodes.ids[at];
        const struct ny_index_edge *e;
        uint32_t cursor = 0;

        size++;
        while ((e = ny_index_edge_next(ix, id, &cursor)) != NULL) {
            uint32_t n = ny_closure_number(c, e->a == id ? e->b : e->a);

            if (n != 0 && c->component[n - 1] == from && n - 1 != start && edge_counts(c, e, how)) {
                c->component[n - 1] = start;
                stack[depth++] = n - 1;
            }
        }
        if (c->pins.next != NULL && c->component[c->pins.next[at]] == from &&
            c->pins.next[at] != start) {
            c->component[c->pins.next[at]] = start;
            stack[depth++] = c->pins.next[at];
        }
    }
    return size;
}

static void component_remark(struct closure *c, uint32_t mark, uint32_t to)
{
    for (uint32_t k = mark; k < c->nodes.n; k++) {
        if (c->component[k] == mark) {
            c->component[k] = to;
        }
    }
}

/* Splits what carries `from` into components and solves each; one that is too large is split again
 * over stricter edges: at most four deep, one turn for each strictness. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static ny_rc split_and_solve(struct closure *c, uint32_t from, enum strictness how, uint32_t *stack)
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
            component_remark(c, i, from + 1);
            rc = split_and_solve(c, from + 1, how + 1, stack);
        } else {
            rc = ny_part_solve(c, i, how);
        }
        if (rc != NY_OK) {
            return rc;
        }
    }
    return NY_OK;
}

ny_rc ny_link_regroup(struct ny_link *l, struct ny_arena *a, const struct ny_link_set *seeds,
                      struct ny_link_groups *out)
{
    struct closure c = {.link = l, .arena = a};
    const uint32_t unmarked = UINT32_MAX - 3; /* and + 1, 2, 3 for the stricter turns */
    uint32_t *stack;
    ny_rc rc;

    *out = (struct ny_link_groups){0};
    if (seeds->n == 0) {
        return NY_OK;
    }
    ny_closure_collect(&c, seeds);
    c.component = NY_ARENA_ARRAY(a, uint32_t, c.nodes.n);
    c.group = NY_ARENA_ARRAY(a, uint32_t, c.nodes.n);
    stack = NY_ARENA_ARRAY(a, uint32_t, c.nodes.n + 1);
    if (c.component == NULL || c.group == NULL || stack == NULL) {
        return NY_ELIMIT;
    }
    for (size_t i = 0; i < c.nodes.n; i++) {
        c.component[i] = unmarked;
    }
    rc = ny_closure_pins(&c);
    rc = rc != NY_OK ? rc : split_and_solve(&c, unmarked, ALL_EDGES, stack);
    if (rc == NY_OK) {
        ny_closure_doubts(&c);
        *out = (struct ny_link_groups){c.nodes.ids, c.group, c.nodes.n};
    }
    return rc;
}
