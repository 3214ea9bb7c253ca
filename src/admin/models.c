/* Model versions, calibrations and labels; and the study that is under way for one of them. */

#include "nayose/study.h"

#include "admin_priv.h"

enum { HISTORY = 60, DRAW_MAX = 5000, SAMPLE_MAX = 1000000 };

/* ---- studies ---- */

static json_t *job_json(const struct ny_study *s)
{
    struct ny_study_view v;

    ny_study_look(s, &v);
    return json_pack("{s:s, s:s, s:i, s:f, s:s, s:o, s:o, s:s}", "kind", ny_study_kind_name(v.kind),
                     "state", ny_study_state_name(v.state), "version", v.version, "progress",
                     v.progress, "step", v.step, "started_at", ny_admin_time(v.started_us),
                     "ended_at", ny_admin_time(v.ended_us), "why", v.why);
}

void ny_admin_jobs(struct request *q)
{
    struct ny_study_view v;
    json_t *jobs = json_array();

    ny_study_look(q->admin->cfg.study, &v);
    if (v.state != NY_STUDY_NONE) {
        json_array_append_new(jobs, job_json(q->admin->cfg.study));
    }
    ny_admin_json(q, 200, json_pack("{s:o}", "jobs", jobs));
}

bool ny_admin_body_number(struct request *q, const json_t *o, const char *key, int64_t missing,
                          int64_t max, int64_t *out)
{
    const json_t *v = json_object_get(o, key);
    ny_str why;

    *out = missing;
    if (v == NULL) {
        return true;
    }
    *out = json_integer_value(v);
    if (json_is_integer(v) && *out >= 0 && *out <= max) {
        return true;
    }
    why = ny_arena_printf(q->call->arena, "%s is not a number from 0 to %lld", key, (long long)max);
    ny_admin_fail(q, 400, why.p != NULL ? why.p : "", "");
    return false;
}

void ny_admin_study_start(struct request *q, struct ny_study_order *order)
{
    ny_rc rc;

    order->who = q->call->user;
    rc = ny_study_start(q->admin->cfg.study, order);
    if (rc == NY_EAGAIN) {
        ny_admin_fail(q, 409, "another study, or a change of version, is under way",
                      "see: nayose model show");
    } else if (rc != NY_OK) {
        ny_admin_fail_rc(q, rc);
    } else {
        ny_admin_json(q, 202, json_pack("{s:o}", "job", job_json(q->admin->cfg.study)));
    }
}

/* Starts a study with what the body says of it. */
static void start_by_body(struct request *q, enum ny_study_kind kind, int64_t want_missing,
                          int64_t want_max)
{
    json_t *o = ny_admin_body_object(q);
    struct ny_study_order order = {.kind = kind};
    int64_t version = 0;
    int64_t seed = 0;
    int64_t want = 0;
    bool ok = o != NULL && ny_admin_body_number(q, o, "version", 0, INT32_MAX, &version) &&
              ny_admin_body_number(q, o, "seed", 1, INT64_MAX, &seed) &&
              ny_admin_body_number(q, o, "records", want_missing, want_max, &want);

    if (ok && kind == NY_STUDY_TRAIN && json_is_true(json_object_get(o, "recount"))) {
        order.kind = NY_STUDY_RECOUNT;
    }
    json_decref(o);
    if (!ok) {
        return;
    }
    order.version = (int32_t)version;
    order.seed = (uint64_t)seed;
    order.want = (uint32_t)want;
    if (version == 0 && (kind == NY_STUDY_REHEARSE || kind == NY_STUDY_ACTIVATE)) {
        ny_admin_fail(q, 400, "version is missing", "see: nayose model show");
        return;
    }
    ny_admin_study_start(q, &order);
}

void ny_admin_models_train(struct request *q)
{
    start_by_body(q, NY_STUDY_TRAIN, 0, 0);
}

void ny_admin_models_stage(struct request *q)
{
    start_by_body(q, NY_STUDY_REHEARSE, 0, 0);
}

void ny_admin_models_activate(struct request *q)
{
    start_by_body(q, NY_STUDY_ACTIVATE, 0, 0);
}

