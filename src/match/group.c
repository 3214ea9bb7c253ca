/* The partition of one component: clusters of records that must be one, and the links between them.
 *
 *   nodes ──must-link──▶ clusters ──links (best record pair)──▶ (c) join by AUTO links
 *                                                              (d) join by evidence of whole groups
 *                                                              questions for what stayed apart
 *
 * Components are small (an alarm goes off at 200 records), so links stand in a plain matrix. */

#include "nayose/match_group.h"

#include "group_priv.h"

static uint32_t find_root(uint32_t *parent, uint32_t x)
{
    while (parent[x] != x) {
        parent[x] = parent[parent[x]];
        x = parent[x];
    }
    return x;
}

/* The smaller root wins, so that a cluster's root is its smallest node. */
static void unite(uint32_t *parent, uint32_t x, uint32_t y)
{
    uint32_t rx = find_root(parent, x);
    uint32_t ry = find_root(parent, y);

    if (rx < ry) {
        parent[ry] = rx;
    } else {
        parent[rx] = ry;
    }
}

static ny_rc clusters_build(struct group_run *r)
{
    const struct ny_group_input *in = r->in;
    uint32_t *parent = NY_ARENA_ARRAY(r->arena, uint32_t, in->n_nodes);
    size_t at = 0;

    r->cluster = NY_ARENA_ARRAY(r->arena, uint32_t, in->n_nodes);
    r->members = NY_ARENA_ARRAY(r->arena, uint32_t, in->n_nodes);
    r->first = NY_ARENA_ARRAY(r->arena, uint32_t, in->n_nodes + 1);
    if (parent == NULL || r->cluster == NULL || r->members == NULL || r->first == NULL) {
        return NY_ELIMIT;
    }
    for (uint32_t i = 0; i < in->n_nodes; i++) {
        parent[i] = i;
    }
    for (size_t i = 0; i < in->n_must; i++) {
        unite(parent, in->must[i].a, in->must[i].b);
    }
    for (uint32_t i = 0; i < in->n_nodes; i++) {
        if (parent[i] == i) {
            r->cluster[i] = (uint32_t)r->n_clusters++;
        } else {
            r->cluster[i] = r->cluster[find_root(parent, i)];
        }
    }
    for (uint32_t c = 0; c < r->n_clusters; c++) {
        r->first[c] = (uint32_t)at;
        for (uint32_t i = 0; i < in->n_nodes; i++) {
            if (r->cluster[i] == c) {
                r->members[at++] = i;
            }
        }
    }
    r->first[r->n_clusters] = (uint32_t)at;
    return NY_OK;
}

struct group_link *ny_group_link_peek(const struct group_run *r, uint32_t c1, uint32_t c2)
{
    return c1 < c2 ? &r->links[c1 * r->n_clusters + c2] : &r->links[c2 * r->n_clusters + c1];
}

int ny_group_link_order(const struct group_link *x, const struct group_link *y)
{
    if (x->score.total_b1024 != y->score.total_b1024) {
        return x->score.total_b1024 > y->score.total_b1024 ? -1 : 1;
    }
    if (x->a != y->a) {
        return x->a < y->a ? -1 : 1;
    }
    return (x->b > y->b) - (x->b < y->b);
}

static void link_offer(const struct group_run *r, struct group_link *l, uint32_t a, uint32_t b,
                       const struct ny_score *score)
{
    static const enum ny_field fields[NY_GROUP_CONTACTS] = {NY_FIELD_ADDRESS, NY_FIELD_PHONE,
                                                            NY_FIELD_INSURANCE};
    struct group_link offer = *l;

    offer.score = *score;
    offer.a = a < b ? a : b;
    offer.b = a < b ? b : a;
    if (!l->known || ny_group_link_order(&offer, l) < 0) {
        *l = offer;
    }
    l->known = true;
    l->two_ids |= (score->guards & (1U << NY_GUARD_GD1)) != 0;
    for (size_t f = 0; f < NY_GROUP_CONTACTS; f++) {
        l->contact[f] =
            ny_match_better_contact(r->in->model, l->contact[f], score->level[fields[f]]);
    }
}

/* An edge stored between two clusters; the best one can carry a question. */
static void link_store(struct group_run *r, uint32_t edge)
{
    const struct ny_group_edge *e = &r->in->edges[edge];
    struct group_link *l = ny_group_link_peek(r, r->cluster[e->a], r->cluster[e->b]);

    if (l->edge != 0) {
        const struct ny_group_edge *f = &r->in->edges[l->edge - 1];
        struct group_link x = {.score = e->score, .a = e->a, .b = e->b};
        struct group_link y = {.score = f->score, .a = f->a, .b = f->b};

        if (ny_group_link_order(&x, &y) < 0) {
            l->edge = edge + 1;
        }
    } else {
        l->edge = edge + 1;
    }
    link_offer(r, l, e->a, e->b, &e->score);
}

