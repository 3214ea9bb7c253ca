/* What would be another: pairs by their bands, groups by their members. */

#include <stdlib.h>

#include "rehearsal_priv.h"

/* ---- pairs ---- */

static enum ny_band band_of(const struct ny_match_model *m, int32_t total_b1024, uint32_t guards)
{
    struct ny_score s = {.total_b1024 = total_b1024, .guards = guards};

    return ny_match_band(m, &s);
}

static struct old_edge *old_edge(const struct rehearsal *x, uint32_t a, uint32_t b)
{
    uint32_t lo = a < b ? a : b;
    uint32_t hi = a < b ? b : a;
    size_t from = 0;
    size_t to = x->n_old;

    while (from < to) {
        size_t mid = from + (to - from) / 2;
        struct old_edge *e = &x->old[mid];

        if (e->lo == lo && e->hi == hi) {
            return e;
        }
        if (e->lo < lo || (e->lo == lo && e->hi < hi)) {
            from = mid + 1;
        } else {
            to = mid;
        }
    }
    return NULL;
}

static void pair_count(struct rehearsal *x, enum ny_band before, enum ny_band after,
                       struct pair_example e)
{
    int64_t n = x->moved[before][after]++;

    if (before != after && n < PAIR_EXAMPLES) {
        x->pairs[before][after][n] = e;
    }
}

static void edge_compare(struct rehearsal *x, const struct ny_index_edge *e)
{
    struct old_edge *old = old_edge(x, e->a, e->b);
    struct pair_example pair = {e->a, e->b, INT32_MIN, e->total_b1024};
    enum ny_band before = NY_BAND_NONE;

    if (old == NULL || old->total_b1024 != e->total_b1024 || old->guards != e->guards) {
        x->rescored[e->a] = x->rescored[e->b] = true;
    }
    if (old != NULL) {
        old->seen = true;
        pair.before_b1024 = old->total_b1024;
        before = band_of(x->snapshot.active, old->total_b1024, old->guards);
        x->total_moved_b1024 += e->total_b1024 - old->total_b1024;
        x->in_both++;
    }
    pair_count(x, before, band_of(x->snapshot.model, e->total_b1024, e->guards), pair);
}

void ny_rehearsal_compare_edges(struct rehearsal *x)
{
    const struct ny_index *ix = x->snapshot.index;

    x->rescored = ny_calloc((size_t)ny_index_count(ix) + 1, sizeof(*x->rescored));
    for (uint32_t id = 1; id <= ny_index_count(ix); id++) {
        const struct ny_index_edge *e;
        uint32_t cursor = 0;

        while ((e = ny_index_edge_next(ix, id, &cursor)) != NULL) {
            if (e->a == id) {
                edge_compare(x, e);
            }
        }
    }
    for (size_t i = 0; i < x->n_old; i++) {
        const struct old_edge *old = &x->old[i];
        struct pair_example pair = {old->lo, old->hi, old->total_b1024, INT32_MIN};

        if (!old->seen) {
            x->rescored[old->lo] = x->rescored[old->hi] = true;
            pair_count(x, band_of(x->snapshot.active, old->total_b1024, old->guards), NY_BAND_NONE,
                       pair);
        }
    }
}

/* ---- groups ---- */

struct place {
    uint32_t outer, inner, id;
};

static int by_place(const void *pa, const void *pb)
{
    const struct place *a = pa;
    const struct place *b = pb;

    if (a->outer != b->outer) {
        return a->outer < b->outer ? -1 : 1;
    }
    if (a->inner != b->inner) {
        return a->inner < b->inner ? -1 : 1;
    }
    return (a->id > b->id) - (a->id < b->id);
}

static int64_t pairs_among(size_t n)
{
    return (int64_t)(n * (n - 1) / 2);
}

/* What one walk over groups, each a run of equal `outer`, tells of its parts (equal `inner`). */
struct walk {
    int64_t pairs_outer, pairs_inner;
    int64_t mixed; /* groups of several parts */
    uint32_t *examples;
    bool *moves; /* [count + 1] identities of such groups */
};

static void group_walk(const struct place *places, size_t n, struct walk *w)
{
    size_t parts = 0;

    w->pairs_outer += pairs_among(n);
    for (size_t i = 0, k; i < n; i = k) {
        for (k = i; k < n && places[k].inner == places[i].inner; k++) {
            /* to the end of the part */
        }
        w->pairs_inner += pairs_among(k - i);
        parts++;
    }
    if (parts < 2) {
        return;
    }
    if (w->mixed < GROUP_EXAMPLES) {
        w->examples[w->mixed] = places[0].id;
    }
    w->mixed++;
    for (size_t i = 0; i < n; i++) {
        w->moves[places[i].id] = true;
    }
}

static void groups_walk(struct place *places, size_t n, struct walk *w)
{
    if (n > 1) {
        qsort(places, n, sizeof(*places), by_place);
    }
    for (size_t i = 0, k; i < n; i = k) {
        for (k = i; k < n && places[k].outer == places[i].outer; k++) {
            /* to the end of the group */
        }
        group_walk(places + i, k - i, w);
    }
}

void ny_rehearsal_compare_groups(struct rehearsal *x)
{
    const struct ny_index *ix = x->snapshot.index;
    size_t count = ny_index_count(ix);
    struct place *places = ny_calloc(count + 1, sizeof(*places));
    struct walk now = {.examples = x->joined_example};
    struct walk before = {.examples = x->split_example};

    now.moves = before.moves = x->moves = ny_calloc(count + 1, sizeof(*x->moves));
    for (uint32_t id = 1; id <= count; id++) {
        struct ny_index_identity self;

        ny_index_get(ix, id, &self);
        places[id - 1] = (struct place){x->group[id], self.person, id};
    }
    groups_walk(places, count, &now);
    for (size_t i = 0; i < count; i++) {
        places[i] = (struct place){places[i].inner, places[i].outer, places[i].id};
    }
    groups_walk(places, count, &before);
    x->linked_after = now.pairs_outer;
    x->linked_before = before.pairs_outer;
    x->linked_in_both = now.pairs_inner;
    x->joined = now.mixed;
    x->split = before.mixed;
    for (size_t id = 1; id <= count; id++) {
        x->moving += x->moves[id];
    }
    ny_free(places);
}
