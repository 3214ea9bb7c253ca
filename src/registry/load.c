/* Start-up: memory is rebuilt from what PostgreSQL has confirmed. */

#include "nayose/registry_models.h"
#include "nayose/text.h"

#include "search_priv.h"

static ny_rc load_domain(void *ctx, const struct ny_domain *row)
{
    ny_directory_add_domain(ctx, row);
    return NY_OK;
}

static ny_rc load_requester(void *ctx, const struct ny_requester_row *row)
{
    ny_directory_set_source(ctx, row);
    return NY_OK;
}

static ny_rc load_consumer(void *ctx, const struct ny_consumer_row *row)
{
    ny_directory_set_consumer(ctx, row);
    return NY_OK;
}

static ny_rc load_model(void *ctx, int32_t version, ny_str body)
{
    struct ny_registry *r = ctx;

    return ny_registry_model_read(version, body, &r->model);
}

static ny_rc load_identity(void *ctx, const struct ny_identity_row *row)
{
    struct ny_registry *r = ctx;
    uint32_t id;

    if (row->norm_version < NY_RECORD_NORM_OLDEST || row->norm_version > NY_TEXT_NORM_VERSION) {
        ny_log(NY_LOG_ERROR, "record_of_other_version", "identity=%lld norm_version=%d",
               (long long)row->id, row->norm_version);
        return NY_ECONFIG;
    }
    if (row->id != (int64_t)ny_index_count(r->index) + 1) {
        return NY_ECONFLICT; /* a gap: the numbering is not ours */
    }
    id = ny_index_add(r->index, row->domain, row->local_id, row->status);
    ny_index_version_set(r->index, id, (uint32_t)row->version);
    ny_index_record_set(r->index, id, row->record);
    while (ny_index_person_count(r->index) < row->person) {
        ny_index_person_add(r->index);
    }
    ny_index_person_set(r->index, id, (uint32_t)row->person);
    return NY_OK;
}

static bool knows(const struct ny_registry *r, int64_t a, int64_t b)
{
    return a > 0 && b > 0 && a <= ny_index_count(r->index) && b <= ny_index_count(r->index);
}

static ny_rc load_rollout(void *ctx, int32_t from_version, int32_t to_version, int64_t done_to)
{
    struct ny_registry *r = ctx;

    /* The index was made with the keys of the new version alone. */
    r->rollout = (struct rollout){.phase = ROLLOUT_SETTLE,
                                  .from_version = from_version,
                                  .to_version = to_version,
                                  .cursor = (uint32_t)done_to,
                                  .done_to = (uint32_t)done_to};
    return NY_OK;
}

static ny_rc load_home(void *ctx, int64_t identity, int64_t person)
{
    struct ny_registry *r = ctx;

    if (identity > ny_index_count(r->index)) {
        return NY_ECONFLICT;
    }
    ny_index_home_set(r->index, (uint32_t)identity, (uint32_t)person);
    return NY_OK;
}

static ny_rc load_edge(void *ctx, const struct ny_edge_row *row)
{
    struct ny_registry *r = ctx;
    struct ny_score score = {.total_b1024 = row->total_b1024, .guards = row->guards};

    if (r->snapshot != NULL && r->snapshot->edge != NULL) {
        return r->snapshot->edge(r->snapshot->ctx, row);
    }
    if (!knows(r, row->a, row->b)) {
        return NY_ECONFLICT;
    }
    memcpy(score.level, row->levels, sizeof(score.level));
    ny_index_edge_set(r->index, (uint32_t)row->a, (uint32_t)row->b, &score);
    return NY_OK;
}

static ny_rc load_pin(void *ctx, const struct ny_pin_row *row)
{
    struct ny_registry *r = ctx;
    const struct ny_index_pin pin = ny_pin_of_row(row);

    if (!knows(r, row->a, row->b)) {
        return NY_ECONFLICT;
    }
    ny_index_pin_add(r->index, &pin);
    return NY_OK;
}

static ny_rc load_proposal(void *ctx, const struct ny_proposal_row *row, int64_t last)
{
    return ny_proposal_load(ctx, row, last);
}

static ny_rc load_hold(void *ctx, const struct ny_hold_row *row)
{
    struct ny_registry *r = ctx;

    if (row->identity > 0 && row->identity <= ny_index_count(r->index)) {
        ny_index_hold_set(r->index, (uint32_t)row->identity, row->kind, row->why, true);
    } else if (row->source > 0 && row->why == NY_HOLD_DRIFT) {
        ny_drift_alarm_load(r, row->source, row->detail);
    }
    return NY_OK;
}

static ny_rc load_review(void *ctx, const struct ny_review_row *row)
{
    struct ny_registry *r = ctx;

    if (r->snapshot != NULL && r->snapshot->review != NULL) {
        return r->snapshot->review(r->snapshot->ctx, row);
    }
    if (knows(r, row->a, row->b) &&
        ny_index_edge_find(r->index, (uint32_t)row->a, (uint32_t)row->b) != NULL) {
        ny_index_edge_ask(r->index, (uint32_t)row->a, (uint32_t)row->b, (uint8_t)row->state,
                          (uint8_t)row->reason);
    }
    return NY_OK;
}

