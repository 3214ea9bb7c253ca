/* The registry's life, and its numbers. */

#include "nayose/registry_pins.h"

#include "search_priv.h"

static void regional_init(struct ny_registry *r)
{
    struct ny_domain *d = ny_calloc(1, sizeof(*d));

    /* Number 0: asked for like any other, fed by nobody, not a row of the database. */
    d->kind = NY_DOMAIN_REGIONAL;
    d->listed = r->cfg.regional_listed;
    d->ns = r->cfg.regional.ns;
    d->oid = r->cfg.regional.oid;
    d->type = r->cfg.regional.type;
    d->name = r->cfg.regional_name;
    r->regional = d;
}

struct ny_registry *ny_registry_new(const struct ny_registry_config *cfg)
{
    struct ny_registry *r = ny_calloc(1, sizeof(*r));

    r->cfg = *cfg;
    r->store = cfg->store;
    r->scratch = ny_arena_create(0);
    r->directory = ny_arena_create(0);
    ny_item_list_init(&r->backlog);
    ny_item_list_init(&r->waiting);
    ny_item_list_init(&r->to_read);
    ny_item_list_init(&r->reading);
    ny_item_list_init(&r->retry);
    regional_init(r);
    return r;
}

ny_rc ny_registry_create(const struct ny_registry_config *cfg, struct ny_registry **out,
                         struct ny_error *err)
{
    struct ny_registry *r = ny_registry_new(cfg);
    ny_rc rc = ny_registry_load(r, err);

    if (rc != NY_OK) {
        ny_registry_destroy(r);
        return rc;
    }
    r->ready = ny_store_is_ready(r->store);
    ny_store_on_ready(r->store, ny_registry_ready_changed, r);
    *out = r;
    if (r->ready) {
        ny_rollout_resume(r);
        ny_thaw_begin(r);
    }
    return NY_OK;
}

void ny_registry_destroy(struct ny_registry *r)
{
    if (r == NULL) {
        return;
    }
    ny_rollout_stop(r);
    ny_rebuild_stop(r);
    ny_batch_destroy(r->open);
    ny_batch_destroy(r->in_flight);
    ny_drift_finish(r);
    ny_cursors_free(r);
    ny_desk_finish(r);
    ny_questions_free(r);
    ny_registry_unload(r);
    ny_arena_destroy(r->scratch);
    ny_free(r->heard);
    ny_free(r->alerts);
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): ours, const for who reads it */
    ny_free((void *)(uintptr_t)r->regional);
    ny_free(r);
}

bool ny_registry_is_ready(const struct ny_registry *r)
{
    return r->listener.fn != NULL || (r->ready && ny_store_is_ready(r->store));
}

bool ny_registry_is_idle(const struct ny_registry *r)
{
    return r->open == NULL && r->in_flight == NULL && r->backlog.n == 0 && r->waiting.n == 0 &&
           r->to_read.n == 0 && r->reading.n == 0 && r->retry.n == 0 && r->asking == 0 &&
           r->questions.head == NULL;
}

void ny_registry_stats(const struct ny_registry *r, struct ny_registry_stats *out)
{
    const struct ny_proposal *const *proposals;

    *out = (struct ny_registry_stats){
        .identities = ny_index_count(r->index),
        .persons = ny_index_person_live(r->index),
        .edges = (int64_t)ny_index_edge_count(r->index),
        .domains = (int64_t)r->n_domains,
        .batch_no = r->batch_no,
        .epoch = ny_store_epoch(r->store),
        .index_bytes = ny_index_bytes(r->index),
        .model_version = ny_match_model_version(r->model),
        .source_alarms = (int64_t)r->n_alarms,
        .older_records = ny_index_older_count(r->index),
        .retired_us = r->retired_us,
    };
    out->proposals = (int64_t)ny_registry_proposals(r, &proposals);
    out->proposal_oldest_us = out->proposals > 0 ? proposals[0]->at_us : 0;
    ny_index_review_counts(r->index, &out->open_reviews, &out->parked_reviews);
}

struct ny_index *ny_registry_index(struct ny_registry *r)
{
    return r->index;
}
