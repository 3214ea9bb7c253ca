/* Everything that hangs together with the seeds, by edges, pins or by being one person now.
 *
 * Following the old persons shows a group that falls apart as a whole; components do not follow
 * them, so that the old grouping cannot influence the new one. */

#include "link_priv.h"

enum { CLOSURE_MAX = 20000 };

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

uint32_t ny_closure_number(const struct closure *c, uint32_t id)
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

    if (c->nodes.n >= CLOSURE_MAX || ny_closure_number(c, id) != 0) {
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

void ny_closure_collect(struct closure *c, const struct ny_link_set *seeds)
{
    const struct ny_index *ix = c->link->index;

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

        while (!c->by_pins && (e = ny_index_edge_next(ix, id, &cursor)) != NULL) {
            closure_add(c, e->a == id ? e->b : e->a);
        }
        cursor = 0;
        while ((p = ny_index_pin_next(ix, id, &cursor)) != NULL) {
            closure_add(c, p->a == id ? p->b : p->a);
        }
        ny_index_get(ix, id, &x);
        for (uint32_t m = !c->by_pins && x.person != 0 ? ny_index_member_first(ix, x.person) : 0;
             m != 0; m = ny_index_member_next(ix, m)) {
            closure_add(c, m);
        }
    }
    ny_link_set_sort(ix, &c->nodes);
    slots_build(c, c->nodes.n);
}
