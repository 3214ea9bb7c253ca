/* The links that stand: pairs of one person, how strong each is; what lower thresholds would add;
 * and the margin, the weakest of them.
 *
 * The strength of a pair is that of the weakest step on its strongest path, and a step is a pair
 * that links by itself. Parts of a person between which there is no path were joined by the
 * evidence of both, and that is the strength between them. */

#include "nayose/learn_calibrate.h"

#include "calibrate_priv.h"
#include "nayose/link.h"

/* Of one person. */
struct web {
    const struct cal_group *g;
    int32_t *strength; /* [n * n], INT32_MAX: somebody said so */
};

static int32_t *cell(const struct web *w, size_t i, size_t k)
{
    return &w->strength[i * w->g->n + k];
}

static void cell_set(const struct web *w, size_t i, size_t k, int32_t strength)
{
    *cell(w, i, k) = strength;
    *cell(w, k, i) = strength;
}

static void pairs_score(struct cal_run *r, const struct web *w)
{
    const struct cal_group *g = w->g;

    for (size_t i = 0; i < g->n; i++) {
        cell_set(w, i, i, INT32_MAX);
        for (size_t k = i + 1; k < g->n; k++) {
            struct ny_score s;

            ny_match_score(r->m, g->records[i], g->records[k],
                           g->domains[i] == g->domains[k] && g->live[i] && g->live[k], &s);
            if (ny_link_word(r->ix, g->ids[i], g->ids[k]) == NY_PIN_SAME) {
                cell_set(w, i, k, INT32_MAX);
            } else {
                cell_set(w, i, k,
                         ny_match_band(r->m, &s) == NY_BAND_AUTO ? s.total_b1024 : INT32_MIN);
            }
        }
    }
}

/* The weakest step of the strongest path, for all pairs. */
static void paths_find(const struct web *w)
{
    size_t n = w->g->n;

    for (size_t via = 0; via < n; via++) {
        for (size_t i = 0; i < n; i++) {
            for (size_t k = 0; k < n; k++) {
                int32_t x = *cell(w, i, via);
                int32_t y = *cell(w, via, k);
                int32_t through = x < y ? x : y;
                int32_t *strongest = cell(w, i, k);

                *strongest = through > *strongest ? through : *strongest;
            }
        }
    }
}

static void part_take(struct cal_run *r, const struct web *w, size_t of, struct cal_group *out)
{
    cal_group_init(r, out);
    for (size_t k = 0; k < w->g->n; k++) {
        if (*cell(w, of, k) != INT32_MIN) {
            (void)cal_group_add(r, out, w->g->ids[k]);
        }
    }
}

/* Puts the evidence of whole parts where no path leads. More than two parts may have joined step by
 * step; what two of them do not show counts as just enough. */
static void parts_join(struct cal_run *r, const struct web *w)
{
    size_t n = w->g->n;
    int32_t least = ny_match_model_tau_b1024(r->m);

    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n; k++) {
            struct cal_group a;
            struct cal_group b;
            int32_t strength;

            if (*cell(w, i, k) != INT32_MIN) {
                continue;
            }
            part_take(r, w, i, &a);
            part_take(r, w, k, &b);
            strength = cal_strength(r, &a, &b, false);
            cell_set(w, i, k, strength > least ? strength : least);
            paths_find(w); /* the parts are one now */
        }
    }
}

void cal_link_add(struct cal_links *l, uint32_t a, uint32_t b, int32_t strength)
{
    if (l->n == l->cap) {
        l->cap = l->cap > 0 ? l->cap * 2 : 4096;
        l->v = ny_realloc(l->v, ny_mul_size(l->cap, sizeof(*l->v)));
    }
    l->v[l->n++] = (struct cal_link){a < b ? a : b, a < b ? b : a, strength};
}

/* Two ids of one facility in one person, and no contact agrees: they came together over others, and
 * the facility's word that they are two stands against it. With a contact they are what GD1 takes
 * for one person sent twice. */
static void facility_link_add(struct cal_run *r, const struct cal_group *g, size_t i, size_t k,
                              int32_t strength)
{
    struct ny_score s;

    ny_match_score(r->m, g->records[i], g->records[k], true, &s);
    if (!ny_match_contact_agrees(&s)) {
        cal_hit_add(r, g->ids[i], g->ids[k], strength, true, ny_match_p_false(s.total_b1024));
    }
}

