/* Edges, pins and holds. An edge stands in the lists of both of its ends. */

#include "nayose/index.h"

#include "index_priv.h"

static uint32_t *edge_next(const struct ny_index *ix, uint32_t at, uint32_t id)
{
    struct edge *e = &ix->edges[at - 1];

    return e->e.a == id ? &e->next_a : &e->next_b;
}

size_t ny_index_edge_count(const struct ny_index *ix)
{
    return ix->live_edges;
}

struct edge *ny_index_edge_slot(const struct ny_index *ix, uint32_t a, uint32_t b)
{
    for (uint32_t at = ix->idents[a].edges; at != 0; at = *edge_next(ix, at, a)) {
        struct edge *e = &ix->edges[at - 1];

        if (e->e.a == b || e->e.b == b) {
            return e;
        }
    }
    return NULL;
}

void ny_index_edge_insert(struct ny_index *ix, const struct ny_index_edge *e)
{
    uint32_t at = ix->free_edge;
    struct edge *slot;

    if (at != 0) {
        ix->free_edge = ix->edges[at - 1].next_a;
    } else {
        ix->edges = ny_index_grow(ix->edges, &ix->cap_edges, ix->n_edges, sizeof(*ix->edges));
        at = ++ix->n_edges;
    }
    slot = &ix->edges[at - 1];
    slot->e = *e;
    slot->next_a = ix->idents[e->a].edges;
    slot->next_b = ix->idents[e->b].edges;
    ix->idents[e->a].edges = at;
    ix->idents[e->b].edges = at;
    ix->live_edges++;
    ny_counter_set(NY_C_EDGES, ix->live_edges);
}

static void edge_leave_list(struct ny_index *ix, uint32_t id, uint32_t gone)
{
    uint32_t *at = &ix->idents[id].edges;

    while (*at != gone) {
        NY_ASSERT(*at != 0);
        at = edge_next(ix, *at, id);
    }
    *at = *edge_next(ix, gone, id);
}

void ny_index_edge_unlink(struct ny_index *ix, uint32_t a, uint32_t b)
{
    const struct edge *e = ny_index_edge_slot(ix, a, b);
    uint32_t at;

    NY_ASSERT(e != NULL);
    at = (uint32_t)(e - ix->edges) + 1;
    edge_leave_list(ix, a, at);
    edge_leave_list(ix, b, at);
    memset(&ix->edges[at - 1], 0, sizeof(ix->edges[at - 1]));
    ix->edges[at - 1].next_a = ix->free_edge;
    ix->free_edge = at;
    ix->live_edges--;
    ny_counter_set(NY_C_EDGES, ix->live_edges);
}

void ny_index_edge_set(struct ny_index *ix, uint32_t a, uint32_t b, const struct ny_score *score)
{
    struct edge *slot = ny_index_edge_slot(ix, a, b);
    struct ny_index_edge e = {.total_b1024 = score->total_b1024, .guards = score->guards};
    bool in_order = ny_index_order(ix, a, b) < 0;

    e.a = in_order ? a : b;
    e.b = in_order ? b : a;
    memcpy(e.levels, score->level, sizeof(e.levels));
    if (slot != NULL) {
        ny_index_log(ix, &(struct undo){.op = UNDO_EDGE_CHANGE, .edge = slot->e});
        e.review = slot->e.review;
        e.reason = slot->e.reason;
        slot->e = e;
    } else {
        ny_index_edge_insert(ix, &e);
        ny_index_log(ix, &(struct undo){.op = UNDO_EDGE_SET, .edge = e});
    }
}

void ny_index_edge_remove(struct ny_index *ix, uint32_t a, uint32_t b)
{
    const struct edge *slot = ny_index_edge_slot(ix, a, b);

    if (slot != NULL) {
        ny_index_log(ix, &(struct undo){.op = UNDO_EDGE_REMOVE, .edge = slot->e});
        ny_index_edge_unlink(ix, a, b);
    }
}

