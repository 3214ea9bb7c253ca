/* Those who fit, scored against the question: one entry for each person (or record of a
 * facility), best first. The order is total, best record (domain, local id): nothing of it depends
 * on who came when. */

#include "search_priv.h"

#include <stdlib.h>

/* qsort has no context. */
static _Thread_local const struct ny_index *sorting;

static int by_rank(const void *pa, const void *pb)
{
    const struct found *a = pa;
    const struct found *b = pb;

    if (a->total_b1024 != b->total_b1024) {
        return a->total_b1024 > b->total_b1024 ? -1 : 1;
    }
    return ny_index_order(sorting, a->identity, b->identity);
}

static int by_person(const void *pa, const void *pb)
{
    const struct found *a = pa;
    const struct found *b = pb;

    if (a->shown != b->shown) {
        return a->shown < b->shown ? -1 : 1;
    }
    return by_rank(pa, pb);
}

static int32_t score(const struct ny_registry *r, const struct ny_record *probe, ny_str packed)
{
    struct ny_record record;
    struct ny_score sc;

    if (ny_record_unpack(packed, &record) != NY_OK) {
        return NY_TOTAL_CROSS_B1024;
    }
    ny_match_score(r->model, probe, &record, false, &sc);
    return sc.total_b1024;
}

/* Of whom nothing would be told is no hit: the counts must not tell him either. */
static bool is_any_told(const struct searching *s, uint32_t id, uint32_t whose)
{
    const struct ny_index *ix = s->r->index;
    bool told = ny_search_is_regional_told(s);

    for (uint32_t m = ny_index_member_first(ix, ny_index_person_of(ix, id)); m != 0 && !told;
         m = ny_index_member_next(ix, m)) {
        told = ny_search_is_told(s, whose, m);
    }
    return told;
}

/* One entry for each record of somebody who is there. */
static void score_one(struct searching *s, uint32_t id)
{
    uint32_t whose = ny_search_speaks_for(s, id);
    struct ny_index_identity x;

    if (whose != 0 && is_any_told(s, id, whose)) {
        struct found f = {.identity = id, .shown = whose};

        ny_index_get(s->r->index, id, &x);
        f.total_b1024 = score(s->r, &s->probe, x.record);
        s->found.v[s->found.n] = f;
        s->found.n += ny_match_confidence(f.total_b1024) >= s->ask->least;
    }
}

/* The best entry of everybody. */
static void rank(struct searching *s)
{
    struct found_list *l = &s->found;
    size_t kept = 0;

    sorting = s->r->index;
    qsort(l->v, l->n, sizeof(*l->v), by_person);
    for (size_t i = 0; i < l->n; i++) {
        if (i == 0 || l->v[i].shown != l->v[i - 1].shown) {
            l->v[kept++] = l->v[i];
        }
    }
    l->n = kept;
    if (l->n <= NY_SEARCH_HITS_MAX) { /* more are refused, in whatever order */
        qsort(l->v, l->n, sizeof(*l->v), by_rank);
    }
    for (size_t i = 0; i < l->n; i++) {
        l->v[i].shown = 0;
    }
    ny_search_page(s);
}

void ny_search_answer(struct searching *s)
{
    s->found = (struct found_list){.v = NY_ARENA_ARRAY(s->arena, struct found, s->n + 1)};
    if (s->found.v == NULL) {
        ny_search_end(s, NY_ELIMIT);
        return;
    }
    ny_search_probe(s->plan, &s->probe);
    ny_search_run(s, score_one, rank);
}
