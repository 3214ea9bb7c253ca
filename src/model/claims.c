/* Claims: who messages said that the patient is. A set like the others, but each value is what one
 * message said together, and the oldest message that said it is kept with its whole stamp: in which
 * order an id was given to two people must not hang on a clock that counts seconds. */

#include "nayose/model.h"

#include <stdlib.h>

#include "model_priv.h"

static char type_of(const struct ny_value *v)
{
    ny_str t = ny_value_part(v, NY_PART_NAME_TYPE);

    return t.n > 0 ? t.p[0] : 0;
}

size_t ny_patient_leading_name(const struct ny_patient *p)
{
    const struct ny_set *s = &p->sets[NY_SET_NAME];
    size_t current = s->n;
    size_t live = s->n;

    for (size_t i = s->n; i-- > 0;) {
        char type = type_of(&s->values[i]);

        if (!ny_value_is_live(s, &s->values[i])) {
            continue;
        }
        live = i;
        if (ny_value_is_current(s, &s->values[i]) && strchr("AMBSN", type) == NULL) {
            current = i;
        }
    }
    for (size_t i = 0; i < s->n; i++) {
        if (ny_value_is_current(s, &s->values[i]) && type_of(&s->values[i]) == 'L') {
            return i;
        }
    }
    return current < s->n ? current : live;
}

bool ny_patient_has_code(const struct ny_patient *p, enum ny_single_id id, const char *code)
{
    ny_str rest = p->singles[id].value;

    while (rest.p != NULL && rest.n > 0) {
        if (ny_str_equals_nocase(ny_str_split(&rest, '~'), ny_str_from_c(code))) {
            return true;
        }
    }
    return false;
}

bool ny_patient_is_practice(const struct ny_patient *p)
{
    return ny_patient_has_code(p, NY_SINGLE_PROCESSING, "T") ||
           ny_patient_has_code(p, NY_SINGLE_PROCESSING, "D");
}

bool ny_patient_claim(const struct ny_patient *p, struct ny_claim *out)
{
    size_t leading = ny_patient_leading_name(p);
    const struct ny_value *v;

    if (leading == p->sets[NY_SET_NAME].n ||
        ny_patient_has_code(p, NY_SINGLE_IDENTITY_UNKNOWN, "Y") ||
        ny_patient_has_code(p, NY_SINGLE_RELIABILITY, "AL") || ny_patient_is_practice(p)) {
        return false;
    }
    v = &p->sets[NY_SET_NAME].values[leading];
    *out = (struct ny_claim){.birth = p->singles[NY_SINGLE_BIRTH_DATE].value,
                             .sex = p->singles[NY_SINGLE_SEX].value,
                             .first = v->last,
                             .last = v->last};
    memcpy(out->name, v->part, sizeof(out->name));
    return true;
}

ny_rc ny_patient_claim_say(struct ny_patient *p, struct ny_arena *a)
{
    struct ny_claim c;

    if (!ny_patient_claim(p, &c)) {
        return NY_OK;
    }
    p->claims = NY_ARENA_NEW(a, struct ny_claim);
    if (p->claims == NULL) {
        return NY_ELIMIT;
    }
    p->claims[0] = c;
    p->n_claims = 1;
    return NY_OK;
}

/* ---- merging ---- */

static int parts_compare(const struct ny_claim *a, const struct ny_claim *b)
{
    int d = ny_str_compare(a->birth, b->birth);

    d = d != 0 ? d : ny_str_compare(a->sex, b->sex);
    for (size_t i = 0; i < NY_VALUE_PARTS_MAX && d == 0; i++) {
        d = ny_str_compare(a->name[i], b->name[i]);
    }
    return d;
}

bool ny_claim_is_same(const struct ny_claim *a, const struct ny_claim *b)
{
    return parts_compare(a, b) == 0;
}

static int claims_compare(const void *pa, const void *pb)
{
    const struct ny_claim *a = pa;
    const struct ny_claim *b = pb;
    int d = ny_stamp_compare(&b->last, &a->last); /* newest first */

    return d != 0 ? d : parts_compare(a, b);
}

static void claim_join(struct ny_claim *c, const struct ny_claim *other, bool *moved)
{
    if (ny_stamp_compare(&other->last, &c->last) > 0) {
        c->last = other->last;
        *moved = true;
    }
    if (ny_stamp_compare(&other->first, &c->first) < 0) {
        c->first = other->first;
        *moved = true;
    }
}

ny_rc ny_model_claims_merge(struct ny_arena *a, const struct ny_patient *old,
                            const struct ny_patient *new_, struct ny_patient *out, bool *moved,
                            bool *changed)
{
    size_t n = old->n_claims;
    struct ny_claim *claims = NY_ARENA_ARRAY(a, struct ny_claim, n + new_->n_claims);

    if (claims == NULL) {
        return NY_ELIMIT;
    }
    if (n > 0) {
        memcpy(claims, old->claims, n * sizeof(*claims));
    }
    for (size_t i = 0; i < new_->n_claims; i++) {
        size_t k = 0;

        while (k < n && !ny_claim_is_same(&claims[k], &new_->claims[i])) {
            k++;
        }
        if (k < n) {
            claim_join(&claims[k], &new_->claims[i], moved);
        } else {
            claims[n++] = new_->claims[i];
        }
    }
    if (n > 1) {
        qsort(claims, n, sizeof(*claims), claims_compare);
    }
    out->claims = claims;
    out->n_claims = n < NY_CLAIMS_MAX ? n : NY_CLAIMS_MAX;
    *changed |= ny_model_claims_hash(old) != ny_model_claims_hash(out);
    return NY_OK;
}

uint64_t ny_model_claims_hash(const struct ny_patient *p)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < p->n_claims; i++) {
        const struct ny_claim *c = &p->claims[i];
        uint64_t h = ny_hash64_seeded(c->birth, 1);

        h = ny_hash64_seeded(c->sex, h);
        for (size_t k = 0; k < NY_VALUE_PARTS_MAX; k++) {
            h = ny_hash64_seeded(c->name[k], h + k);
        }
        sum += h;
    }
    return sum;
}
