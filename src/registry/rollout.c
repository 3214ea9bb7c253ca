/* From one model version to another, while the registry serves.
 *
 *   widen   each identity gets its keys under the new version, too; nothing else changes
 *   commit  the new version is the active one in the database, then in memory
 *   narrow  each identity loses its keys under the old version
 *   settle  component by component: every edge is scored anew, then the groups are computed once
 *
 * Each step is a work of at most a few milliseconds in the open batch, which feeds share; the next
 * one begins when it is committed. When the database is lost the change waits for it. A component
 * is never grouped while some of its edges are of the old version: whoever regroups it first,
 * settles it. How far settling has come is a row of the same batches, so that a server which stops
 * goes on at its next start. */

#include "nayose/registry_models.h"

#include "registry_priv.h"

enum { SLICE_US = 8000, KEYS_A_LOOK = 64, COMPONENT_MAX = 512 };

static void on_step_done(void *ctx, ny_rc rc);
static void begin_step(struct ny_registry *r);

/* ---- keys: nothing of it is stored ---- */

static ny_rc keys_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    struct rollout *o = &r->rollout;
    void (*move)(struct ny_index *, uint32_t) =
        o->phase == ROLLOUT_WIDEN ? ny_index_keys_widen : ny_index_keys_narrow;
    int64_t until = ny_clock_monotonic_us() + SLICE_US;

    (void)rows;
    (void)ctx;
    while (o->cursor < ny_index_count(r->index) && ny_clock_monotonic_us() < until) {
        for (unsigned k = 0; k < KEYS_A_LOOK && o->cursor < ny_index_count(r->index); k++) {
            move(r->index, ++o->cursor);
        }
    }
    return NY_OK;
}

/* ---- the new version becomes the active one ---- */

static ny_rc switch_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    const struct rollout *o = &r->rollout;
    struct ny_rollout_row row = {o->from_version, o->to_version, 0};

    (void)ctx;
    ny_store_set_model_state(rows, o->from_version, NY_MODEL_RETIRED);
    ny_store_set_model_state(rows, o->to_version, NY_MODEL_ACTIVE);
    ny_store_set_rollout(rows, &row);
    return NY_OK;
}

static void switch_confirmed(struct ny_registry *r, void *ctx)
{
    struct rollout *o = &r->rollout;
    struct ny_match_model *old = r->model;

    (void)ctx;
    r->model = o->model;
    o->model = old;
    ny_index_model_switch(r->index);
    ny_registry_link_init(r);
    ny_index_settled_clear(r->index);
    o->phase = ROLLOUT_NARROW;
    o->cursor = 0;
    ny_log(NY_LOG_INFO, "model_active", "version=%d before=%d", o->to_version, o->from_version);
}

/* ---- settling ---- */

static void gather_one(struct ny_registry *r, struct ny_arena *a, uint32_t id,
                       struct ny_link_set *set)
{
    const struct ny_index_edge *e;
    struct ny_index_identity x;
    uint32_t cursor = 0;

    ny_link_refresh(&r->link, a, id, set);
    /* While keys of the old version are left, one may bring a needless edge: it is done again. */
    ny_index_settled_set(r->index, id, r->rollout.phase == ROLLOUT_SETTLE);
    while ((e = ny_index_edge_next(r->index, id, &cursor)) != NULL) {
        ny_link_set_add(set, a, e->a == id ? e->b : e->a);
    }
    ny_index_get(r->index, id, &x);
    for (uint32_t m = x.person != 0 ? ny_index_member_first(r->index, x.person) : 0; m != 0;
         m = ny_index_member_next(r->index, m)) {
        ny_link_set_add(set, a, m);
    }
}

const struct ny_link_set *ny_rollout_gather(struct ny_registry *r, struct ny_arena *a,
                                            const struct ny_link_set *seeds,
                                            struct ny_link_set *set)
{
    if (r->rollout.phase != ROLLOUT_NARROW && r->rollout.phase != ROLLOUT_SETTLE) {
        return seeds; /* nearly always */
    }
    for (size_t i = 0; i < seeds->n; i++) {
        ny_link_set_add(set, a, seeds->ids[i]);
    }
    for (size_t i = 0; i < set->n && i < COMPONENT_MAX; i++) {
        if (!ny_index_is_settled(r->index, set->ids[i])) {
            gather_one(r, a, set->ids[i], set);
        }
    }
    return set;
}

static ny_rc settle_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    struct rollout *o = &r->rollout;
    const struct reason why = {NY_CAUSE_MODEL, 0};
    struct ny_rollout_row row = {o->from_version, o->to_version, 0};
    int64_t until = ny_clock_monotonic_us() + SLICE_US;

    (void)ctx;
    o->cursor = o->done_to; /* what a failed batch had done was taken back */
    while (o->cursor < ny_index_count(r->index) && ny_clock_monotonic_us() < until) {
        struct ny_link_set seeds = {0};

        if (!ny_index_is_settled(r->index, ++o->cursor)) {
            ny_link_set_add(&seeds, ny_store_batch_arena(rows), o->cursor);
            ny_registry_regroup(r, &seeds, &why);
        }
    }
    row.done_to = o->cursor;
    ny_store_set_rollout(rows, &row);
    return NY_OK;
}

static void settle_confirmed(struct ny_registry *r, void *ctx)
{
    (void)ctx;
    r->rollout.done_to = r->rollout.cursor;
}

