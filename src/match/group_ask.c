/* Questions for people: at most one for each pair of groups, asked by its best edge; and one for a
 * record whose id seems to have become another person. */

#include "group_priv.h"

enum {
    REASON_BAND = 1,
    REASON_GUARD,
    REASON_RUNNER_UP,
    REASON_GROUP,
    REASON_HOLD,
    REASON_OVERLAY = 7 /* 6: pins contradict, asked by link */
};

/* What a link that did not join asks; verdict NONE when nobody needs to look. */
static struct ny_group_question link_question(const struct group_run *r, const struct group_link *l)
{
    struct ny_group_question q = {NY_VERDICT_OPEN, REASON_BAND};
    enum ny_band band = ny_match_band(r->in->model, &l->score);

    if (l->cannot || band == NY_BAND_NONE) {
        q.verdict = NY_VERDICT_NONE;
    } else if (band == NY_BAND_PARKED) {
        q = (struct ny_group_question){NY_VERDICT_PARKED, REASON_GUARD};
    } else if (band == NY_BAND_REVIEW) {
        q.reason = l->score.guards != 0 ? REASON_GUARD : REASON_BAND;
    } else if (ny_group_cluster_is_held(r, r->cluster[l->a]) ||
               ny_group_cluster_is_held(r, r->cluster[l->b])) {
        q.reason = REASON_HOLD;
    } else {
        q.reason = l->demoted ? REASON_RUNNER_UP : REASON_GROUP;
    }
    return q;
}

static bool group_has_partner(const struct group_run *r, uint32_t g)
{
    return r->next[g] != NY_GROUP_END;
}

/* A twin pattern is no question when it scores as two people, or when both have found their own. */
static bool twins_are_settled(const struct group_run *r, const struct group_link *l)
{
    return (l->score.guards >> NY_GUARD_GD3 & 1U) != 0 &&
           (l->score.total_b1024 < 0 || (group_has_partner(r, r->group[r->cluster[l->a]]) &&
                                         group_has_partner(r, r->group[r->cluster[l->b]])));
}

/* x asks before y: open before parked, then the order of (c). */
static bool asks_before(const struct group_link *x, struct ny_group_question qx,
                        const struct group_link *y, struct ny_group_question qy)
{
    if (qx.verdict != qy.verdict) {
        return qx.verdict == NY_VERDICT_OPEN;
    }
    return ny_group_link_order(x, y) < 0;
}

struct asker {
    const struct group_link *link;
    struct ny_group_question question;
};

/* Who asks between two groups: number in askers + 1. */
static uint32_t *asker_between(const struct group_run *r, uint32_t *map, uint32_t node_a,
                               uint32_t node_b)
{
    uint32_t g1 = r->group[r->cluster[node_a]];
    uint32_t g2 = r->group[r->cluster[node_b]];

    return g1 < g2 ? &map[g1 * r->n_clusters + g2] : &map[g2 * r->n_clusters + g1];
}

static const uint32_t NOBODY_ASKS = UINT32_MAX;

static void askers_offer(const struct group_run *r, uint32_t *map, const struct group_link *l,
                         struct asker *askers, size_t *n)
{
    uint32_t *at = asker_between(r, map, l->a, l->b);
    struct asker x = {l, link_question(r, l)};

    if (x.question.verdict == NY_VERDICT_NONE || *at == NOBODY_ASKS) {
        return;
    }
    if (*at == 0) {
        askers[(*n)++] = x;
        *at = (uint32_t)*n;
    } else if (asks_before(l, x.question, askers[*at - 1].link, askers[*at - 1].question)) {
        askers[*at - 1] = x;
    }
}

/* A cannot-link between any two members has answered for the groups (GD2). */
static size_t askers_collect(const struct group_run *r, uint32_t *map, struct asker *askers)
{
    size_t n = 0;

    for (size_t i = 0; i < r->in->n_cannot; i++) {
        *asker_between(r, map, r->in->cannot[i].a, r->in->cannot[i].b) = NOBODY_ASKS;
    }
    for (size_t i = 0; i < r->n_clusters * r->n_clusters; i++) {
        const struct group_link *l = &r->links[i];

        if (l->edge != 0 && r->group[r->cluster[l->a]] != r->group[r->cluster[l->b]] &&
            !r->in->nodes[l->a].outside && !r->in->nodes[l->b].outside &&
            !twins_are_settled(r, l)) {
            askers_offer(r, map, l, askers, &n);
        }
    }
    return n;
}

/* The best stored edge between a record and another one of its group; the number of edges: none. */
static size_t best_partner(const struct group_run *r, uint32_t node)
{
    const struct ny_group_edge *edges = r->in->edges;
    size_t best = r->in->n_edges;

    for (size_t i = 0; i < r->in->n_edges; i++) {
        const struct ny_group_edge *e = &edges[i];

        if ((e->a != node && e->b != node) ||
            r->group[r->cluster[e->a]] != r->group[r->cluster[e->b]]) {
            continue;
        }
        if (best == r->in->n_edges || e->score.total_b1024 > edges[best].score.total_b1024 ||
            (e->score.total_b1024 == edges[best].score.total_b1024 &&
             e->a + e->b < edges[best].a + edges[best].b)) {
            best = i; /* one end is the same, so the sum orders the other one */
        }
    }
    return best;
}

static void overlays_ask(const struct group_run *r, struct ny_group_question *out)
{
    for (uint32_t i = 0; i < r->in->n_nodes; i++) {
        const struct ny_group_node *node = &r->in->nodes[i];
        size_t e = node->overlaid && !node->outside ? best_partner(r, i) : r->in->n_edges;

        if (e < r->in->n_edges) {
            out[e] = (struct ny_group_question){NY_VERDICT_OPEN, REASON_OVERLAY};
        }
    }
}

ny_rc ny_group_ask(struct group_run *r, struct ny_group_question *out)
{
    struct asker *askers = NY_ARENA_ARRAY(r->arena, struct asker, r->in->n_edges);
    uint32_t *map = NY_ARENA_ARRAY(r->arena, uint32_t, ny_mul_size(r->n_clusters, r->n_clusters));
    size_t n;

    if (askers == NULL || map == NULL) {
        return NY_ELIMIT;
    }
    n = askers_collect(r, map, askers);
    for (size_t k = 0; k < n; k++) {
        /* The best pair may have been scored without an edge; the best edge asks for it. */
        out[askers[k].link->edge - 1] = askers[k].question;
    }
    overlays_ask(r, out);
    return NY_OK;
}