static ny_rc load_seen(void *ctx, int32_t source, ny_str control_id, ny_str body_hash)
{
    struct ny_registry *r = ctx;

    ny_seen_add(&r->seen, source, control_id, body_hash);
    return NY_OK;
}

static ny_rc load_calibration(void *ctx, ny_str body)
{
    ny_registry_calibration_keep(ctx, body);
    return NY_OK;
}

static ny_rc load_counters(void *ctx, int64_t last_identity, int64_t last_person,
                           int64_t last_message, int64_t last_batch)
{
    struct ny_registry *r = ctx;

    if (last_identity != ny_index_count(r->index)) {
        return NY_ECONFLICT;
    }
    while (ny_index_person_count(r->index) < last_person) {
        ny_index_person_add(r->index); /* retired ones: their numbers are never used again */
    }
    r->next_message = last_message + 1;
    r->batch_no = last_batch;
    return NY_OK;
}

static ny_rc model_load(struct ny_registry *r, struct ny_error *err)
{
    const struct ny_store_visitor v = {.model = load_model, .ctx = r};
    ny_rc rc = ny_store_load(r->store, &v, err);

    if (rc == NY_OK && r->model == NULL) {
        rc = ny_fail(err, NY_ECONFIG, "the database holds no active model; run --migrate");
    }
    return rc;
}

/* A snapshot has no past and no replays; it may go by another version than the active one. */
ny_rc ny_registry_load_rows(struct ny_registry *r, struct ny_error *err)
{
    const bool live = r->snapshot == NULL;
    const struct ny_store_visitor rest = {
        .domain = load_domain,
        .requester = load_requester,
        .consumer = live ? load_consumer : NULL,
        .identity = load_identity,
        .rollout = live ? load_rollout : NULL,
        .home = live ? load_home : NULL,
        .edge = load_edge,
        .pin = load_pin,
        .proposal = live ? load_proposal : NULL,
        .hold = load_hold,
        .review = load_review,
        .seen = live ? load_seen : NULL,
        .calibration = live ? load_calibration : NULL,
        .counters = load_counters,
        .ctx = r,
    };
    ny_rc rc = model_load(r, err);

    if (rc != NY_OK) {
        return rc;
    }
    if (!live && r->snapshot->model != NULL) {
        r->rollout.model = r->model;
        r->model = r->snapshot->model;
    }
    r->index = ny_index_create(r->model);
    if (live) {
        ny_index_terms_keep(r->index);
    }
    ny_registry_link_init(r);
    return ny_store_load(r->store, &rest, err);
}

ny_rc ny_registry_load(struct ny_registry *r, struct ny_error *err)
{
    int64_t began = ny_clock_monotonic_us();
    ny_rc rc;

    rc = ny_registry_load_rows(r, err);
    if (rc != NY_OK) {
        return rc;
    }
    if (r->cfg.settings != NULL && !ny_match_model_has_settings(r->model, r->cfg.settings)) {
        ny_log(NY_LOG_WARN, "match_settings_not_active",
               "model=%d hint=\"[match] takes effect in a new model version only\"",
               ny_match_model_version(r->model));
    }
    if (ny_index_older_count(r->index) > 0) {
        ny_log(NY_LOG_WARN, "records_of_older_version",
               "n=%u hint=\"nayose rebuild --apply packs them anew\"",
               ny_index_older_count(r->index));
    }
    ny_index_log_keep(r->index, true);
    ny_log(NY_LOG_INFO, "registry_loaded", "identities=%u persons=%u edges=%zu ms=%lld",
           ny_index_count(r->index), ny_index_person_live(r->index), ny_index_edge_count(r->index),
           (long long)(ny_clock_monotonic_us() - began) / 1000);
    return NY_OK;
}

static void forget(struct ny_registry *r)
{
    ny_index_destroy(r->index);
    ny_match_model_destroy(r->model);
    ny_match_model_destroy(r->rollout.model);
    ny_seen_free(&r->seen);
    ny_proposals_free(&r->proposals);
    r->index = NULL;
    r->model = NULL;
    r->rollout.model = NULL;
}

/* The directory stays: requests under way point into it. Nobody asks a registry that is not ready
 * for a decision, but numbers and explanations are asked for, so a rebuild that fails leaves what
 * was there. */
ny_rc ny_registry_reload(struct ny_registry *r, struct ny_error *err)
{
    struct ny_registry before = *r;
    ny_rc rc;

    r->index = NULL;
    r->model = NULL;
    r->rollout = (struct rollout){0};
    r->seen = (struct seen_table){0};
    r->proposals = (struct proposals){0};
    rc = ny_registry_load(r, err);
    if (rc != NY_OK) {
        forget(r);
        r->index = before.index;
        r->model = before.model;
        r->link = before.link;
        r->rollout = before.rollout;
        r->seen = before.seen;
        r->proposals = before.proposals;
        r->next_message = before.next_message;
        return rc;
    }
    ny_search_forget(r);
    forget(&before);
    return NY_OK;
}

void ny_registry_unload(struct ny_registry *r)
{
    forget(r);
    ny_arena_destroy(r->calibration_arena);
    ny_arena_destroy(r->directory);
    ny_free(r->domains);
    ny_free(r->sources);
    ny_free(r->consumers);
}
