/* Stamps, and a patient built up value by value. */

#include "nayose/model.h"

#include "model_priv.h"

int ny_stamp_compare(const struct ny_stamp *a, const struct ny_stamp *b)
{
    int d;

    if (a->at_us != b->at_us) {
        return a->at_us < b->at_us ? -1 : 1;
    }
    d = ny_str_compare(a->control_id, b->control_id);
    return d != 0 ? d : memcmp(a->hash, b->hash, sizeof(a->hash));
}

struct ny_stamp ny_stamp_never(void)
{
    return (struct ny_stamp){.at_us = NY_NEVER};
}

void ny_patient_init(struct ny_patient *p)
{
    *p = (struct ny_patient){.seen = ny_stamp_never(), .first_us = INT64_MAX};
    for (size_t i = 0; i < NY_SET_COUNT; i++) {
        p->sets[i].said = ny_stamp_never();
        p->sets[i].deleted = ny_stamp_never();
    }
    for (size_t i = 0; i < NY_SINGLE_COUNT; i++) {
        p->singles[i].stamp = ny_stamp_never();
    }
}

static void patient_saw(struct ny_patient *p, const struct ny_stamp *stamp)
{
    if (ny_stamp_compare(stamp, &p->seen) > 0) {
        p->seen = *stamp;
    }
    if (stamp->at_us < p->first_us) {
        p->first_us = stamp->at_us;
    }
}

static bool parts_are_equal(const struct ny_value *a, const struct ny_value *b)
{
    for (size_t i = 0; i < NY_VALUE_PARTS_MAX; i++) {
        if (!ny_str_equals(a->part[i], b->part[i])) {
            return false;
        }
    }
    return true;
}

ny_rc ny_patient_say(struct ny_patient *p, struct ny_arena *a, enum ny_set_id set,
                     const struct ny_value *v, const struct ny_stamp *stamp)
{
    struct ny_set *s = &p->sets[set];
    struct ny_value *grown;

    patient_saw(p, stamp);
    s->said = *stamp;
    for (size_t i = 0; i < s->n; i++) {
        if (parts_are_equal(&s->values[i], v)) {
            return NY_OK; /* a repetition of the same value says nothing new */
        }
    }
    if (s->n >= NY_SET_VALUES_MAX) {
        return NY_ELIMIT;
    }
    grown = NY_ARENA_ARRAY(a, struct ny_value, s->n + 1);
    if (grown == NULL) {
        return NY_ELIMIT;
    }
    if (s->n > 0) {
        memcpy(grown, s->values, s->n * sizeof(*grown));
    }
    grown[s->n] = *v;
    grown[s->n].first_us = stamp->at_us;
    grown[s->n].last = *stamp;
    s->values = grown;
    s->n++;
    return NY_OK;
}

void ny_patient_delete(struct ny_patient *p, enum ny_set_id set, const struct ny_stamp *stamp)
{
    patient_saw(p, stamp);
    p->sets[set].deleted = *stamp;
}

void ny_patient_say_single(struct ny_patient *p, enum ny_single_id id, ny_str value,
                           const struct ny_stamp *stamp)
{
    patient_saw(p, stamp);
    p->singles[id].value = value;
    p->singles[id].stamp = *stamp;
}

void ny_patient_withdraw(struct ny_patient *p, const struct ny_stamp *stamp)
{
    ny_patient_say_single(p, NY_SINGLE_WITHDRAWN, NY_S("Y"), stamp);
}

bool ny_patient_is_gone(const struct ny_patient *p)
{
    return ny_stamp_compare(&p->singles[NY_SINGLE_WITHDRAWN].stamp, &p->seen) >= 0;
}

bool ny_value_is_current(const struct ny_set *s, const struct ny_value *v)
{
    return ny_value_is_live(s, v) && ny_stamp_compare(&v->last, &s->said) == 0;
}

bool ny_value_is_live(const struct ny_set *s, const struct ny_value *v)
{
    return ny_stamp_compare(&v->last, &s->deleted) > 0;
}

static bool str_copy(struct ny_arena *a, ny_str *s)
{
    if (s->n > 0) {
        *s = ny_arena_str(a, *s);
        return s->p != NULL;
    }
    *s = NY_STR_NONE;
    return true;
}

static bool set_copy(struct ny_arena *a, struct ny_set *s)
{
    struct ny_value *values = NY_ARENA_ARRAY(a, struct ny_value, s->n);
    bool ok =
        values != NULL && str_copy(a, &s->said.control_id) && str_copy(a, &s->deleted.control_id);

    for (size_t i = 0; ok && i < s->n; i++) {
        values[i] = s->values[i];
        ok = str_copy(a, &values[i].last.control_id);
        for (size_t k = 0; ok && k < NY_VALUE_PARTS_MAX; k++) {
            ok = str_copy(a, &values[i].part[k]);
        }
    }
    s->values = values;
    return ok;
}

static bool claims_copy(struct ny_arena *a, struct ny_patient *p)
{
    struct ny_claim *claims = NY_ARENA_ARRAY(a, struct ny_claim, p->n_claims);
    bool ok = claims != NULL;

    for (size_t i = 0; ok && i < p->n_claims; i++) {
        struct ny_claim *c = &claims[i];

        *c = p->claims[i];
        for (size_t k = 0; ok && k < NY_VALUE_PARTS_MAX; k++) {
            ok = str_copy(a, &c->name[k]);
        }
        ok = ok && str_copy(a, &c->birth) && str_copy(a, &c->sex) &&
             str_copy(a, &c->first.control_id) && str_copy(a, &c->last.control_id);
    }
    p->claims = claims;
    return ok;
}

ny_rc ny_patient_copy(struct ny_arena *a, const struct ny_patient *p, struct ny_patient *out)
{
    struct ny_patient copy = *p;
    bool ok = str_copy(a, &copy.seen.control_id);

    for (size_t i = 0; ok && i < NY_SET_COUNT; i++) {
        ok = set_copy(a, &copy.sets[i]);
    }
    for (size_t i = 0; ok && i < NY_SINGLE_COUNT; i++) {
        ok = str_copy(a, &copy.singles[i].value) && str_copy(a, &copy.singles[i].stamp.control_id);
    }
    ok = ok && claims_copy(a, &copy);
    if (!ok) {
        return NY_ELIMIT;
    }
    *out = copy;
    return NY_OK;
}

uint64_t ny_model_set_hash(const struct ny_set *s)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < s->n; i++) {
        uint64_t v = ny_value_is_current(s, &s->values[i]) ? 2
                     : ny_value_is_live(s, &s->values[i])  ? 1
                                                           : 0;

        for (size_t k = 0; k < NY_VALUE_PARTS_MAX; k++) {
            v = ny_hash64_seeded(s->values[i].part[k], v + k);
        }
        sum += v;
    }
    return sum;
}

uint64_t ny_patient_content_hash(const struct ny_patient *p)
{
    uint64_t h = 0;

    for (size_t i = 0; i < NY_SET_COUNT; i++) {
        uint64_t sum = ny_model_set_hash(&p->sets[i]);

        h = ny_hash64_seeded(ny_str_of((const char *)&sum, sizeof(sum)), h + i);
    }
    for (size_t i = 0; i < NY_SINGLE_COUNT; i++) {
        h = ny_hash64_seeded(p->singles[i].value, h + i);
    }
    return h + ny_model_claims_hash(p);
}
