/* Families, twins and namesakes: two live ids of one facility are two people, so what would join
 * there if they stood in two facilities shows how often such people are joined between facilities.
 *
 * A household goes to the same doctors, so few of its pairs stand in two facilities for each inside
 * one; namesakes do not, and theirs are as many as the facilities' sizes say. Decoys see the
 * namesakes that chance makes, on any day as many as on this; this meter sees those that share
 * their birth date more often than that. */

#include "nayose/learn_calibrate.h"

#include "calibrate_priv.h"
#include "nayose/link.h"

static bool is_live(const struct cal_run *r, uint32_t id)
{
    struct ny_index_identity x;

    ny_index_get(r->ix, id, &x);
    return x.status == NY_IDENTITY_ACTIVE;
}

static int32_t domain_of(const struct cal_run *r, uint32_t id)
{
    struct ny_index_identity x;

    ny_index_get(r->ix, id, &x);
    return x.domain;
}

/* Edges between live ids of one facility that stand for two persons; each once. */
static bool is_inside(const struct cal_run *r, const struct ny_index_edge *e)
{
    return domain_of(r, e->a) == domain_of(r, e->b) && is_live(r, e->a) && is_live(r, e->b) &&
           ny_index_person_of(r->ix, e->a) != ny_index_person_of(r->ix, e->b);
}

void cal_hit_add(struct cal_run *r, uint32_t a, uint32_t b, int32_t strength_b1024, bool namesakes,
                 double p_false)
{
    const struct ny_learn_decision *label = cal_label(r, a, b);
    bool pinned = ny_link_word(r->ix, a, b) == NY_PIN_DIFFERENT;

    if (r->n_hits == r->cap_hits) {
        r->cap_hits = r->cap_hits > 0 ? r->cap_hits * 2 : 256;
        r->hits = ny_realloc(r->hits, ny_mul_size(r->cap_hits, sizeof(*r->hits)));
    }
    r->hits[r->n_hits++] =
        (struct cal_facility_hit){.a = a,
                                  .b = b,
                                  .strength_b1024 = strength_b1024,
                                  .namesakes = namesakes,
                                  .judged = pinned || label != NULL,
                                  .different = pinned || (label != NULL && !label->same),
                                  .p_false = p_false};
}

/* Some contact of the one agrees with one of the other. */
static bool is_contact_shared(const struct cal_run *r, const struct cal_group *a,
                              const struct cal_group *b)
{
    for (size_t i = 0; i < a->n; i++) {
        for (size_t k = 0; k < b->n; k++) {
            struct ny_score s;

            ny_match_score(r->m, a->records[i], b->records[k], false, &s);
            if (ny_match_contact_agrees(&s)) {
                return true;
            }
        }
    }
    return false;
}

static void edge_try(struct cal_run *r, const struct ny_index_edge *e)
{
    struct cal_group a;
    struct cal_group b;
    int32_t strength;

    if (!cal_group_load(r, ny_index_person_of(r->ix, e->a), &a) ||
        !cal_group_load(r, ny_index_person_of(r->ix, e->b), &b)) {
        return;
    }
    strength = cal_strength(r, &a, &b, true);
    if (strength != INT32_MIN) {
        cal_histogram_add(r->out->histogram_facility, strength, 1);
    }
    if (strength >= r->out->curve[0].tau_b1024) {
        cal_hit_add(r, e->a, e->b, strength, !is_contact_shared(r, &a, &b),
                    ny_match_p_false(e->total_b1024));
    }
}

bool cal_facility_find(struct cal_run *r)
{
    uint32_t n = ny_index_count(r->ix);

    for (uint32_t id = 1; id <= n; id++) {
        const struct ny_index_edge *e;
        uint32_t cursor = 0;

        while ((e = ny_index_edge_next(r->ix, id, &cursor)) != NULL) {
            if (e->a == id && is_inside(r, e)) {
                r->out->facility_pairs++;
                edge_try(r, e);
                ny_arena_reset(r->arena);
            }
        }
        if (id % 256 == 0 && !cal_go_on(r, (double)id / n)) {
            return false;
        }
    }
    return true;
}

/* ---- exposure: pairs of a household in two facilities, for each inside one ---- */

enum { HOUSEHOLD_SAMPLE = 20000, HOUSEHOLD_LEAST = 100, DOMAINS_MAX = UINT16_MAX + 1 };

struct households {
    uint64_t inside, between;
    uint32_t *found;
};

static void household_count(struct cal_run *r, const struct cal_group *me, size_t i,
                            struct households *h)
{
    bool capped;
    size_t n = ny_index_candidates(r->ix, me->records[i], me->ids[i], h->found, &capped);

    for (size_t k = 0; k < n; k++) {
        uint32_t other = h->found[k];
        struct ny_index_identity x;
        struct ny_record record;
        struct ny_score s;

        ny_index_get(r->ix, other, &x);
        if (x.person == me->person || x.status != NY_IDENTITY_ACTIVE ||
            !cal_may_share_contact(r, me->person, x.person) ||
            ny_record_unpack(x.record, &record) != NY_OK) {
            continue;
        }
        ny_match_score(r->m, me->records[i], &record, false, &s);
        if (ny_match_contact_agrees(&s) || s.level[NY_FIELD_INSURANCE] == NY_LEVEL_I4) {
            h->inside += x.domain == me->domains[i];
            h->between += x.domain != me->domains[i];
        }
    }
}

/* Of people who have nothing to do with each other, and where too few households are seen: pairs of
 * ids of two facilities for each pair inside one. */
static double exposure_by_size(const struct cal_run *r)
{
    uint32_t *size = ny_calloc(DOMAINS_MAX, sizeof(*size));
    uint32_t n = ny_index_count(r->ix);
    double all = 0;
    double inside = 0;

    for (uint32_t id = 1; id <= n; id++) {
        if (ny_index_takes_part(r->ix, id) && is_live(r, id)) {
            size[domain_of(r, id)]++;
            all++;
        }
    }
    for (size_t d = 0; d < DOMAINS_MAX; d++) {
        inside += (double)size[d] * (size[d] > 0 ? size[d] - 1 : 0);
    }
    ny_free(size);
    return inside > 0 ? (all * (all - 1) - inside) / inside : 0;
}

static void households_count(struct cal_run *r, const struct cal_group *g, struct households *h)
{
    for (size_t i = 0; i < g->n; i++) {
        if (g->live[i]) {
            household_count(r, g, i, h);
        }
    }
}

bool cal_exposure(struct cal_run *r)
{
    size_t cap = (size_t)ny_match_model_candidate_max(r->m);
    struct households h = {.found = ny_malloc(ny_mul_size(cap, sizeof(*h.found)))};
    double share =
        r->out->records > HOUSEHOLD_SAMPLE ? (double)HOUSEHOLD_SAMPLE / (double)r->out->records : 1;
    uint32_t n_persons = ny_index_person_count(r->ix);
    bool goes_on = true;

    for (uint32_t p = 1; p <= n_persons && goes_on; p++) {
        struct cal_group g;

        if (cal_is_drawn(r, p, share) && cal_group_load(r, p, &g)) {
            households_count(r, &g, &h);
        }
        ny_arena_reset(r->arena);
        goes_on = p % 64 != 0 || cal_go_on(r, (double)p / n_persons);
    }
    ny_free(h.found);
    r->out->exposure_namesakes = exposure_by_size(r);
    r->out->exposure_by_household = h.inside >= HOUSEHOLD_LEAST;
    r->out->exposure_ratio = r->out->exposure_by_household ? (double)h.between / (double)h.inside
                                                           : r->out->exposure_namesakes;
    return goes_on;
}
