/* Who may be joined: the runner-up rule, step (c) over AUTO links, step (d) over the evidence of
 * groups. */

#include <stdlib.h>

#include "group_priv.h"

enum { RUNNER_UP_MARGIN = NY_BITS(10) };

static bool link_is_auto_by_itself(const struct group_run *r, const struct group_link *l)
{
    return l->edge != 0 && ny_match_band(r->in->model, &l->score) == NY_BAND_AUTO;
}

bool ny_group_link_is_auto(const struct group_run *r, const struct group_link *l)
{
    return link_is_auto_by_itself(r, l) && !l->demoted && !l->cannot &&
           !ny_group_cluster_is_held(r, r->cluster[l->a]) &&
           !ny_group_cluster_is_held(r, r->cluster[l->b]);
}

/* Two ids of one hospital that do not agree in everything, and somebody whom one of them fits by
 * far better: two hospitals that tell two people of one name and home apart by the same dates are
 * right, both of them. (a, b) is AUTO by itself. DEVIATION: the rules know no such rival. */
static void tell_apart(struct group_run *r, uint32_t a, uint32_t b)
{
    const struct group_link *ab = ny_group_link_peek(r, a, b);

    for (uint32_t c = 0; c < r->n_clusters; c++) {
        const struct group_link *ac = c != a && c != b ? ny_group_link_peek(r, a, c) : NULL;

        if (ac != NULL && ac->edge != 0 && !ac->cannot &&
            ac->score.total_b1024 > ab->score.total_b1024 + RUNNER_UP_MARGIN) {
            struct group_link *bc = ny_group_link(r, b, c);

            bc->told_apart |= bc->two_ids;
        }
    }
}

/* A rival c of the link (a, b), known by a stored edge with `side`: nearly as good, and not one
 * person with the other end. A twin of the other end is such a rival: a slip of one kana can make
 * the name of one twin of that of the other. Of whom it is said that he is not `side` himself is
 * none: to take one record out of a group leaves the others as sure of each other as they were. */
static bool rival_stands(struct group_run *r, const struct group_link *ab, uint32_t side,
                         uint32_t other, uint32_t c)
{
    const struct group_link *ac = ny_group_link_peek(r, side, c);
    const struct group_link *bc;

    if (ac->edge == 0 || ac->cannot ||
        ac->score.total_b1024 < ab->score.total_b1024 - RUNNER_UP_MARGIN) {
        return false;
    }
    bc = ny_group_link(r, other, c);
    return (bc->score.total_b1024 < NY_TOTAL_CROSS_B1024 && !ny_group_link_is_mute(r, bc)) ||
           (bc->score.guards & r->hard) != 0 || bc->cannot || ny_group_link_is_twins(bc) ||
           bc->told_apart;
}

static bool has_rival(struct group_run *r, const struct group_link *ab, uint32_t a, uint32_t b)
{
    for (uint32_t c = 0; c < r->n_clusters; c++) {
        if (c != a && c != b && (rival_stands(r, ab, a, b, c) || rival_stands(r, ab, b, a, c))) {
            return true;
        }
    }
    return false;
}

void ny_group_demote_runners_up(struct group_run *r)
{
    /* Edges between clusters tell only one pair; score the clusters in full before judging. */
    for (uint32_t a = 0; a < r->n_clusters; a++) {
        for (uint32_t b = a + 1; b < r->n_clusters; b++) {
            if (r->links[a * r->n_clusters + b].edge != 0) {
                ny_group_link(r, a, b);
            }
        }
    }
    for (uint32_t a = 0; a < r->n_clusters; a++) {
        for (uint32_t b = a + 1; b < r->n_clusters; b++) {
            if (link_is_auto_by_itself(r, &r->links[a * r->n_clusters + b])) {
                tell_apart(r, a, b);
                tell_apart(r, b, a);
            }
        }
    }
    for (uint32_t a = 0; a < r->n_clusters; a++) {
        for (uint32_t b = a + 1; b < r->n_clusters; b++) {
            struct group_link *ab = &r->links[a * r->n_clusters + b];

            ab->demoted = ab->demoted || (link_is_auto_by_itself(r, ab) && has_rival(r, ab, a, b));
        }
    }
}

/* ---- groups: lists of clusters, smallest first ---- */

static size_t group_size(const struct group_run *r, uint32_t g)
{
    size_t n = 0;

    for (uint32_t c = g; c != NY_GROUP_END; c = r->next[c]) {
        n++;
    }
    return n;
}

