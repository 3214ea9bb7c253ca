/* A patient without what was said in some stretches of time: how he stood before another person was
 * written over him. */

#include "nayose/model.h"

struct limits {
    const struct ny_stamp *since;
    const struct ny_span *spans;
    size_t n;
};

static bool is_within(const struct ny_span *s, const struct ny_stamp *at)
{
    return ny_stamp_compare(at, &s->from) >= 0 && ny_stamp_compare(at, &s->to) <= 0;
}

static bool stamp_counts(const struct limits *l, const struct ny_stamp *at)
{
    bool counts = ny_stamp_compare(at, l->since) >= 0;

    for (size_t i = 0; i < l->n && counts; i++) {
        counts = !is_within(&l->spans[i], at);
    }
    return counts;
}

/* A value that was said before a span, or is said again behind it, belongs to the patient. */
static bool value_counts(const struct limits *l, const struct ny_value *v)
{
    bool counts = ny_stamp_compare(&v->last, l->since) >= 0;

    for (size_t i = 0; i < l->n && counts; i++) {
        const struct ny_span *s = &l->spans[i];

        if (s->came_back && v->first_us < l->since->at_us) {
            counts = ny_stamp_compare(&v->last, &s->to) > 0;
        } else {
            counts = v->first_us < s->from.at_us || !is_within(s, &v->last);
        }
    }
    return counts;
}

static void raise(struct ny_stamp *s, const struct ny_stamp *other)
{
    if (ny_stamp_compare(other, s) > 0) {
        *s = *other;
    }
}

static ny_rc set_limit(struct ny_arena *a, const struct limits *l, struct ny_set *s)
{
    struct ny_value *values = NY_ARENA_ARRAY(a, struct ny_value, s->n);
    struct ny_stamp newest = ny_stamp_never();
    size_t n = 0;

    if (values == NULL) {
        return NY_ELIMIT;
    }
    for (size_t i = 0; i < s->n; i++) {
        if (value_counts(l, &s->values[i])) {
            values[n++] = s->values[i];
            raise(&newest, stamp_counts(l, &s->values[i].last) ? &s->values[i].last : &newest);
        }
    }
    s->values = values;
    s->n = n;
    s->said = stamp_counts(l, &s->said) ? s->said : newest;
    s->deleted = stamp_counts(l, &s->deleted) ? s->deleted : ny_stamp_never();
    return NY_OK;
}

/* Not said by the one or the other patient, but of the identity. */
static bool is_above_limits(size_t single)
{
    return single == NY_SINGLE_RELEASED || single == NY_SINGLE_WITHDRAWN;
}

ny_rc ny_patient_without(struct ny_arena *a, const struct ny_patient *p,
                         const struct ny_stamp *since, const struct ny_span *spans, size_t n_spans,
                         struct ny_patient *out)
{
    const struct limits l = {since, spans, n_spans};
    struct ny_stamp newest = ny_stamp_never();
    struct ny_patient q = *p;

    for (size_t i = 0; i < NY_SET_COUNT; i++) {
        if (set_limit(a, &l, &q.sets[i]) != NY_OK) {
            return NY_ELIMIT;
        }
        raise(&newest, &q.sets[i].said);
        raise(&newest, &q.sets[i].deleted);
    }
    for (size_t i = 0; i < NY_SINGLE_COUNT; i++) {
        if (!is_above_limits(i) && !stamp_counts(&l, &q.singles[i].stamp)) {
            q.singles[i] = (struct ny_single){.stamp = ny_stamp_never()};
        }
        raise(&newest, &q.singles[i].stamp);
    }
    q.seen = stamp_counts(&l, &p->seen) ? p->seen : newest;
    q.first_us = since->at_us > p->first_us ? since->at_us : p->first_us;
    *out = q;
    return NY_OK;
}