void ny_index_edge_ask(struct ny_index *ix, uint32_t a, uint32_t b, uint8_t review, uint8_t reason)
{
    struct edge *slot = ny_index_edge_slot(ix, a, b);

    NY_ASSERT(slot != NULL);
    ny_index_log(ix, &(struct undo){.op = UNDO_EDGE_CHANGE, .edge = slot->e});
    slot->e.review = review;
    slot->e.reason = reason;
}

const struct ny_index_edge *ny_index_edge_find(const struct ny_index *ix, uint32_t a, uint32_t b)
{
    const struct edge *slot = ny_index_edge_slot(ix, a, b);

    return slot != NULL ? &slot->e : NULL;
}

const struct ny_index_edge *ny_index_edge_next(const struct ny_index *ix, uint32_t id,
                                               uint32_t *cursor)
{
    uint32_t at = *cursor == 0 ? ix->idents[id].edges : *edge_next(ix, *cursor, id);

    if (at == 0) {
        return NULL;
    }
    *cursor = at;
    return &ix->edges[at - 1].e;
}

void ny_index_review_counts(const struct ny_index *ix, int64_t *open, int64_t *parked)
{
    *open = 0;
    *parked = 0;
    for (uint32_t i = 0; i < ix->n_edges; i++) {
        *open += ix->edges[i].e.review == 1;
        *parked += ix->edges[i].e.review == 2;
    }
}

void ny_index_pin_add(struct ny_index *ix, const struct ny_index_pin *pin)
{
    ny_str said = pin->stamp.control_id;
    char *control_id = said.n > 0 ? ny_malloc(said.n) : NULL;
    struct pin *p;

    NY_ASSERT(pin->a != pin->b);
    ix->pins = ny_index_grow(ix->pins, &ix->cap_pins, ix->n_pins, sizeof(*ix->pins));
    p = &ix->pins[ix->n_pins++];
    *p = (struct pin){
        .p = *pin, .next_a = ix->idents[pin->a].pins, .next_b = ix->idents[pin->b].pins};
    if (control_id != NULL) {
        memcpy(control_id, said.p, said.n);
    }
    p->p.stamp.control_id = ny_str_of(control_id, said.n);
    ix->idents[pin->a].pins = ix->n_pins;
    ix->idents[pin->b].pins = ix->n_pins;
    ny_index_log(ix, &(struct undo){.op = UNDO_PIN_ADD});
}

/* The newest pin stands first in both of its lists. */
void ny_index_pin_drop_last(struct ny_index *ix)
{
    const struct pin *last = &ix->pins[--ix->n_pins];

    ix->idents[last->p.a].pins = last->next_a;
    ix->idents[last->p.b].pins = last->next_b;
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): ours, const for who reads it */
    ny_free((void *)(uintptr_t)last->p.stamp.control_id.p);
}

const struct ny_index_pin *ny_index_pin_next(const struct ny_index *ix, uint32_t id,
                                             uint32_t *cursor)
{
    uint32_t at = ix->idents[id].pins;

    if (*cursor != 0) {
        const struct pin *p = &ix->pins[*cursor - 1];

        at = p->p.a == id ? p->next_a : p->next_b;
    }
    if (at == 0) {
        return NULL;
    }
    *cursor = at;
    return &ix->pins[at - 1].p;
}

void ny_index_hold_set(struct ny_index *ix, uint32_t id, enum ny_hold_kind kind,
                       enum ny_hold_why why, bool held)
{
    uint8_t *holds = &ix->idents[id].holds[kind - 1];
    uint8_t bit = (uint8_t)(1U << why);

    NY_ASSERT(kind == NY_HOLD_IDENTITY || kind == NY_HOLD_VERSION);
    ny_index_log(
        ix, &(struct undo){.op = UNDO_HOLD, .id = id, .hold_kind = (uint8_t)kind, .old = *holds});
    *holds = (uint8_t)(held ? *holds | bit : *holds & ~bit);
}

bool ny_index_has_hold(const struct ny_index *ix, uint32_t id, enum ny_hold_kind kind,
                       enum ny_hold_why why)
{
    return (ix->idents[id].holds[kind - 1] >> why & 1U) != 0;
}

bool ny_index_is_held(const struct ny_index *ix, uint32_t id, enum ny_hold_kind kind)
{
    return ix->idents[id].holds[kind - 1] != 0;
}