/* Merges the two sorted lists; the group keeps the smaller number, which is returned. */
static uint32_t groups_unite(struct group_run *r, uint32_t g1, uint32_t g2)
{
    uint32_t keep = g1 < g2 ? g1 : g2;
    uint32_t other = g1 < g2 ? g2 : g1;
    uint32_t at = keep;

    for (uint32_t c = other; c != NY_GROUP_END; c = r->next[c]) {
        r->group[c] = keep;
    }
    while (other != NY_GROUP_END) {
        if (r->next[at] > other) { /* the end counts as the largest */
            uint32_t rest = r->next[at];

            r->next[at] = other;
            other = rest;
        }
        at = r->next[at];
    }
    return keep;
}

/* ---- (c) ---- */

static int links_compare(const void *px, const void *py)
{
    const struct group_link *const *x = px;
    const struct group_link *const *y = py;

    return ny_group_link_order(*x, *y);
}

static ny_rc join_auto_links(struct group_run *r)
{
    size_t cells = r->n_clusters * r->n_clusters;
    size_t n = 0;
    const struct group_link **autos;

    for (size_t i = 0; i < cells; i++) {
        n += ny_group_link_is_auto(r, &r->links[i]);
    }
    autos = NY_ARENA_ARRAY(r->arena, const struct group_link *, n);
    if (autos == NULL) {
        return NY_ELIMIT;
    }
    n = 0;
    for (size_t i = 0; i < cells; i++) {
        if (ny_group_link_is_auto(r, &r->links[i])) {
            autos[n++] = &r->links[i];
        }
    }
    if (n > 1) {
        qsort(autos, n, sizeof(*autos), links_compare);
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t g1 = r->group[r->cluster[autos[i]->a]];
        uint32_t g2 = r->group[r->cluster[autos[i]->b]];

        if (g1 != g2 && !ny_group_cluster_is_outside(r, g1) &&
            !ny_group_cluster_is_outside(r, g2) && ny_group_may_join(r, g1, g2)) {
            (void)groups_unite(r, g1, g2);
        }
    }
    return NY_OK;
}

/* ---- (d) ---- */

/* An edge that nothing but a missing contact keeps back. */
static bool link_is_neighbourly(const struct group_run *r, const struct group_link *l)
{
    return l->edge != 0 && !l->demoted && !l->cannot &&
           (l->score.guards & ~(1U << NY_GUARD_GD15)) == 0 &&
           !ny_group_cluster_is_held(r, r->cluster[l->a]) &&
           !ny_group_cluster_is_held(r, r->cluster[l->b]) && !r->in->nodes[l->a].outside &&
           !r->in->nodes[l->b].outside && r->in->nodes[l->a].record != NULL &&
           r->in->nodes[l->b].record != NULL;
}

/* log2(n), rounded up, in 1/1024 bit: exact for the powers of two, and never too small. */
static int32_t log2_b1024(size_t n)
{
    static const int32_t table[] = {0,    0,    1024, 1624, 2048, 2378, 2648, 2875, 3072,
                                    3246, 3402, 3543, 3672, 3790, 3899, 3999, 4096};
    int32_t shift = 0;

    while (n >= NY_ARRAY_LEN(table)) {
        n = (n + 1) / 2;
        shift += 1024;
    }
    return table[n] + shift;
}

/* What is known of joining two groups; it holds until one of them changes. */
enum proposal_state { PROPOSAL_UNKNOWN, PROPOSAL_NONE, PROPOSAL_STANDS };
struct proposal {
    enum proposal_state state;
    int32_t score;
};

/* The best neighbourly link between two groups, by the order of (c), and the best contact levels
 * over all their record pairs. */
static const struct group_link *groups_compare(struct group_run *r, uint32_t g1, uint32_t g2,
                                               uint8_t contacts[NY_GROUP_CONTACTS])
{
    const struct group_link *best = NULL;

    for (uint32_t x = g1; x != NY_GROUP_END; x = r->next[x]) {
        for (uint32_t y = g2; y != NY_GROUP_END; y = r->next[y]) {
            const struct group_link *l = ny_group_link_peek(r, x, y);

            if (link_is_neighbourly(r, l) && (best == NULL || ny_group_link_order(l, best) < 0)) {
                best = l;
            }
        }
    }
    memset(contacts, NY_LEVEL_NONE, NY_GROUP_CONTACTS);
    for (uint32_t x = g1; best != NULL && x != NY_GROUP_END; x = r->next[x]) {
        for (uint32_t y = g2; y != NY_GROUP_END; y = r->next[y]) {
            const struct group_link *l = ny_group_link(r, x, y);

            for (size_t f = 0; f < NY_GROUP_CONTACTS; f++) {
                contacts[f] = ny_match_better_contact(r->in->model, contacts[f], l->contact[f]);
            }
        }
    }
    return best;
}

/* The pair score of two groups (d): their best neighbourly pair with the contacts of both groups,
 * less what looking at so many pairs is worth. False when no such pair is there. */
