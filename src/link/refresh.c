/* The edges of one identity: who shares a key with it is scored, what no key brings any more goes.
 */

#include "link_priv.h"

static void edge_drop(struct ny_link *l, struct ny_arena *a, uint32_t x, uint32_t y,
                      struct ny_link_set *touched)
{
    const struct ny_index_edge *e = ny_index_edge_find(l->index, x, y);

    if (e == NULL) {
        return;
    }
    if (l->sink.edge_gone != NULL) {
        l->sink.edge_gone(l->sink.ctx, e);
    }
    ny_link_set_add(touched, a, x);
    ny_link_set_add(touched, a, y);
    ny_index_edge_remove(l->index, x, y);
}

static bool edge_is_same(const struct ny_index_edge *e, const struct ny_score *s)
{
    return e != NULL && e->total_b1024 == s->total_b1024 && e->guards == s->guards &&
           memcmp(e->levels, s->level, sizeof(e->levels)) == 0;
}

static void edge_score(struct ny_link *l, struct ny_arena *a, uint32_t id,
                       const struct ny_record *record, uint32_t other, struct ny_link_set *touched)
{
    struct ny_index_identity y;
    struct ny_record theirs;
    struct ny_score score;

    ny_index_get(l->index, other, &y);
    if (ny_record_unpack(y.record, &theirs) != NY_OK) {
        return;
    }
    ny_match_score(l->model, record, &theirs, ny_index_same_authority(l->index, id, other), &score);
    if (!ny_match_is_edge(&score)) {
        edge_drop(l, a, id, other, touched);
    } else if (!edge_is_same(ny_index_edge_find(l->index, id, other), &score)) {
        ny_index_edge_set(l->index, id, other, &score);
        if (l->sink.edge != NULL) {
            l->sink.edge(l->sink.ctx, ny_index_edge_find(l->index, id, other));
        }
    }
}

static bool is_candidate(const uint32_t *candidates, size_t n, uint32_t id)
{
    for (size_t i = 0; i < n; i++) {
        if (candidates[i] == id) {
            return true;
        }
    }
    return false;
}

/* Edges to identities that no key brings any more. */
static void edges_prune(struct ny_link *l, struct ny_arena *a, uint32_t id,
                        const uint32_t *candidates, size_t n, struct ny_link_set *touched)
{
    for (;;) {
        const struct ny_index_edge *e;
        uint32_t cursor = 0;

        do {
            e = ny_index_edge_next(l->index, id, &cursor);
        } while (e != NULL && is_candidate(candidates, n, e->a == id ? e->b : e->a));
        if (e == NULL) {
            return;
        }
        edge_drop(l, a, e->a, e->b, touched);
    }
}

void ny_link_refresh(struct ny_link *l, struct ny_arena *a, uint32_t id,
                     struct ny_link_set *touched)
{
    struct ny_index *ix = l->index;
    size_t cap = (size_t)ny_match_model_candidate_max(l->model);
    uint32_t *candidates = NY_ARENA_ARRAY(a, uint32_t, cap);
    struct ny_index_identity self;
    struct ny_record record;
    bool capped = false;
    size_t n = 0;

    NY_ASSERT(candidates != NULL);
    ny_index_get(ix, id, &self);
    if (ny_index_takes_part(ix, id) && ny_record_unpack(self.record, &record) == NY_OK) {
        n = ny_index_candidates(ix, &record, id, candidates, &capped);
    }
    ny_counter_add(NY_C_CANDIDATES, (int64_t)n);
    edges_prune(l, a, id, candidates, n, touched);
    for (size_t i = 0; i < n; i++) {
        edge_score(l, a, id, &record, candidates[i], touched);
    }
    if (l->sink.searched != NULL) {
        l->sink.searched(l->sink.ctx, id, capped);
    }
}
