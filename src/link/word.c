/* A new word about two identities, held against what is in force: is it said already, and who says
 * the contrary, by way of whom.
 *
 *   a =pin= c =merge= b   and   a ≠ b        a =pin= c ≠ d =pin= b   and   a = b
 *
 * What was said of the two themselves is left aside while the way is sought: a word may overrule
 * it. Spec: the project's matching rules 7. */

#include "link_priv.h"

/* One look for a way over what joins. */
struct search {
    const struct closure *c;
    struct ny_link_step *by; /* [n] the step by which a node was reached, from = 0: it was not */
    uint32_t *queue;         /* [n] numbers in the order in which they were reached */
    size_t n;
};

static void reach(struct search *s, uint32_t from, uint32_t to, const struct ny_index_pin *pin)
{
    const uint32_t *ids = s->c->nodes.ids;

    if (s->by[to].from == 0) {
        s->by[to] = (struct ny_link_step){ids[from], ids[to], pin->kind, pin->role};
        s->queue[s->n++] = to;
    }
}

static void reach_by_merges(struct search *s, uint32_t at)
{
    const struct ny_index *ix = s->c->link->index;
    uint32_t id = s->c->nodes.ids[at];
    const struct ny_index_pin *p;
    uint32_t cursor = 0;

    while ((p = ny_index_pin_next(ix, id, &cursor)) != NULL) {
        if (p->kind == NY_PIN_MERGE && p == ny_link_merge_of(ix, p->a)) {
            reach(s, at, ny_closure_number(s->c, p->a == id ? p->b : p->a) - 1, p);
        }
    }
}

/* Writes the shortest way between two nodes that must be one; gives its length. */
static size_t way_find(const struct closure *c, uint32_t from, uint32_t to,
                       struct ny_link_step *out)
{
    struct search s = {.c = c,
                       .by = NY_ARENA_ARRAY(c->arena, struct ny_link_step, c->nodes.n),
                       .queue = NY_ARENA_ARRAY(c->arena, uint32_t, c->nodes.n)};
    size_t n = 0;

    NY_ASSERT(s.by != NULL && s.queue != NULL);
    s.by[from].from = c->nodes.ids[from];
    s.queue[s.n++] = from;
    for (size_t i = 0; i < s.n && s.by[to].from == 0; i++) {
        uint32_t at = s.queue[i];

        reach_by_merges(&s, at);
        for (size_t k = 0; k < c->pins.n_joins; k++) {
            const struct word *w = &c->pins.joins[k];

            if (w->a == at || w->b == at) {
                reach(&s, at, w->a == at ? w->b : w->a, w->pin);
            }
        }
    }
    for (uint32_t at = to; at != from && s.by[at].from != 0; n++) {
        at = ny_closure_number(c, s.by[at].from) - 1;
    }
    for (uint32_t at = to, k = (uint32_t)n; k > 0; at = ny_closure_number(c, s.by[at].from) - 1) {
        out[--k] = s.by[at];
    }
    return n;
}

/* Likewise between two whom a DIFFERENT keeps apart: to the near end of that, over it, and on. */
static size_t way_over(const struct closure *c, uint32_t from, uint32_t to, const struct word *x,
                       struct ny_link_step *out)
{
    const uint32_t *ids = c->nodes.ids;
    bool straight = ny_pins_join(&c->pins, from, x->a);
    uint32_t near = straight ? x->a : x->b;
    uint32_t far = straight ? x->b : x->a;
    size_t n = way_find(c, from, near, out);

    out[n++] = (struct ny_link_step){ids[near], ids[far], x->pin->kind, x->pin->role};
    return n + way_find(c, far, to, out + n);
}

static void contradict(struct ny_link_check *out, struct ny_link_step *steps, size_t n)
{
    out->result = NY_WORD_CONTRADICTED;
    out->steps = steps;
    out->n_steps = n;
}

