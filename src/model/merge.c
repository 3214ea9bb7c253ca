/* Old and new become one patient.
 *
 * Every field is a join of a lattice: a single keeps the larger (stamp, value), a set is the union
 * of its values with the smaller first and the larger last time. Joins commute, so any order of
 * messages, and any repetition of them, gives the same patient.
 *
 * The cap keeps the NY_SET_VALUES_MAX values with the newest stamps. A value that fell out and is
 * said again comes back with a later first time: the one place where order may show, far above what
 * a patient has. */

#include "nayose/model.h"

#include <stdlib.h>

#include "model_priv.h"

static void stamp_raise(struct ny_stamp *s, const struct ny_stamp *other, bool *moved)
{
    if (ny_stamp_compare(other, s) > 0) {
        *s = *other;
        *moved = true;
    }
}

static int parts_compare(const struct ny_value *a, const struct ny_value *b)
{
    for (size_t i = 0; i < NY_VALUE_PARTS_MAX; i++) {
        int d = ny_str_compare(a->part[i], b->part[i]);

        if (d != 0) {
            return d;
        }
    }
    return 0;
}

static int values_compare(const void *pa, const void *pb)
{
    const struct ny_value *a = pa;
    const struct ny_value *b = pb;
    int d = ny_stamp_compare(&b->last, &a->last); /* newest first */

    return d != 0 ? d : parts_compare(a, b);
}

static void value_join(struct ny_value *v, const struct ny_value *other, bool *moved)
{
    stamp_raise(&v->last, &other->last, moved);
    if (other->first_us < v->first_us) {
        v->first_us = other->first_us;
        *moved = true;
    }
}

static ny_rc set_merge(struct ny_arena *a, const struct ny_set *old, const struct ny_set *new_,
                       struct ny_set *out, bool *moved, bool *changed)
{
    struct ny_set s = *old;

    s.values = NY_ARENA_ARRAY(a, struct ny_value, old->n + new_->n);
    if (s.values == NULL) {
        return NY_ELIMIT;
    }
    if (old->n > 0) {
        memcpy(s.values, old->values, old->n * sizeof(*s.values));
    }
    stamp_raise(&s.said, &new_->said, moved);
    stamp_raise(&s.deleted, &new_->deleted, moved);
    for (size_t i = 0; i < new_->n; i++) {
        size_t k = 0;

        while (k < s.n && parts_compare(&s.values[k], &new_->values[i]) != 0) {
            k++;
        }
        if (k < s.n) {
            value_join(&s.values[k], &new_->values[i], moved);
        } else {
            s.values[s.n++] = new_->values[i]; /* a change, unless the cap takes it away again */
        }
    }
    if (s.n > 1) {
        qsort(s.values, s.n, sizeof(*s.values), values_compare);
    }
    if (s.n > NY_SET_VALUES_MAX) {
        s.n = NY_SET_VALUES_MAX;
    }
    *changed |= ny_model_set_hash(old) != ny_model_set_hash(&s);
    *out = s;
    return NY_OK;
}

/* Equal stamps with different values cannot come from one message, but a join must not depend on
 * order: the larger value wins. */
static void single_merge(const struct ny_single *old, const struct ny_single *new_,
                         struct ny_single *out, bool *moved, bool *changed)
{
    int d = ny_stamp_compare(&new_->stamp, &old->stamp);

    *out = *old;
    if (d > 0 || (d == 0 && ny_str_compare(new_->value, old->value) > 0)) {
        *out = *new_;
        *moved = true;
        *changed |= !ny_str_equals(old->value, new_->value);
    }
}

ny_rc ny_patient_merge(struct ny_arena *a, const struct ny_patient *old,
                       const struct ny_patient *new_, struct ny_patient *out,
                       enum ny_patient_change *out_change)
{
    struct ny_patient p = *old;
    bool moved = false;
    bool changed = false;

    for (size_t i = 0; i < NY_SET_COUNT; i++) {
        ny_rc rc = set_merge(a, &old->sets[i], &new_->sets[i], &p.sets[i], &moved, &changed);

        if (rc != NY_OK) {
            return rc;
        }
    }
    for (size_t i = 0; i < NY_SINGLE_COUNT; i++) {
        single_merge(&old->singles[i], &new_->singles[i], &p.singles[i], &moved, &changed);
    }
    if (ny_model_claims_merge(a, old, new_, &p, &moved, &changed) != NY_OK) {
        return NY_ELIMIT;
    }
    stamp_raise(&p.seen, &new_->seen, &moved);
    if (new_->first_us < p.first_us) {
        p.first_us = new_->first_us;
        moved = true;
    }
    *out = p;
    *out_change = changed ? NY_CHANGE_VALUES : moved ? NY_CHANGE_STAMPS : NY_CHANGE_NONE;
    return NY_OK;
}
