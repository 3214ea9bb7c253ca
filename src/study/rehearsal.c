/* A rehearsal: a snapshot of the registry is linked under another version, by the steps of the
 * registry itself, and compared with what stands. */

#include <stdlib.h>

#include "rehearsal_priv.h"

/* ---- the snapshot, with what stands kept aside ---- */

static ny_rc on_edge(void *ctx, const struct ny_edge_row *row)
{
    struct rehearsal *x = ctx;

    if (x->n_old == x->cap_old) {
        x->cap_old = x->cap_old > 0 ? x->cap_old * 2 : 4096;
        x->old = ny_realloc(x->old, ny_mul_size(x->cap_old, sizeof(*x->old)));
    }
    x->old[x->n_old++] = (struct old_edge){.lo = (uint32_t)(row->a < row->b ? row->a : row->b),
                                           .hi = (uint32_t)(row->a < row->b ? row->b : row->a),
                                           .total_b1024 = row->total_b1024,
                                           .guards = row->guards};
    return NY_OK;
}

static ny_rc on_review(void *ctx, const struct ny_review_row *row)
{
    struct rehearsal *x = ctx;

    if (x->n_asked == x->cap_asked) {
        x->cap_asked = x->cap_asked > 0 ? x->cap_asked * 2 : 256;
        x->asked = ny_realloc(x->asked, ny_mul_size(x->cap_asked, sizeof(*x->asked)));
    }
    x->asked[x->n_asked++] =
        (struct old_question){.lo = (uint32_t)(row->a < row->b ? row->a : row->b),
                              .hi = (uint32_t)(row->a < row->b ? row->b : row->a),
                              .state = (uint8_t)row->state,
                              .reason = (uint8_t)row->reason,
                              .total_b1024 = row->total_b1024,
                              .guards = row->guards};
    x->open_before += row->state == NY_REVIEW_OPEN;
    x->parked_before += row->state == NY_REVIEW_PARKED;
    return NY_OK;
}

static int by_ends(const void *pa, const void *pb)
{
    const struct old_edge *a = pa;
    const struct old_edge *b = pb;

    if (a->lo != b->lo) {
        return a->lo < b->lo ? -1 : 1;
    }
    return (a->hi > b->hi) - (a->hi < b->hi);
}

static int asked_by_ends(const void *pa, const void *pb)
{
    const struct old_question *a = pa;
    const struct old_question *b = pb;

    if (a->lo != b->lo) {
        return a->lo < b->lo ? -1 : 1;
    }
    return (a->hi > b->hi) - (a->hi < b->hi);
}

struct old_question *ny_rehearsal_asked(const struct rehearsal *x, uint32_t a, uint32_t b)
{
    const struct old_question key = {.lo = a < b ? a : b, .hi = a < b ? b : a};

    return x->n_asked > 0 ? bsearch(&key, x->asked, x->n_asked, sizeof(*x->asked), asked_by_ends)
                          : NULL;
}

bool ny_rehearsal_load(struct rehearsal *x)
{
    struct ny_registry_snapshot_options o = {.edge = on_edge, .review = on_review, .ctx = x};

    o.model = x->job->version > 0 ? ny_job_model(x->job, x->job->version) : NULL;
    if ((o.model == NULL && x->job->version > 0) || !ny_job_snapshot(x->job, &o, &x->snapshot)) {
        return false;
    }
    if (x->n_old > 1) {
        qsort(x->old, x->n_old, sizeof(*x->old), by_ends);
    }
    if (x->n_asked > 1) {
        qsort(x->asked, x->n_asked, sizeof(*x->asked), asked_by_ends);
    }
    return true;
}

/* ---- linking it ---- */

static bool domain_is_held(void *ctx, int32_t domain)
{
    return ny_registry_domain_is_held(ctx, domain);
}

static bool score_all(struct rehearsal *x, double from, double to)
{
    struct ny_index *ix = x->snapshot.index;
    struct ny_arena *a = ny_arena_create(0);
    uint32_t n = ny_index_count(ix);
    bool go_on = true;

    for (uint32_t id = 1; id <= n && go_on; id++) {
        struct ny_link_set touched = {0};

        ny_link_refresh(&x->link, a, id, &touched);
        ny_arena_reset(a);
        go_on = id % 64 != 0 || ny_job_tell(x->job, "scoring", from, to, id, n);
    }
    ny_arena_destroy(a);
    return go_on;
}

static ny_rc group_one(struct rehearsal *x, struct ny_arena *a, uint32_t id)
{
    struct ny_link_set seeds = {0};
    struct ny_link_groups g;
    ny_rc rc;

    ny_link_set_add(&seeds, a, id);
    rc = ny_link_regroup(&x->link, a, &seeds, &g);
    for (size_t i = 0; rc == NY_OK && i < g.n; i++) {
        uint32_t *leader = &x->group[g.nodes[g.group[i]]];

        if (*leader == 0) {
            *leader = g.nodes[g.group[i]];
        }
        x->group[g.nodes[i]] = *leader;
    }
    return rc;
}

static bool group_all(struct rehearsal *x, double from, double to)
{
    struct ny_arena *a = ny_arena_create(0);
    uint32_t n = ny_index_count(x->snapshot.index);
    bool go_on = true;

    x->group = ny_calloc((size_t)n + 1, sizeof(*x->group));
    for (uint32_t id = 1; id <= n && go_on; id++) {
        ny_rc rc = x->group[id] == 0 ? group_one(x, a, id) : NY_OK;

        ny_arena_reset(a);
        if (rc != NY_OK) {
            ny_job_fail(x->job, rc, "groups cannot be computed");
            go_on = false;
        } else {
            go_on = id % 64 != 0 || ny_job_tell(x->job, "grouping", from, to, id, n);
        }
    }
    ny_arena_destroy(a);
    return go_on;
}

bool ny_rehearsal_link(struct rehearsal *x, double from, double to)
{
    const double scored = from + (to - from) * .8;

    x->link = (struct ny_link){
        .index = x->snapshot.index,
        .model = x->snapshot.model,
        .sink = {.domain_is_held = domain_is_held, .ctx = x->snapshot.registry}
    };
    return score_all(x, from, scored) && group_all(x, scored, to);
}

void ny_rehearsal_finish(struct rehearsal *x)
{
    if (x->snapshot.registry != NULL) {
        ny_snapshot_release(&x->snapshot);
    }
    ny_free(x->old);
    ny_free(x->asked);
    ny_free(x->group);
    ny_free(x->moves);
    ny_free(x->rescored);
}

static bool rehearse(struct rehearsal *x)
{
    if (!ny_rehearsal_load(x) || !ny_rehearsal_link(x, .05, .95)) {
        return false;
    }
    (void)ny_job_tell(x->job, "comparing", .95, 1, 0, 1);
    ny_index_review_counts(x->snapshot.index, &x->open_after, &x->parked_after);
    ny_rehearsal_compare_edges(x);
    ny_rehearsal_compare_groups(x);
    x->job->json = ny_rehearsal_write(x);
    return x->job->json.p != NULL;
}

void ny_job_rehearse(struct job *j)
{
    struct rehearsal *x = ny_calloc(1, sizeof(*x));

    x->job = j;
    ny_job_end(j, rehearse(x));
    ny_rehearsal_finish(x);
    ny_free(x);
}