/* By way of others: SAME has a DIFFERENT in its way, DIFFERENT a chain of SAMEs. */
static void check_others(const struct closure *c, const struct ny_index_pin *said,
                         struct ny_link_step *steps, struct ny_link_check *out)
{
    const struct pins *p = &c->pins;
    uint32_t a = ny_closure_number(c, said->a) - 1;
    uint32_t b = ny_closure_number(c, said->b) - 1;

    if (said->kind == NY_PIN_DIFFERENT && ny_pins_join(p, a, b)) {
        contradict(out, steps, way_find(c, a, b, steps));
    } else if (said->kind == NY_PIN_SAME) {
        const struct word *x = ny_pins_obstacle(p, a, b);

        if (x != NULL) {
            contradict(out, steps, way_over(c, a, b, x, steps));
        }
    }
}

/* What is in force on the two themselves. True: it decides. */
static bool check_before(const struct ny_index_pin *said, struct ny_link_step *steps,
                         struct ny_link_check *out)
{
    const struct ny_index_pin *before = out->before;

    if (before == NULL) {
        out->result = said->kind == NY_PIN_NONE ? NY_WORD_STANDS : NY_WORD_NEW;
        return said->kind == NY_PIN_NONE;
    }
    if (before->kind == said->kind || (ny_pin_joins(before) && said->kind == NY_PIN_SAME)) {
        out->result = before->role >= said->role ? NY_WORD_STANDS : NY_WORD_NEW;
        return out->result == NY_WORD_STANDS;
    }
    if (before->role > said->role || (before->role == said->role && said->kind != NY_PIN_NONE)) {
        steps[0] = (struct ny_link_step){said->a, said->b, before->kind, before->role};
        contradict(out, steps, 1);
        return true;
    }
    return said->kind == NY_PIN_NONE;
}

/* A SAME that is not followed, and the way back from its second to its first. */
static void dispute_tell(const struct closure *c, const struct word *w, struct ny_link_dispute *out)
{
    const uint32_t *ids = c->nodes.ids;
    struct ny_link_step *steps = NY_ARENA_ARRAY(c->arena, struct ny_link_step, 2 * c->nodes.n + 2);
    const struct word *x = ny_pins_obstacle(&c->pins, w->a, w->b);

    NY_ASSERT(steps != NULL);
    steps[0] = (struct ny_link_step){ids[w->a], ids[w->b], w->pin->kind, w->pin->role};
    *out = (struct ny_link_dispute){*w->pin, steps, 1 + way_over(c, w->b, w->a, x, steps + 1)};
}

ny_rc ny_link_disputes(struct ny_link *l, struct ny_arena *a, const struct ny_link_set *seeds,
                       struct ny_link_dispute **out, size_t *out_n)
{
    struct closure c = {.link = l, .arena = a, .by_pins = true};
    ny_rc rc;

    ny_closure_collect(&c, seeds);
    rc = ny_closure_pins(&c);
    *out = NY_ARENA_ARRAY(a, struct ny_link_dispute, c.pins.n_refused + 1);
    if (rc != NY_OK || *out == NULL) {
        return NY_ELIMIT;
    }
    *out_n = c.pins.n_refused;
    for (size_t i = 0; i < c.pins.n_refused; i++) {
        dispute_tell(&c, &c.pins.refused[i], &(*out)[i]);
    }
    return NY_OK;
}

ny_rc ny_link_ones(struct ny_link *l, struct ny_arena *a, const uint32_t *ids, size_t n,
                   size_t *out)
{
    struct closure c = {.link = l, .arena = a, .by_pins = true};
    struct ny_link_set seeds = {0};
    ny_rc rc;

    for (size_t i = 0; i < n; i++) {
        ny_link_set_add(&seeds, a, ids[i]);
    }
    ny_closure_collect(&c, &seeds);
    rc = ny_closure_pins(&c);
    for (size_t i = 0; i < n && rc == NY_OK; i++) {
        out[i] = 0;
        while (out[i] < i &&
               (c.pins.next == NULL || !ny_pins_join(&c.pins, ny_closure_number(&c, ids[i]) - 1,
                                                     ny_closure_number(&c, ids[out[i]]) - 1))) {
            out[i]++;
        }
    }
    return rc;
}

