/* Model versions, rehearsals, calibrations and labels: kept through works of the open batch. */

#include "nayose/registry_models.h"

#include "registry_priv.h"

/* A work that writes rows and changes nothing in memory; lives in its own arena. */
struct keeping {
    struct ny_arena *arena;
    ny_registry_done_fn fn;
    void *ctx;
    struct ny_model_row model;
    int32_t version;
    ny_str rehearsal;
    struct ny_calibration_row calibration;
    struct ny_label_row *labels;
    size_t n_labels;
    struct ny_label_answer_row answer;
};

static struct keeping *keeping_create(ny_registry_done_fn fn, void *ctx)
{
    struct ny_arena *a = ny_arena_create(0);
    struct keeping *k = NY_ARENA_NEW(a, struct keeping);

    NY_ASSERT(k != NULL);
    *k = (struct keeping){.arena = a, .fn = fn, .ctx = ctx};
    return k;
}

static void keeping_done(void *ctx, ny_rc rc)
{
    struct keeping *k = ctx;
    struct ny_arena *a = k->arena;

    k->fn(k->ctx, rc);
    ny_arena_destroy(a);
}

ny_rc ny_registry_model_read(int32_t version, ny_str body, struct ny_match_model **out)
{
    struct ny_error err = {0};
    ny_rc rc = ny_match_model_parse(body, out, &err);

    if (rc != NY_OK) {
        ny_log(NY_LOG_ERROR, "model_unreadable", "version=%d why=%s", version,
               ny_log_safe(ny_str_from_c(err.text)));
    }
    return rc;
}

const struct ny_match_model *ny_registry_model(const struct ny_registry *r)
{
    return r->model;
}

static ny_rc model_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    const struct keeping *k = ctx;

    (void)r;
    ny_store_add_model(rows, &k->model);
    return NY_OK;
}

void ny_registry_model_add(struct ny_registry *r, const struct ny_model_row *row, ny_str who,
                           ny_registry_done_fn fn, void *ctx)
{
    static const struct work work = {"model add", model_decide, NULL, keeping_done};
    struct keeping *k = keeping_create(fn, ctx);

    k->model = *row;
    k->model.made_by = ny_arena_str(k->arena, row->made_by);
    k->model.body = ny_arena_str(k->arena, row->body);
    k->model.report = ny_arena_str(k->arena, row->report);
    ny_registry_work(r, &work, who, k);
}

static ny_rc rehearsed_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    const struct keeping *k = ctx;

    ny_store_set_rehearsal(rows, k->version, k->rehearsal);
    if (k->version != ny_match_model_version(r->model)) {
        ny_store_set_model_state(rows, k->version, NY_MODEL_STAGED);
    }
    return NY_OK;
}

void ny_registry_model_rehearsed(struct ny_registry *r, int32_t version, ny_str rehearsal,
                                 ny_str who, ny_registry_done_fn fn, void *ctx)
{
    static const struct work work = {"model stage", rehearsed_decide, NULL, keeping_done};
    struct keeping *k = keeping_create(fn, ctx);

    k->version = version;
    k->rehearsal = ny_arena_str(k->arena, rehearsal);
    ny_registry_work(r, &work, who, k);
}

static ny_rc calibration_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    const struct keeping *k = ctx;

    (void)r;
    ny_store_add_calibration(rows, &k->calibration);
    return NY_OK;
}

void ny_registry_calibration_keep(struct ny_registry *r, ny_str body)
{
    ny_arena_destroy(r->calibration_arena);
    r->calibration_arena = ny_arena_create(0);
    r->calibration = ny_arena_str(r->calibration_arena, body);
}

ny_str ny_registry_calibration(const struct ny_registry *r)
{
    return r->calibration;
}

static void calibration_confirmed(struct ny_registry *r, void *ctx)
{
    const struct keeping *k = ctx;

    ny_registry_calibration_keep(r, k->calibration.body);
}

void ny_registry_calibration_add(struct ny_registry *r, const struct ny_calibration_row *row,
                                 ny_str who, ny_registry_done_fn fn, void *ctx)
{
    static const struct work work = {"calibration", calibration_decide, calibration_confirmed,
                                     keeping_done};
    struct keeping *k = keeping_create(fn, ctx);

    k->calibration = *row;
    k->calibration.body = ny_arena_str(k->arena, row->body);
    ny_registry_work(r, &work, who, k);
}

static ny_rc labels_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    const struct keeping *k = ctx;

    (void)r;
    for (size_t i = 0; i < k->n_labels; i++) {
        ny_store_add_label(rows, &k->labels[i]);
    }
    return NY_OK;
}

void ny_registry_labels_add(struct ny_registry *r, const struct ny_label_row *rows, size_t n,
                            ny_str who, ny_registry_done_fn fn, void *ctx)
{
    static const struct work work = {"label draw", labels_decide, NULL, keeping_done};
    struct keeping *k = keeping_create(fn, ctx);

    k->labels = NY_ARENA_ARRAY(k->arena, struct ny_label_row, n);
    NY_ASSERT(k->labels != NULL);
    if (n > 0) {
        memcpy(k->labels, rows, n * sizeof(*rows));
    }
    k->n_labels = n;
    ny_registry_work(r, &work, who, k);
}

static ny_rc answer_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    const struct keeping *k = ctx;

    (void)r;
    ny_store_add_label_answer(rows, &k->answer);
    return NY_OK;
}

void ny_registry_label_answer(struct ny_registry *r, const struct ny_label_answer_row *row,
                              ny_registry_done_fn fn, void *ctx)
{
    static const struct work work = {"label answer", answer_decide, NULL, keeping_done};
    struct keeping *k = keeping_create(fn, ctx);

    k->answer = *row;
    k->answer.who = ny_arena_str(k->arena, row->who);
    ny_registry_work(r, &work, k->answer.who, k);
}

void ny_registry_view(struct ny_registry *r, enum ny_store_view view, int32_t arg,
                      void (*fn)(void *ctx, ny_rc rc, ny_str json), void *ctx)
{
    ny_rc rc = ny_store_view(r->store, view, arg, fn, ctx);

    if (rc != NY_OK) {
        fn(ctx, rc, NY_STR_NONE);
    }
}
