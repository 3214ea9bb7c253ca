/* Visits: what is said of one, and who has such a one; children by their mother's id. */

#include "fake_store_priv.h"

static struct fake_visit *visit_of(struct ny_store *s, int64_t identity, ny_str number)
{
    for (size_t i = 0; i < s->visits.n; i++) {
        if (s->visits.v[i].identity == identity && ny_str_equals(s->visits.v[i].number, number)) {
            return &s->visits.v[i];
        }
    }
    ADD(&s->visits, (struct fake_visit){.identity = identity,
                                        .number = ny_arena_str(s->arena, number),
                                        .state_stamp = ny_stamp_never()});
    for (size_t f = 0; f < NY_VISIT_COUNT; f++) {
        s->visits.v[s->visits.n - 1].stamp[f] = ny_stamp_never();
    }
    return &s->visits.v[s->visits.n - 1];
}

static struct ny_stamp stamp_copy(struct ny_arena *a, struct ny_stamp st)
{
    st.control_id = ny_arena_str(a, st.control_id);
    return st;
}

static void visit_move(struct ny_store *s, const struct visit_op *op)
{
    struct fake_visit old = *visit_of(s, op->from, op->visit->was);
    struct fake_visit *v = visit_of(s, op->identity, op->visit->number);

    for (size_t f = 0; f < NY_VISIT_COUNT && !old.cancelled; f++) {
        if (ny_stamp_compare(&old.stamp[f], &v->stamp[f]) > 0) {
            v->stamp[f] = old.stamp[f];
            v->text[f] = old.text[f];
            v->n_terms[f] = old.n_terms[f];
            memcpy(v->terms[f], old.terms[f], sizeof(v->terms[f]));
        }
    }
    visit_of(s, op->from, op->visit->was)->cancelled = true;
}

void fake_visit_apply(struct ny_store *s, const struct visit_op *op)
{
    const struct ny_visit *said = op->visit;
    struct fake_visit *v = visit_of(s, op->identity, said->number);

    if (op->from != 0) {
        visit_move(s, op);
        return;
    }

    if (said->state != NY_VISIT_UNSAID && ny_stamp_compare(&said->stamp, &v->state_stamp) > 0) {
        v->state_stamp = stamp_copy(s->arena, said->stamp);
        v->cancelled = said->state == NY_VISIT_CANCELLED;
    }
    for (size_t f = 0; f < NY_VISIT_COUNT; f++) {
        const struct ny_visit_value *value = &said->field[f];

        if (!value->said || ny_stamp_compare(&said->stamp, &v->stamp[f]) <= 0) {
            continue;
        }
        v->stamp[f] = stamp_copy(s->arena, said->stamp);
        v->text[f] = ny_arena_str(s->arena, value->text);
        v->n_terms[f] = value->n_terms;
        for (size_t i = 0; i < value->n_terms; i++) {
            v->terms[f][i] = ny_arena_str(s->arena, value->terms[i]);
        }
    }
}

static bool has_term(const struct fake_visit *v, ny_str term)
{
    for (size_t f = 0; f < NY_VISIT_COUNT; f++) {
        for (size_t i = 0; i < v->n_terms[f]; i++) {
            if (ny_str_equals(v->terms[f][i], term)) {
                return true;
            }
        }
    }
    return false;
}

static bool fits(const struct fake_visit *v, const struct ny_visit_question *q)
{
    bool ok = !v->cancelled;
    bool of_them = q->ids == NULL;

    for (size_t i = 0; i < q->n_terms; i++) {
        ok = ok && has_term(v, q->terms[i]);
    }
    for (size_t i = 0; q->ids != NULL && i < q->n; i++) {
        of_them = of_them || q->ids[i] == v->identity;
    }
    return ok && of_them;
}

/* Answered at once: what is under way is tried with the other reads. */
ny_rc ny_store_find_visits(struct ny_store *s, const struct ny_visit_question *q,
                           void (*fn)(void *ctx, ny_rc rc, const int64_t *ids, size_t n), void *ctx)
{
    int64_t ids[64];
    size_t n = 0;

    for (size_t i = 0; i < s->visits.n && n < NY_ARRAY_LEN(ids); i++) {
        if (fits(&s->visits.v[i], q)) {
            ids[n++] = s->visits.v[i].identity;
        }
    }
    fn(ctx, NY_OK, ids, n);
    return NY_OK;
}

ny_rc ny_store_find_children(struct ny_store *s, const ny_str *mothers, size_t n, size_t limit,
                             void (*fn)(void *ctx, ny_rc rc, const int64_t *ids, size_t n),
                             void *ctx)
{
    int64_t ids[64];
    size_t n_ids = 0;

    NY_ASSERT(limit > NY_ARRAY_LEN(ids));
    for (size_t i = 0; i < s->identities.n && n_ids < NY_ARRAY_LEN(ids); i++) {
        const struct ny_identity_row *row = &s->identities.v[i];

        for (size_t k = 0; k < n; k++) {
            if (ny_str_equals(row->patient->singles[NY_SINGLE_MOTHER_ID].value, mothers[k])) {
                ids[n_ids++] = row->id;
                break;
            }
        }
    }
    fn(ctx, NY_OK, ids, n_ids);
    return NY_OK;
}

static const struct ny_stamp *newest(const struct fake_visit *v)
{
    const struct ny_stamp *best = &v->state_stamp;

    for (size_t f = 0; f < NY_VISIT_COUNT; f++) {
        best = ny_stamp_compare(&v->stamp[f], best) > 0 ? &v->stamp[f] : best;
    }
    return best;
}

ny_rc ny_store_read_visits(struct ny_store *s, const struct ny_visit_question *q,
                           void (*fn)(void *ctx, ny_rc rc, const struct ny_stored_visit *rows,
                                      size_t n),
                           void *ctx)
{
    const struct fake_visit *found[64];
    struct ny_stored_visit rows[64];
    size_t n = 0;

    for (size_t i = 0; i < s->visits.n && n < NY_ARRAY_LEN(found); i++) {
        const struct fake_visit *v = &s->visits.v[i];
        size_t at = n;

        if (!fits(v, q)) {
            continue;
        }
        for (; at > 0 && ny_stamp_compare(newest(v), newest(found[at - 1])) > 0; at--) {
            found[at] = found[at - 1];
        }
        found[at] = v;
        n++;
    }
    for (size_t i = 0; i < n; i++) {
        rows[i].identity = found[i]->identity;
        memcpy(rows[i].text, found[i]->text, sizeof(rows[i].text));
    }
    fn(ctx, NY_OK, rows, n);
    return NY_OK;
}
