/* Unrelated people: a person of the sample, born on another day, is nobody; whoever would be joined
 * with him is somebody else.
 *
 * All records of the person move together, and the whole rule of groups judges the join, so a hit
 * makes as many false pairs as a real one would. */

#include "nayose/learn_calibrate.h"

#include <math.h>

#include "calibrate_priv.h"
#include "nayose/link.h"

enum { SHIFT_FIRST = 8, SHIFT_LAST = 57, SHIFTS_MAX = 2 * (SHIFT_LAST - SHIFT_FIRST + 1) };

/* People met by one decoy; more of them are not looked at. */
enum { MET_MAX = 256 };

/* One person of the sample. */
struct decoy {
    struct cal_group truth; /* all members that take part */
    struct cal_group moved; /* copies of those with a full birth date */
    int32_t *births;        /* [moved.n] true ones, days */
    uint64_t tries;
    uint32_t met[MET_MAX];
    size_t n_met;
    uint64_t hits[NY_CALIBRATION_TAUS_MAX]; /* false pairs by threshold */
    unsigned rarity, contacts;
};

struct sample {
    struct cal_run *r;
    uint32_t *found;                               /* candidates of one look-up */
    struct ny_arena *other;                        /* of one person met */
    uint64_t persons, people;                      /* in the sample; tried */
    double pairs;                                  /* Σ live members, of those tried */
    double squares;                                /* Σ live members² */
    struct cal_tally raw[NY_CALIBRATION_TAUS_MAX]; /* false pairs a shift */
};

/* ---- dates ---- */

static int32_t shift_days(uint32_t i, uint32_t n)
{
    int32_t at = (int32_t)(i * (uint64_t)SHIFTS_MAX / n);
    int32_t half = SHIFTS_MAX / 2;

    return at < half ? SHIFT_FIRST + at : -(SHIFT_FIRST + at - half);
}

/* No slip of the pen makes one date of the other. */
static bool is_far(const struct cal_run *r, ny_date a, ny_date b)
{
    struct ny_record x = {.birth = a, .death_day = INT32_MAX};
    struct ny_record y = {.birth = b, .death_day = INT32_MAX};
    struct ny_score s;

    ny_match_score(r->m, &x, &y, false, &s);
    return s.level[NY_FIELD_BIRTH] == NY_LEVEL_D7 || s.level[NY_FIELD_BIRTH] == NY_LEVEL_D8;
}

/* Moves every birth date; false where one of them would be no other date, or lie in the future. */
static bool decoy_move(const struct cal_run *r, struct decoy *d, int32_t days)
{
    for (size_t i = 0; i < d->moved.n; i++) {
        struct ny_record *rec = d->moved.records[i];
        int32_t to = d->births[i] + days;

        if (to > rec->last_day ||
            !is_far(r, ny_civil_from_days(d->births[i]), ny_civil_from_days(to))) {
            return false;
        }
        rec->birth = ny_civil_from_days(to);
    }
    return true;
}

/* ---- who is met ---- */

static void met_add(const struct cal_run *r, struct decoy *d, uint32_t own, uint32_t id)
{
    uint32_t person = cal_print_person(r, id);

    if (person == 0 || person == d->truth.person || !cal_may_join(r, own, id)) {
        return;
    }
    for (size_t i = 0; i < d->n_met; i++) {
        if (d->met[i] == person) {
            return;
        }
    }
    if (d->n_met < MET_MAX) {
        d->met[d->n_met++] = person;
    }
}

static void decoy_look(const struct sample *s, struct decoy *d)
{
    d->n_met = 0;
    for (size_t i = 0; i < d->moved.n; i++) {
        bool capped;
        size_t n =
            ny_index_candidates(s->r->ix, d->moved.records[i], d->moved.ids[i], s->found, &capped);

        for (size_t k = 0; k < n; k++) {
            met_add(s->r, d, d->moved.ids[i], s->found[k]);
        }
    }
}

/* At the true dates they are the same rather than not: own records with a wrong date. */
static bool is_own(const struct cal_run *r, const struct cal_group *truth,
                   const struct cal_group *met)
{
    for (size_t i = 0; i < truth->n; i++) {
        for (size_t k = 0; k < met->n; k++) {
            struct ny_score s;

            ny_match_score(r->m, truth->records[i], met->records[k],
                           truth->domains[i] == met->domains[k] && truth->live[i] && met->live[k],
                           &s);
            if (s.total_b1024 >= 0 ||
                ny_link_word(r->ix, truth->ids[i], met->ids[k]) == NY_PIN_SAME) {
                return true;
            }
        }
    }
    return false;
}

static void met_judge(struct sample *s, struct decoy *d, uint32_t person)
{
    struct cal_run *r = s->r;
    struct ny_arena *own = r->arena;
    uint64_t pairs;
    struct cal_group met;
    int32_t strength = INT32_MIN;

    r->arena = s->other; /* the decoy stays while people come and go */
    if (cal_group_load(r, person, &met) && !met.held) {
        strength = cal_strength(r, &d->moved, &met, false);
    }
    if (strength >= r->out->curve[0].tau_b1024 && is_own(r, &d->truth, &met)) {
        r->out->decoy_excluded++;
        strength = INT32_MIN;
    }
    pairs = d->truth.n_live * met.n_live;
    if (strength != INT32_MIN) {
        cal_histogram_add(r->out->histogram_decoy, strength, pairs);
    }
    for (size_t i = 0; i < r->out->n_curve && strength >= r->out->curve[i].tau_b1024; i++) {
        d->hits[i] += pairs;
    }
    ny_arena_reset(s->other);
    r->arena = own;
}

