/* An id that turned into another person (an overlay): seen in what messages claimed.
 *
 *   claims in order of their first stamp   山田太郎 1950 M   山田太郎 1950-02 M   佐藤花子 1984 F
 *                                               accepted     ─▶   accepted     ─▶  set aside
 *
 * Each claim is held against every one accepted before it; a surname alone (marriage), a slip of
 * the reading, a newborn's name and a date that replaces a dummy are no other person. What a claim
 * that is set aside brought along (address, phone …) is set aside with it; when the old claims come
 * back, nothing stands any more, but what was said meanwhile stays out.
 *
 * Levels decide, not totals: a total would bind the record to a model version, and contacts prove
 * nothing here (whoever is written over by mistake often lives in the same house). */

#include "match_priv.h"

#include <stdlib.h>

struct claimant {
    const struct ny_claim *claim;
    const struct ny_record *record;
    bool accepted;
    bool is_past; /* made only before the domain took its record back */
};

struct hearing {
    struct ny_arena *arena;
    const struct ny_patient *p;
    struct claimant *of; /* [n] the released claim first, then by first stamp */
    size_t n;
    struct ny_stamp since; /* what was said before counts no more */
};

static int by_first(const void *px, const void *py)
{
    const struct claimant *x = px;
    const struct claimant *y = py;
    int d = x->is_past != y->is_past ? (x->is_past ? 1 : -1)
                                     : ny_stamp_compare(&x->claim->first, &y->claim->first);

    return d != 0 ? d : ny_stamp_compare(&x->claim->last, &y->claim->last);
}

/* The released claim moves to the front; those that were only made before it go. Claims of the past
 * stand last: an id that was taken back may be given to somebody else, and then it is the one
 * before who is set aside. */
static void hearing_release(struct hearing *h)
{
    const struct ny_stamp *released = &h->p->singles[NY_SINGLE_RELEASED].stamp;
    struct claimant base;
    size_t at = h->n;
    size_t n = 1;

    while (at > 0 &&
           (h->of[at - 1].is_past || ny_stamp_compare(&h->of[at - 1].claim->first, released) > 0)) {
        at--;
    }
    if (released->at_us == NY_NEVER || at == 0) {
        return;
    }
    base = h->of[at - 1];
    h->since = base.claim->first;
    memmove(&h->of[1], &h->of[0], (at - 1) * sizeof(*h->of));
    h->of[0] = base;
    for (size_t i = 1; i < h->n; i++) {
        if (ny_stamp_compare(&h->of[i].claim->last, &h->since) >= 0) {
            h->of[n++] = h->of[i];
        }
    }
    h->n = n;
}

/* The record of a claim alone. */
static ny_rc claim_pack(struct ny_arena *a, const struct ny_claim *c, const struct ny_record **out)
{
    struct ny_record *r = NY_ARENA_NEW(a, struct ny_record);
    struct ny_value name = {0};
    ny_str packed = NY_STR_NONE;
    struct ny_patient p;
    ny_rc rc;

    if (r == NULL) {
        return NY_ELIMIT;
    }
    ny_patient_init(&p);
    memcpy(name.part, c->name, sizeof(name.part));
    rc = ny_patient_say(&p, a, NY_SET_NAME, &name, &c->last);
    if (rc != NY_OK) {
        return rc;
    }
    ny_patient_say_single(&p, NY_SINGLE_BIRTH_DATE, c->birth, &c->last);
    ny_patient_say_single(&p, NY_SINGLE_SEX, c->sex, &c->last);
    rc = ny_record_pack(a, &p, &packed);
    if (rc == NY_OK) {
        rc = ny_record_unpack(packed, r);
    }
    *out = r;
    return rc;
}

static ny_rc hearing_open(struct hearing *h, struct ny_arena *a, const struct ny_patient *p)
{
    *h = (struct hearing){.arena = a, .p = p, .n = p->n_claims, .since = ny_stamp_never()};
    h->of = NY_ARENA_ARRAY(a, struct claimant, h->n);
    if (h->of == NULL) {
        return NY_ELIMIT;
    }
    for (size_t i = 0; i < h->n; i++) {
        h->of[i].claim = &p->claims[i];
        h->of[i].is_past =
            ny_stamp_compare(&p->claims[i].last, &p->singles[NY_SINGLE_WITHDRAWN].stamp) < 0;
    }
    if (h->n > 1) {
        qsort(h->of, h->n, sizeof(*h->of), by_first);
    }
    hearing_release(h);
    for (size_t i = 0; i < h->n; i++) {
        ny_rc rc = claim_pack(a, h->of[i].claim, &h->of[i].record);

        if (rc != NY_OK) {
            return rc;
        }
    }
    return NY_OK;
}

/* ---- judging ---- */

static bool is_another_person(const struct ny_record *a, const struct ny_record *b)
{
    uint8_t birth = ny_birth_level(a->birth, b->birth);
    bool full = a->birth.precision == NY_DATE_DAY && b->birth.precision == NY_DATE_DAY;

    if (a->n_names == 0 || b->n_names == 0 || ny_record_stands_alone(a) ||
        ny_record_stands_alone(b)) {
        return false;
    }
    return ((full && (birth == NY_LEVEL_D7 || birth == NY_LEVEL_D8)) ||
            ny_sex_level(a->sex, b->sex) == NY_LEVEL_X2) &&
           ny_name_is_another(&a->names[0], &b->names[0]);
}

/* Gives how many are set aside. */
static size_t hearing_judge(struct hearing *h)
{
    size_t aside = 0;

    for (size_t i = 0; i < h->n; i++) {
        struct claimant *x = &h->of[i];

        x->accepted = true;
        for (size_t k = 0; k < i && x->accepted; k++) {
            x->accepted = !h->of[k].accepted || !is_another_person(h->of[k].record, x->record);
        }
        aside += !x->accepted;
    }
    return aside;
}