static ny_rc end_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    (void)r;
    (void)ctx;
    ny_store_end_rollout(rows);
    return NY_OK;
}

/* ---- from step to step ---- */

static void started_tell(struct ny_registry *r, ny_rc rc)
{
    ny_registry_done_fn fn = r->rollout.fn;

    r->rollout.fn = NULL;
    if (fn != NULL) {
        fn(r->rollout.ctx, rc);
    }
}

void ny_rollout_forget(struct ny_registry *r)
{
    ny_match_model_destroy(r->rollout.model);
    r->rollout = (struct rollout){0};
}

static void keys_end(struct ny_registry *r)
{
    ny_index_model_end(r->index);
    ny_match_model_destroy(r->rollout.model);
    r->rollout.model = NULL;
    r->rollout.cursor = 0;
}

static void phase_advance(struct ny_registry *r)
{
    struct rollout *o = &r->rollout;
    bool all = o->cursor >= ny_index_count(r->index);

    switch (o->phase) {
    case ROLLOUT_NONE:
        break;
    case ROLLOUT_WIDEN:
        if (all) {
            o->phase = ROLLOUT_SWITCH;
        }
        break;
    case ROLLOUT_SWITCH:
        break; /* switch_confirmed moved it on */
    case ROLLOUT_NARROW:
        started_tell(r, NY_OK);
        if (all) {
            keys_end(r);
            o->phase = ROLLOUT_SETTLE;
        }
        break;
    case ROLLOUT_BACK:
        if (all) {
            keys_end(r);
            ny_rollout_forget(r);
        }
        break;
    case ROLLOUT_SETTLE:
        if (all) {
            o->phase = ROLLOUT_END;
        }
        break;
    case ROLLOUT_END:
        ny_log(NY_LOG_INFO, "model_settled", "version=%d", o->to_version);
        ny_rollout_forget(r);
        break;
    }
}

static void on_step_done(void *ctx, ny_rc rc)
{
    struct ny_registry *r = ctx;
    struct rollout *o = &r->rollout;

    o->stepping = false;
    if (rc == NY_OK) {
        phase_advance(r);
        begin_step(r);
        return;
    }
    ny_log(NY_LOG_WARN, "model_change_stopped", "version=%d phase=%d rc=%d", o->to_version,
           o->phase, rc);
    started_tell(r, rc);
    if (rc == NY_ECONFLICT && o->phase == ROLLOUT_SWITCH) {
        o->phase = ROLLOUT_BACK; /* the database refused it for good */
        o->cursor = 0;
        ny_index_model_give_up(r->index);
        begin_step(r);
    }
}

static void begin_step(struct ny_registry *r)
{
    static const struct work keys = {"model keys", keys_decide, NULL, on_step_done};
    static const struct work change = {"model activate", switch_decide, switch_confirmed,
                                       on_step_done};
    static const struct work settle = {"model settle", settle_decide, settle_confirmed,
                                       on_step_done};
    static const struct work end = {"model settled", end_decide, NULL, on_step_done};
    const struct work *next[] = {
        [ROLLOUT_NONE] = NULL,    [ROLLOUT_WIDEN] = &keys,    [ROLLOUT_SWITCH] = &change,
        [ROLLOUT_NARROW] = &keys, [ROLLOUT_SETTLE] = &settle, [ROLLOUT_END] = &end,
        [ROLLOUT_BACK] = &keys,
    };
    struct rollout *o = &r->rollout;

    if (next[o->phase] != NULL && !o->stepping) {
        o->stepping = true;
        ny_registry_work(r, next[o->phase],
                         o->phase == ROLLOUT_SWITCH ? ny_str_of(o->who, o->who_n) : NY_STR_NONE, r);
    }
}

void ny_rollout_resume(struct ny_registry *r)
{
    begin_step(r);
}

void ny_rollout_stop(struct ny_registry *r)
{
    started_tell(r, NY_EDB);
    ny_rollout_forget(r);
}

void ny_registry_model_activate(struct ny_registry *r, struct ny_match_model *model, ny_str who,
                                ny_registry_done_fn fn, void *ctx)
{
    struct rollout *o = &r->rollout;

    if (o->phase != ROLLOUT_NONE ||
        ny_match_model_version(model) == ny_match_model_version(r->model)) {
        ny_match_model_destroy(model);
        fn(ctx, NY_ECONFLICT);
        return;
    }
    *o = (struct rollout){.phase = ROLLOUT_WIDEN,
                          .model = model,
                          .from_version = ny_match_model_version(r->model),
                          .to_version = ny_match_model_version(model),
                          .fn = fn,
                          .ctx = ctx};
    o->who_n = who.n < sizeof(o->who) ? who.n : sizeof(o->who);
    if (o->who_n > 0) {
        memcpy(o->who, who.p, o->who_n);
    }
    ny_index_model_begin(r->index, model);
    begin_step(r);
}

void ny_registry_rollout_progress(const struct ny_registry *r, struct ny_rollout_progress *out)
{
    const struct rollout *o = &r->rollout;

    *out = (struct ny_rollout_progress){
        .under_way = o->phase != ROLLOUT_NONE,
        .from_version = o->from_version,
        .to_version = o->to_version,
        .done = o->done_to,
        .total = ny_index_count(r->index),
    };
}