/* ---- one person ---- */

static bool decoy_init(struct cal_run *r, struct decoy *d, uint32_t person)
{
    *d = (struct decoy){.births = NY_ARENA_ARRAY(r->arena, int32_t, CAL_MEMBERS_MAX)};
    NY_ASSERT(d->births != NULL);
    if (!cal_group_load(r, person, &d->truth) || d->truth.held) {
        return false;
    }
    cal_group_init(r, &d->moved);
    for (size_t i = 0; i < d->truth.n; i++) {
        ny_date b = d->truth.records[i]->birth;

        if (b.precision != NY_DATE_DAY) {
            r->out->decoy_unseen += d->truth.live[i];
        } else if (cal_group_add(r, &d->moved, d->truth.ids[i])) {
            d->births[d->moved.n - 1] = ny_days_from_civil(b.y, b.m, b.d);
        }
    }
    return d->moved.n > 0;
}

/* How rare the names of a record are: the bars of its comparison with itself. */
static unsigned rarity_of(const struct cal_run *r, const struct ny_record *rec)
{
    struct ny_bar bars[NY_BARS_MAX];
    size_t n = ny_match_explain(r->m, rec, rec, false, bars);
    int32_t bits = 0;

    for (size_t i = 0; i < n; i++) {
        if (ny_str_ends_with(ny_str_from_c(bars[i].label), NY_S("name rarity"))) {
            bits += bars[i].bits_b1024;
        }
    }
    return bits < NY_BITS(-1) ? 0 : bits < NY_BITS(1) ? 1 : 2;
}

static void decoy_sort(const struct cal_run *r, struct decoy *d)
{
    const struct ny_record *rec = d->moved.records[0];

    d->rarity = rarity_of(r, rec);
    d->contacts = (rec->n_addresses > 0 ? 1U : 0U) + (rec->n_phones > 0 ? 2U : 0U) +
                  (rec->n_insurances > 0 ? 4U : 0U);
}

static void part_add(struct ny_calibration_part *p, const struct decoy *d, uint64_t hits)
{
    p->records += d->truth.n_live;
    p->tries += d->tries * d->truth.n_live;
    p->hits += hits;
}

static void decoy_count(struct sample *s, const struct decoy *d)
{
    struct ny_calibration *out = s->r->out;
    uint64_t hits = d->hits[s->r->active];
    double live = (double)d->truth.n_live;

    for (size_t i = 0; i < out->n_curve; i++) {
        out->curve[i].decoy_hits += d->hits[i];
        cal_tally_add(&s->raw[i], (double)d->hits[i] / (double)d->tries);
    }
    part_add(&out->decoy, d, hits);
    part_add(&out->decoy_rarity[d->rarity], d, hits);
    part_add(&out->decoy_contacts[d->contacts], d, hits);
    s->people++;
    s->pairs += live;
    s->squares += live * live;
}

static void person_try(struct sample *s, uint32_t person)
{
    struct cal_run *r = s->r;
    struct decoy d;

    if (!decoy_init(r, &d, person)) {
        return;
    }
    for (uint32_t i = 0; i < r->o->shifts; i++) {
        if (!decoy_move(r, &d, shift_days(i, r->o->shifts))) {
            continue;
        }
        d.tries++;
        decoy_look(s, &d);
        for (size_t k = 0; k < d.n_met; k++) {
            met_judge(s, &d, d.met[k]);
        }
    }
    if (d.tries > 0) {
        decoy_sort(r, &d);
        decoy_count(s, &d);
    }
}

/* From false pairs a shift in the sample to false pairs in the registry: every pair is seen from
 * both of its ends. */
static void sample_scale(struct sample *s)
{
    struct cal_run *r = s->r;
    double seen = (double)r->out->decoy.records;
    double scale = seen > 0 ? (double)r->out->records / seen / 2 : 0;
    double shifts = seen > 0 ? (double)r->out->decoy.tries / seen : 1;
    double mean = s->people > 0 ? s->pairs / (double)s->people : 1;

    /* somebody met is met by one of his records: the more he has the likelier */
    r->join_pairs = s->pairs > 0 ? mean * s->squares / s->pairs : 1;
    r->decoy_unit = r->join_pairs / shifts * scale;
    for (size_t i = 0; i < r->out->n_curve; i++) {
        r->decoys[i] = (struct cal_tally){s->raw[i].sum * scale, s->raw[i].squares * scale * scale};
    }
}

bool cal_decoys_try(struct cal_run *r)
{
    size_t cap = (size_t)ny_match_model_candidate_max(r->m);
    struct sample s = {.r = r,
                       .found = ny_malloc(ny_mul_size(cap, sizeof(uint32_t))),
                       .other = ny_arena_create(0)};
    double share = r->out->records > 0 ? (double)r->o->records / (double)r->out->records : 1;
    uint32_t n = ny_index_person_count(r->ix);
    bool goes_on = true;

    for (uint32_t p = 1; p <= n && goes_on; p++) {
        if (cal_is_drawn(r, p, share)) {
            person_try(&s, p);
            ny_arena_reset(r->arena);
            goes_on = cal_go_on(r, (double)p / n);
        }
    }
    sample_scale(&s);
    ny_arena_destroy(s.other);
    ny_free(s.found);
    return goes_on;
}