static void score_nodes(struct group_run *r, uint32_t x, uint32_t y, struct ny_score *out)
{
    const struct ny_group_node *a = &r->in->nodes[x];
    const struct ny_group_node *b = &r->in->nodes[y];

    if (a->record == NULL || b->record == NULL) {
        /* A record that stands alone is comparable to nobody. */
        *out = (struct ny_score){.total_b1024 = INT32_MIN / 2, .guards = 1U << NY_GUARD_GD11};
        return;
    }
    r->scored++;
    ny_match_score(r->in->model, a->record, b->record, a->domain == b->domain && a->live && b->live,
                   out);
}

struct group_link *ny_group_link(struct group_run *r, uint32_t c1, uint32_t c2)
{
    struct group_link *l = ny_group_link_peek(r, c1, c2);

    if (l->complete) {
        return l;
    }
    l->complete = true;
    if (l->known && r->first[c1 + 1] - r->first[c1] == 1 && r->first[c2 + 1] - r->first[c2] == 1) {
        return l; /* the edge between the only pair told it all */
    }
    for (uint32_t i = r->first[c1]; i < r->first[c1 + 1]; i++) {
        for (uint32_t k = r->first[c2]; k < r->first[c2 + 1]; k++) {
            struct ny_score score;

            score_nodes(r, r->members[i], r->members[k], &score);
            link_offer(r, l, r->members[i], r->members[k], &score);
        }
    }
    return l;
}

bool ny_group_cluster_is_held(const struct group_run *r, uint32_t c)
{
    for (uint32_t i = r->first[c]; i < r->first[c + 1]; i++) {
        if (r->in->nodes[r->members[i]].held) {
            return true;
        }
    }
    return false;
}

bool ny_group_cluster_is_outside(const struct group_run *r, uint32_t c)
{
    return r->in->nodes[r->members[r->first[c]]].outside;
}

ny_rc ny_group_run_init(struct group_run *r, struct ny_arena *a, const struct ny_group_input *in)
{
    ny_rc rc;

    *r = (struct group_run){.arena = a, .in = in};
    for (unsigned g = 0; g < NY_GUARD_COUNT; g++) {
        r->hard |= ny_guard_effect((enum ny_guard)g) == NY_EFFECT_HARD ? 1U << g : 0;
    }
    rc = clusters_build(r);
    if (rc != NY_OK) {
        return rc;
    }
    r->links = NY_ARENA_ARRAY(a, struct group_link, ny_mul_size(r->n_clusters, r->n_clusters));
    r->group = NY_ARENA_ARRAY(a, uint32_t, r->n_clusters);
    r->next = NY_ARENA_ARRAY(a, uint32_t, r->n_clusters);
    if (r->links == NULL || r->group == NULL || r->next == NULL) {
        return NY_ELIMIT;
    }
    for (uint32_t c = 0; c < r->n_clusters; c++) {
        r->group[c] = c;
        r->next[c] = NY_GROUP_END;
    }
    for (uint32_t i = 0; i < in->n_edges; i++) {
        if (r->cluster[in->edges[i].a] != r->cluster[in->edges[i].b]) {
            link_store(r, i);
        }
    }
    for (size_t i = 0; i < in->n_cannot; i++) {
        uint32_t ca = r->cluster[in->cannot[i].a];
        uint32_t cb = r->cluster[in->cannot[i].b];

        if (ca != cb) {
            ny_group_link_peek(r, ca, cb)->cannot = true;
        }
    }
    return NY_OK;
}

ny_rc ny_group_partition(struct ny_arena *a, const struct ny_group_input *in,
                         const uint32_t **out_group, const struct ny_group_question **out_question,
                         size_t *out_scored)
{
    struct group_run r;
    struct ny_group_question *questions = NY_ARENA_ARRAY(a, struct ny_group_question, in->n_edges);
    uint32_t *groups = NY_ARENA_ARRAY(a, uint32_t, in->n_nodes);
    ny_rc rc;

    if (questions == NULL || groups == NULL) {
        return NY_ELIMIT;
    }
    rc = ny_group_run_init(&r, a, in);
    if (rc != NY_OK) {
        return rc;
    }
    ny_group_demote_runners_up(&r);
    rc = ny_group_join_all(&r);
    if (rc == NY_OK) {
        rc = ny_group_ask(&r, questions);
    }
    if (rc != NY_OK) {
        return rc;
    }
    for (uint32_t i = 0; i < in->n_nodes; i++) {
        groups[i] = r.members[r.first[r.group[r.cluster[i]]]];
    }
    *out_group = groups;
    *out_question = questions;
    *out_scored = r.scored;
    return NY_OK;
}