/* Something that this NONE could take back was said of the two before they were merged: it would
 * hold again if the merge were undone. */
static bool is_dormant(const struct ny_index *ix, const struct ny_index_pin *none)
{
    const struct ny_index_pin *newest = NULL;
    const struct ny_index_pin *p;
    uint32_t cursor = 0;

    while ((p = ny_index_pin_next(ix, none->a, &cursor)) != NULL) {
        if (p->kind <= NY_PIN_NONE && p->role <= none->role && ny_pin_counts(ix, p) &&
            (p->a == none->b || p->b == none->b) &&
            (newest == NULL || ny_link_pin_is_newer(p, newest))) {
            newest = p;
        }
    }
    return newest != NULL && newest->kind != NY_PIN_NONE;
}

static int64_t newest_word(const struct closure *c, const struct ny_index_pin *said)
{
    const struct ny_index *ix = c->link->index;
    uint32_t a = ny_link_survivor(ix, said->a);
    uint32_t b = ny_link_survivor(ix, said->b);
    int64_t newest = NY_NEVER;

    for (size_t i = 0; i < c->nodes.n; i++) {
        const struct ny_index_pin *p;
        uint32_t cursor = 0;

        while ((p = ny_index_pin_next(ix, c->nodes.ids[i], &cursor)) != NULL) {
            uint32_t x = ny_link_survivor(ix, p->a);
            uint32_t y = ny_link_survivor(ix, p->b);

            if (((x == a && y == b) || (x == b && y == a)) && p->stamp.at_us > newest) {
                newest = p->stamp.at_us;
            }
        }
    }
    return newest;
}

static int32_t total_now(const struct ny_link *l, const struct ny_index_pin *said)
{
    struct ny_score s;

    return ny_link_score(l, ny_link_survivor(l->index, said->a),
                         ny_link_survivor(l->index, said->b), &s)
               ? s.total_b1024
               : NY_PIN_UNSEEN;
}

ny_rc ny_link_word_check(struct ny_link *l, struct ny_arena *a, const struct ny_index_pin *said,
                         struct ny_link_check *out)
{
    struct closure c = {
        .link = l, .arena = a, .by_pins = true, .aside = {said->a, said->b}
    };
    struct ny_link_set seeds = {0};
    struct ny_link_step *steps;
    ny_rc rc;

    *out = (struct ny_link_check){.newest_us = NY_NEVER};
    ny_link_set_add(&seeds, a, said->a);
    ny_link_set_add(&seeds, a, said->b);
    ny_closure_collect(&c, &seeds);
    rc = ny_closure_pins(&c);
    steps = NY_ARENA_ARRAY(a, struct ny_link_step, 2 * c.nodes.n + 1);
    if (rc != NY_OK || steps == NULL) {
        return NY_ELIMIT;
    }
    out->before = c.pins.aside;
    out->newest_us = newest_word(&c, said);
    out->total_b1024 = total_now(l, said);
    if (said->kind >= NY_PIN_MERGE) {
        return NY_OK; /* says nothing of the two records */
    }
    if (ny_link_survivor(l->index, said->a) == ny_link_survivor(l->index, said->b)) {
        out->result = said->kind == NY_PIN_NONE && is_dormant(l->index, said)
                          ? NY_WORD_NEW
                          : NY_WORD_STANDS; /* by a merge; only a DIFFERENT is against it */
    } else if (check_before(said, steps, out)) {
        return NY_OK;
    }
    if (c.pins.next != NULL) {
        check_others(&c, said, steps, out);
    }
    return NY_OK;
}