static const struct claimant *newest(const struct hearing *h)
{
    const struct claimant *best = &h->of[0];

    for (size_t i = 1; i < h->n; i++) {
        if (ny_stamp_compare(&h->of[i].claim->last, &best->claim->last) > 0) {
            best = &h->of[i];
        }
    }
    return best;
}

/* ---- what is left ---- */

/* A birth date and a sex as the accepted claims said them last. */
static void singles_restore(const struct hearing *h, struct ny_patient *out)
{
    struct ny_single *birth = &out->singles[NY_SINGLE_BIRTH_DATE];
    struct ny_single *sex = &out->singles[NY_SINGLE_SEX];

    *birth = *sex = (struct ny_single){.stamp = ny_stamp_never()};
    for (size_t i = 0; i < h->n; i++) {
        const struct ny_claim *c = h->of[i].claim;

        if (!h->of[i].accepted) {
            continue;
        }
        if (c->birth.n > 0 && ny_stamp_compare(&c->last, &birth->stamp) > 0) {
            *birth = (struct ny_single){c->birth, c->last};
        }
        if (c->sex.n > 0 && ny_stamp_compare(&c->last, &sex->stamp) > 0) {
            *sex = (struct ny_single){c->sex, c->last};
        }
    }
}

/* What the claims say of a leading name. */
enum said { UNCLAIMED, ASIDE, ACCEPTED };

static enum said name_said(const struct hearing *h, const struct ny_value *v)
{
    enum said said = UNCLAIMED;

    for (size_t i = 0; i < h->n && said != ACCEPTED; i++) {
        bool same = true;

        for (size_t k = 0; k < NY_VALUE_PARTS_MAX && same; k++) {
            same = ny_str_equals(h->of[i].claim->name[k], v->part[k]);
        }
        if (same) {
            said = h->of[i].accepted ? ACCEPTED : ASIDE;
        }
    }
    return said;
}

static bool has_value(const struct ny_set *s, const struct ny_value *v)
{
    for (size_t i = 0; i < s->n; i++) {
        if (memcmp(s->values[i].part, v->part, sizeof(v->part)) == 0) {
            return true; /* slices are borrowed: the same value has the same ones */
        }
    }
    return false;
}

/* Whose a leading name is, claims know better than times. */
static ny_rc names_restore(const struct hearing *h, struct ny_patient *out)
{
    const struct ny_set *all = &h->p->sets[NY_SET_NAME];
    struct ny_set *s = &out->sets[NY_SET_NAME];
    struct ny_value *values = NY_ARENA_ARRAY(h->arena, struct ny_value, all->n);
    size_t n = 0;

    if (values == NULL) {
        return NY_ELIMIT;
    }
    for (size_t i = 0; i < all->n; i++) {
        enum said said = name_said(h, &all->values[i]);

        if (said == ACCEPTED || (said == UNCLAIMED && has_value(s, &all->values[i]))) {
            values[n++] = all->values[i];
        }
    }
    s->values = values;
    s->n = n;
    return NY_OK;
}

/* A claim that stands to the end takes along what is said behind it without a name. */
static ny_rc hearing_clear(const struct hearing *h, size_t aside, const struct claimant *last,
                           struct ny_patient *out)
{
    struct ny_span *spans = NY_ARENA_ARRAY(h->arena, struct ny_span, aside);
    size_t n = 0;
    ny_rc rc;

    if (spans == NULL) {
        return NY_ELIMIT;
    }
    for (size_t i = 0; i < h->n; i++) {
        const struct ny_claim *c = h->of[i].claim;

        if (!h->of[i].accepted) {
            bool came_back = ny_stamp_compare(&c->first, &h->since) < 0;

            spans[n++] = (struct ny_span){came_back ? c->last : c->first, c->last, came_back};
        }
        if (&h->of[i] == last && !last->accepted && ny_stamp_compare(&h->p->seen, &c->last) > 0) {
            spans[n - 1].to = h->p->seen;
        }
    }
    rc = ny_patient_without(h->arena, h->p, &h->since, spans, n, out);
    if (rc == NY_OK && aside > 0) {
        singles_restore(h, out);
        rc = names_restore(h, out);
    }
    return rc;
}

ny_rc ny_match_patient(struct ny_arena *a, const struct ny_patient *p, struct ny_patient *out,
                       bool *overlaid, struct ny_stamp *out_since)
{
    const struct claimant *last;
    struct hearing h;
    size_t aside;
    ny_rc rc;

    *overlaid = false;
    *out_since = ny_stamp_never();
    if (p->n_claims < 2) {
        *out = *p;
        return NY_OK;
    }
    rc = hearing_open(&h, a, p);
    if (rc != NY_OK) {
        return rc;
    }
    aside = hearing_judge(&h);
    last = newest(&h);
    *overlaid = !last->accepted;
    *out_since = last->accepted ? ny_stamp_never() : last->claim->first;
    if (aside == 0 && h.since.at_us == NY_NEVER) {
        *out = *p;
        return NY_OK;
    }
    return hearing_clear(&h, aside, last, out);
}

ny_rc ny_match_overlay_release(struct ny_arena *a, struct ny_patient *p, bool *out)
{
    struct ny_patient rest;
    struct ny_stamp since;
    ny_rc rc = ny_match_patient(a, p, &rest, out, &since);

    if (rc == NY_OK && *out) {
        ny_patient_say_single(p, NY_SINGLE_RELEASED, NY_S("Y"), &since);
    }
    return rc;
}