void ny_admin_calibration_post(struct request *q)
{
    start_by_body(q, NY_STUDY_CALIBRATE, 0, SAMPLE_MAX);
}

void ny_admin_labels_draw(struct request *q)
{
    start_by_body(q, NY_STUDY_DRAW, 100, DRAW_MAX);
}

/* ---- what is stored ---- */

/* Stored JSON goes out as it is; some of it names patients, so its reading is audited. */
static void on_view(void *ctx, ny_rc rc, ny_str text)
{
    struct request *q = ctx;
    struct access what = {.decision = "models"};
    json_t *body;

    if (rc != NY_OK) {
        ny_admin_fail_rc(q, rc);
        return;
    }
    body = json_loadb(text.p, text.n, JSON_DECODE_ANY, NULL);
    if (body == NULL) {
        ny_admin_fail(q, 500, "what is stored cannot be read", "");
    } else if (json_is_null(body)) {
        json_decref(body);
        ny_admin_fail(q, 404, "there is no such version", "see: nayose model show");
    } else {
        ny_admin_json_audited(q, &what, body);
    }
}

void ny_admin_models_get(struct request *q)
{
    ny_registry_view(q->registry, NY_VIEW_MODELS, 0, on_view, q);
}

/* The parameter version; the active one when it is absent. */
static bool param_version(struct request *q, int32_t *out)
{
    int64_t v = ny_match_model_version(ny_registry_model(q->registry));
    ny_str text;

    if (!ny_admin_param(q, "version", &text)) {
        return false;
    }
    if (!ny_str_is_empty(text) && ny_str_to_i64(text, 1, INT32_MAX, &v) != NY_OK) {
        ny_admin_fail(q, 400, "version is not a number", "see: nayose model show");
        return false;
    }
    *out = (int32_t)v;
    return true;
}

void ny_admin_model_get(struct request *q)
{
    int32_t version;

    if (param_version(q, &version)) {
        ny_registry_view(q->registry, NY_VIEW_MODEL, version, on_view, q);
    }
}

void ny_admin_calibration_get(struct request *q)
{
    ny_registry_view(q->registry, NY_VIEW_CALIBRATIONS, HISTORY, on_view, q);
}

void ny_admin_labels_get(struct request *q)
{
    int32_t version;

    if (param_version(q, &version)) {
        ny_registry_view(q->registry, NY_VIEW_LABELS, version, on_view, q);
    }
}

/* ---- a clerk's word about a drawn link ---- */

static void on_answered(void *ctx, ny_rc rc)
{
    struct request *q = ctx;

    if (rc != NY_OK) {
        ny_admin_fail_rc(q, rc);
    } else {
        ny_admin_json(q, 200, json_pack("{s:s}", "result", "kept"));
    }
}

/* A member "NS^ID" of the body as the number of an identity; 0 and answered when it is none. */
static uint32_t body_identity(struct request *q, const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    const struct ny_domain *domain;
    uint32_t number = 0;
    ny_str id;

    if (json_is_string(v) &&
        ny_admin_identity(q, ny_str_of(json_string_value(v), json_string_length(v)), &domain,
                          &id) == NY_OK) {
        number = ny_registry_identity_number(q->registry, domain, id);
    }
    if (number == 0) {
        ny_admin_fail(q, 404, "a and b have to be known as DOMAIN^ID", "see: nayose label list");
    }
    return number;
}

void ny_admin_labels_answer(struct request *q)
{
    json_t *o = ny_admin_body_object(q);
    struct ny_label_answer_row row = {.who = q->call->user};
    const json_t *same;

    if (o == NULL) {
        return;
    }
    same = json_object_get(o, "same");
    row.same = json_is_true(same);
    row.label.model = ny_match_model_version(ny_registry_model(q->registry));
    row.label.at_us = ny_clock_now_us();
    row.label.a = body_identity(q, o, "a");
    row.label.b = row.label.a != 0 ? body_identity(q, o, "b") : 0;
    if (row.label.b != 0 && !json_is_boolean(same)) {
        ny_admin_fail(q, 400, "same is neither true nor false", "");
    } else if (row.label.b != 0) {
        ny_registry_label_answer(q->registry, &row, on_answered, q);
    }
    json_decref(o);
}
