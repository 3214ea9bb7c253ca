/* The snapshot, seen in an order that does not depend on how its identities are numbered; and the
 * values that its records share. */

#include "learn_priv.h"

#include <stdlib.h>

/* qsort has no context. */
static _Thread_local const struct ny_index *sorting;

static int by_order(const void *pa, const void *pb)
{
    const struct place *a = pa;
    const struct place *b = pb;

    return ny_index_order(sorting, a->id, b->id);
}

void ny_sample_init(struct sample *s, const struct ny_index *ix)
{
    uint32_t count = ny_index_count(ix);
    uint32_t loner = UINT32_MAX;

    *s = (struct sample){.ix = ix, .places = ny_calloc((size_t)count + 1, sizeof(*s->places))};
    for (uint32_t id = 1; id <= count; id++) {
        struct ny_index_identity i;

        if (ny_index_takes_part(ix, id)) {
            ny_index_get(ix, id, &i);
            s->places[s->n++] = (struct place){.id = id,
                                               .person = i.person != 0 ? i.person : loner--,
                                               .domain = i.domain,
                                               .active = i.status == NY_IDENTITY_ACTIVE};
        }
    }
    sorting = ix;
    qsort(s->places, s->n, sizeof(*s->places), by_order);
}

void ny_sample_finish(struct sample *s)
{
    ny_free(s->places);
    s->places = NULL;
}

void ny_sample_record_of(const struct sample *s, uint32_t id, struct ny_record *out)
{
    struct ny_index_identity i;

    ny_index_get(s->ix, id, &i);
    NY_ASSERT(ny_record_unpack(i.record, out) == NY_OK); /* it would not take part */
}

void ny_sample_record(const struct sample *s, size_t at, struct ny_record *out)
{
    ny_sample_record_of(s, s->places[at].id, out);
}

bool ny_sample_is_pinned(const struct sample *s, size_t a, size_t b)
{
    uint32_t cursor = 0;
    const struct ny_index_pin *pin;

    while ((pin = ny_index_pin_next(s->ix, s->places[a].id, &cursor)) != NULL) {
        if (pin->a == s->places[b].id || pin->b == s->places[b].id) {
            return true;
        }
    }
    return false;
}

static int compare_u64(const void *pa, const void *pb)
{
    uint64_t a = *(const uint64_t *)pa;
    uint64_t b = *(const uint64_t *)pb;

    return a < b ? -1 : a > b;
}

void ny_sort_u64(uint64_t *v, size_t n)
{
    if (n > 1) {
        qsort(v, n, sizeof(*v), compare_u64);
    }
}

/* ---- values ---- */

static int by_value(const void *pa, const void *pb)
{
    const struct valued *a = pa;
    const struct valued *b = pb;

    if (a->value != b->value) {
        return a->value < b->value ? -1 : 1;
    }
    return a->at < b->at ? -1 : a->at > b->at;
}

void ny_valued_collect(const struct sample *s, const struct ny_match_model *m, enum ny_block block,
                       struct valued_list *out)
{
    struct valued_list l = {0};

    NY_ASSERT(s->n <= UINT32_MAX);
    for (size_t at = 0; at < s->n; at++) {
        uint64_t values[NY_BLOCK_VALUES_MAX];
        struct ny_record r;
        size_t n;

        if (!s->places[at].active) {
            continue;
        }
        ny_sample_record(s, at, &r);
        n = ny_match_block_values(m, block, &r, values);
        if (l.n + n > l.cap) {
            l.cap = l.cap * 2 + 4096;
            l.v = ny_realloc(l.v, ny_mul_size(l.cap, sizeof(*l.v)));
        }
        for (size_t i = 0; i < n; i++) {
            l.v[l.n++] = (struct valued){values[i], (uint32_t)at};
        }
    }
    if (l.n > 1) {
        qsort(l.v, l.n, sizeof(*l.v), by_value);
    }
    *out = l;
}

void ny_valued_finish(struct valued_list *l)
{
    ny_free(l->v);
    *l = (struct valued_list){0};
}

size_t ny_valued_run(const struct valued_list *l, size_t from)
{
    size_t to = from;

    while (to < l->n && l->v[to].value == l->v[from].value) {
        to++;
    }
    return to;
}