static void person_links(struct cal_run *r, const struct cal_group *g)
{
    struct web w = {g, NY_ARENA_ARRAY(r->arena, int32_t, g->n * g->n)};

    NY_ASSERT(w.strength != NULL);
    pairs_score(r, &w);
    paths_find(&w);
    parts_join(r, &w);
    for (size_t i = 0; i < g->n; i++) {
        for (size_t k = i + 1; k < g->n; k++) {
            int32_t strength = *cell(&w, i, k);

            if (!g->live[i] || !g->live[k] || strength == INT32_MAX) {
                continue;
            }
            cal_link_add(&r->links, g->ids[i], g->ids[k], strength);
            cal_histogram_add(r->out->histogram_links, strength, 1);
            if (g->domains[i] == g->domains[k]) {
                facility_link_add(r, g, i, k, strength);
            }
        }
    }
}

/* ---- what lower thresholds would add ---- */

enum { REVIEW_OPEN = 1, REVIEW_PARKED = 2, REASON_BAND = 1 };

/* An edge that asks only because its total is too low, or because no contact agrees. */
static bool is_below_threshold(const struct ny_index_edge *e)
{
    return (e->review == REVIEW_OPEN && e->reason == REASON_BAND && e->guards == 0) ||
           (e->review == REVIEW_PARKED && e->guards == 1U << NY_GUARD_GD15);
}

static void edge_gains(struct cal_run *r, const struct ny_index_edge *e)
{
    int32_t tau = ny_match_model_tau_b1024(r->m);
    struct cal_group a;
    struct cal_group b;
    int32_t strength;

    if (!cal_group_load(r, ny_index_person_of(r->ix, e->a), &a) ||
        !cal_group_load(r, ny_index_person_of(r->ix, e->b), &b) || a.held || b.held) {
        return;
    }
    strength = cal_strength(r, &a, &b, false);
    if (strength < r->out->curve[0].tau_b1024 || strength >= tau) {
        return;
    }
    for (size_t i = 0; i < a.n; i++) {
        for (size_t k = 0; k < b.n; k++) {
            if (a.live[i] && b.live[k]) {
                cal_link_add(&r->gained, a.ids[i], b.ids[k], strength);
            }
        }
    }
}

static void questions_walk(struct cal_run *r, uint32_t id)
{
    const struct ny_index_edge *e;
    uint32_t cursor = 0;

    while ((e = ny_index_edge_next(r->ix, id, &cursor)) != NULL) {
        if (e->a != id) {
            continue; /* taken from the other end */
        }
        if (e->review == REVIEW_OPEN) {
            cal_histogram_add(r->out->histogram_questions, e->total_b1024, 1);
        }
        if (is_below_threshold(e)) {
            edge_gains(r, e);
            ny_arena_reset(r->arena);
        }
    }
}

/* ---- the margin ---- */

enum { STRENGTH_CELLS = 1 << 16 };

static size_t strength_cell(int32_t strength_b1024)
{
    int32_t at = strength_b1024 < 0 ? 0 : strength_b1024;

    return (size_t)(at < STRENGTH_CELLS ? at : STRENGTH_CELLS - 1);
}

/* All links up to the strength at which there are enough, so that ties do not depend on an order.
 */
void cal_margin_cut(struct cal_run *r)
{
    uint64_t *counts = ny_calloc(STRENGTH_CELLS, sizeof(*counts));
    double wanted = CAL_MARGIN_SHARE * (double)r->links.n;
    size_t near = strength_cell(r->out->tau_b1024 + CAL_MARGIN_NEAR);
    uint64_t n = 0;
    size_t at = 0;

    for (size_t i = 0; i < r->links.n; i++) {
        counts[strength_cell(r->links.v[i].strength_b1024)]++;
    }
    while (at < STRENGTH_CELLS && (n == 0 || (double)n < wanted ||
                                   (at <= near && n + counts[at] <= CAL_MARGIN_NEAR_LINKS))) {
        n += counts[at++];
    }
    r->margin_cut_b1024 = (int32_t)at - 1;
    ny_free(counts);
}

bool cal_is_in_margin(const struct cal_run *r, const struct cal_link *l)
{
    return (int32_t)strength_cell(l->strength_b1024) <= r->margin_cut_b1024;
}

bool cal_links_find(struct cal_run *r)
{
    uint32_t n_persons = ny_index_person_count(r->ix);
    uint32_t n_ids = ny_index_count(r->ix);

    for (uint32_t p = 1; p <= n_persons; p++) {
        struct cal_group g;

        if (cal_group_load(r, p, &g)) {
            r->out->persons++;
            r->out->records += (uint32_t)g.n_live;
            person_links(r, &g);
        }
        ny_arena_reset(r->arena);
        if (p % 256 == 0 && !cal_go_on(r, .7 * p / n_persons)) {
            return false;
        }
    }
    for (uint32_t id = 1; id <= n_ids; id++) {
        questions_walk(r, id);
        if (id % 256 == 0 && !cal_go_on(r, .7 + .3 * id / n_ids)) {
            return false;
        }
    }
    r->out->links = r->links.n;
    cal_margin_cut(r);
    return true;
}