static bool evidence_score(struct group_run *r, uint32_t g1, uint32_t g2, struct ny_score *out)
{
    uint8_t contacts[NY_GROUP_CONTACTS];
    const struct group_link *l = groups_compare(r, g1, g2, contacts);
    const struct ny_group_node *a;
    const struct ny_group_node *b;

    if (l == NULL) {
        return false;
    }
    a = &r->in->nodes[l->a];
    b = &r->in->nodes[l->b];
    ny_match_score_with_contacts(r->in->model, a->record, b->record,
                                 a->domain == b->domain && a->live && b->live, contacts[0],
                                 contacts[1], contacts[2], out);
    out->total_b1024 -= log2_b1024(group_size(r, g1) * group_size(r, g2));
    return true;
}

static struct proposal propose(struct group_run *r, uint32_t g1, uint32_t g2)
{
    struct ny_score whole;

    if (evidence_score(r, g1, g2, &whole) && ny_match_band(r->in->model, &whole) == NY_BAND_AUTO &&
        ny_group_may_join(r, g1, g2)) {
        return (struct proposal){PROPOSAL_STANDS, whole.total_b1024};
    }
    return (struct proposal){PROPOSAL_NONE, 0};
}

/* Joins the best two groups; ties by the smallest records, since groups are numbered by them. */
static bool join_by_evidence_once(struct group_run *r, struct proposal *proposals)
{
    uint32_t n = (uint32_t)r->n_clusters;
    const struct proposal *best = NULL;
    uint32_t best1 = 0;
    uint32_t best2 = 0;

    for (uint32_t g1 = 0; g1 < n; g1++) {
        for (uint32_t g2 = g1 + 1; r->group[g1] == g1 && g2 < n; g2++) {
            struct proposal *p = &proposals[g1 * n + g2];

            if (r->group[g2] != g2) {
                continue;
            }
            if (p->state == PROPOSAL_UNKNOWN) {
                *p = propose(r, g1, g2);
            }
            if (p->state == PROPOSAL_STANDS && (best == NULL || p->score > best->score)) {
                best = p;
                best1 = g1;
                best2 = g2;
            }
        }
    }
    if (best == NULL) {
        return false;
    }
    best1 = groups_unite(r, best1, best2);
    for (uint32_t g = 0; g < n; g++) {
        proposals[best1 * n + g].state = PROPOSAL_UNKNOWN;
        proposals[g * n + best1].state = PROPOSAL_UNKNOWN;
    }
    return true;
}

ny_rc ny_group_join_all(struct group_run *r)
{
    struct proposal *proposals;
    ny_rc rc = join_auto_links(r);

    if (rc != NY_OK) {
        return rc;
    }
    proposals =
        NY_ARENA_ARRAY(r->arena, struct proposal, ny_mul_size(r->n_clusters, r->n_clusters));
    if (proposals == NULL) {
        return NY_ELIMIT;
    }
    while (join_by_evidence_once(r, proposals)) {
        /* each turn joins two groups, so this ends */
    }
    return NY_OK;
}

/* ---- two groups alone ---- */

/* The best total of a pair that nothing keeps back. */
static int32_t pairs_strength(struct group_run *r, uint32_t g1, uint32_t g2)
{
    int32_t best = INT32_MIN;

    for (uint32_t x = g1; x != NY_GROUP_END; x = r->next[x]) {
        for (uint32_t y = g2; y != NY_GROUP_END; y = r->next[y]) {
            const struct group_link *l = ny_group_link(r, x, y);

            if (l->edge != 0 && l->score.guards == 0 && l->score.total_b1024 > best) {
                best = l->score.total_b1024;
            }
        }
    }
    return best;
}

ny_rc ny_group_strength(struct ny_arena *a, const struct ny_group_input *in, size_t n_first,
                        int32_t *out_b1024)
{
    struct group_run r;
    struct ny_score whole;
    int32_t strength;
    uint32_t second;
    ny_rc rc;

    NY_ASSERT(n_first > 0 && n_first < in->n_nodes && in->n_must == 0);
    rc = ny_group_run_init(&r, a, in);
    if (rc != NY_OK) {
        return rc;
    }
    second = (uint32_t)n_first; /* without must-links a cluster is a node */
    for (uint32_t c = 1; c < r.n_clusters; c++) {
        if (c != second) {
            (void)groups_unite(&r, c < second ? 0 : second, c);
        }
    }
    strength = INT32_MIN;
    if (ny_group_may_join(&r, 0, second)) {
        strength = pairs_strength(&r, 0, second);
        if (evidence_score(&r, 0, second, &whole) && whole.guards == 0 &&
            whole.total_b1024 > strength) {
            strength = whole.total_b1024;
        }
    }
    *out_b1024 = strength;
    return NY_OK;
}
