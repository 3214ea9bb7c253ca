/* One study at a time: its thread, and what becomes of its result. */

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "nayose/net.h"
#include "nayose/registry_rebuild.h"

#include "study_priv.h"

struct ny_study {
    struct ny_study_config cfg;
    struct job *job; /* the last one, NULL = none yet */
    pthread_t thread;
    bool has_thread;
};

static const struct {
    const char *name;
    void (*run)(struct job *j);
} kinds[NY_STUDY_KIND_COUNT] = {
    [NY_STUDY_TRAIN] = {"train",     ny_job_train    },
    [NY_STUDY_RECOUNT] = {"recount",   ny_job_train    },
    [NY_STUDY_REHEARSE] = {"stage",     ny_job_rehearse },
    [NY_STUDY_ACTIVATE] = {"activate",  ny_job_activate },
    [NY_STUDY_CALIBRATE] = {"calibrate", ny_job_calibrate},
    [NY_STUDY_DRAW] = {"draw",      ny_job_draw     },
    [NY_STUDY_REPORT] = {"report",    ny_job_report   },
    [NY_STUDY_REBUILD] = {"rebuild",   ny_job_rebuild  },
};

const char *ny_study_kind_name(enum ny_study_kind k)
{
    return kinds[k].name;
}

const char *ny_study_state_name(enum ny_study_state s)
{
    static const char *const names[] = {"none", "running", "keeping", "done", "refused", "failed"};

    return names[s];
}

/* ---- in the worker ---- */

/* Feeds go first: the worker takes what they leave. */
static void *work(void *ctx)
{
    struct job *j = ctx;

    ny_counters_mute(true);
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), 10);
    kinds[j->kind].run(j);
    ny_wake_send(j->wake);
    return NULL;
}

bool ny_job_tell(struct job *j, const char *step, double from, double to, size_t done, size_t total)
{
    double share = total > 0 ? (double)done / (double)total : 0;

    atomic_store(&j->step, step);
    atomic_store(&j->per_mille, (int)((from + (to - from) * share) * 1000));
    return !atomic_load(&j->stop);
}

void ny_job_fail(struct job *j, ny_rc rc, const char *what)
{
    j->state = NY_STUDY_FAILED;
    if (j->err.text[0] == '\0') {
        (void)ny_fail(&j->err, rc, "%s: %s", what, ny_rc_text(rc));
    }
}

void ny_job_end(struct job *j, bool done)
{
    if (done) {
        j->state = NY_STUDY_DONE;
    } else if (j->state != NY_STUDY_FAILED) {
        ny_job_fail(j, NY_EAGAIN, "stopped");
    }
}

bool ny_job_snapshot(struct job *j, const struct ny_registry_snapshot_options *o,
                     struct ny_snapshot *out)
{
    ny_rc rc;

    (void)ny_job_tell(j, "loading", 0, 0, 0, 0);
    rc = ny_snapshot_take(j->registry_config, o, out, &j->err);
    if (rc != NY_OK) {
        ny_job_fail(j, rc, "the registry cannot be loaded");
    }
    return rc == NY_OK;
}

static ny_rc on_model(void *ctx, int32_t version, ny_str body)
{
    return ny_registry_model_read(version, body, ctx);
}

struct ny_match_model *ny_job_model(struct job *j, int32_t version)
{
    struct ny_match_model *m = NULL;
    ny_rc rc = ny_store_load_model(j->registry_config->store, version, on_model, &m, &j->err);

    if (rc != NY_OK) {
        ny_job_fail(j, rc, "the version cannot be read");
    }
    return m;
}

void ny_job_report(struct job *j)
{
    ny_rc rc;

    (void)ny_job_tell(j, "reading", 0, 0, 0, 0);
    rc = ny_store_load_report(j->registry_config->store, j->report, (int32_t)j->want, j->arena,
                              &j->json, &j->err);
    j->state = NY_STUDY_DONE;
    if (rc != NY_OK) {
        ny_job_fail(j, rc, "the report cannot be made");
    }
}

void ny_job_activate(struct job *j)
{
    j->model = ny_job_model(j, j->version);
    if (j->model != NULL) {
        j->state = NY_STUDY_DONE;
    }
}

/* ---- on the loop ---- */

static void job_destroy(struct job *j)
{
    if (j != NULL) {
        ny_match_model_destroy(j->model);
        ny_wake_destroy(j->wake);
        ny_arena_destroy(j->arena);
        ny_free(j);
    }
}

static void on_kept(void *ctx, ny_rc rc)
{
    struct job *j = ctx;

    j->ended_us = ny_clock_now_us();
    j->state = NY_STUDY_DONE;
    if (rc == NY_ECONFLICT && j->kind == NY_STUDY_ACTIVATE) {
        j->state = NY_STUDY_REFUSED;
        (void)ny_fail(&j->err, rc, "the version is active already, or another change is under way");
    } else if (rc != NY_OK) {
        ny_job_fail(j, rc, "the result cannot be kept");
    }
    ny_log(NY_LOG_INFO, "study_ended", "kind=%s state=%s version=%d ms=%lld", kinds[j->kind].name,
           ny_study_state_name(j->state), j->version,
           (long long)(j->ended_us - j->started_us) / 1000);
}

/* A rebuild that was asked to mend what it found, and found something. */
static bool mends(const struct job *j)
{
    return j->apply && j->found.n > 0;
}

/* Hands what was found to the registry. */
static void keep(struct ny_study *s, struct job *j)
{
    struct ny_registry *r = s->cfg.registry;
    ny_str who = ny_str_from_c(j->who);
    struct ny_match_model *model = j->model;
    const struct ny_calibration_row calibration = {ny_clock_now_us(), j->version, j->json};

    j->state = NY_STUDY_KEEPING;
    j->model = NULL;
    switch (j->kind) {
    case NY_STUDY_TRAIN:
    case NY_STUDY_RECOUNT:
        ny_registry_model_add(r, &j->row, who, on_kept, j);
        break;
    case NY_STUDY_REHEARSE:
        ny_registry_model_rehearsed(r, j->version, j->json, who, on_kept, j);
        break;
    case NY_STUDY_ACTIVATE:
        ny_registry_model_activate(r, model, who, on_kept, j);
        break;
    case NY_STUDY_CALIBRATE:
        ny_registry_calibration_add(r, &calibration, who, on_kept, j);
        break;
    case NY_STUDY_DRAW:
        ny_registry_labels_add(r, j->labels, j->n_labels, who, on_kept, j);
        break;
    case NY_STUDY_REPORT:
        on_kept(j, NY_OK); /* stays here, for who asked */
        break;
    case NY_STUDY_REBUILD:
        if (mends(j)) {
            ny_registry_rebuild(r, &j->found, who, on_kept, j);
        } else {
            on_kept(j, NY_OK);
        }
        break;
    case NY_STUDY_KIND_COUNT:
        break;
    }
}

static void thread_join(struct ny_study *s)
{
    if (s->has_thread) {
        pthread_join(s->thread, NULL);
        s->has_thread = false;
    }
}

static void on_wake(void *ctx)
{
    struct ny_study *s = ctx;

    thread_join(s);
    if (s->job->state == NY_STUDY_DONE) {
        keep(s, s->job);
    } else {
        s->job->ended_us = ny_clock_now_us();
        ny_log(s->job->state == NY_STUDY_REFUSED ? NY_LOG_WARN : NY_LOG_ERROR, "study_ended",
               "kind=%s state=%s why=%s", kinds[s->job->kind].name,
               ny_study_state_name(s->job->state), ny_log_safe(ny_str_from_c(s->job->err.text)));
    }
}

static bool is_busy(const struct ny_study *s)
{
    struct ny_rollout_progress p;

    ny_registry_rollout_progress(s->cfg.registry, &p);
    return p.under_way || s->has_thread || (s->job != NULL && s->job->state == NY_STUDY_KEEPING);
}

ny_rc ny_study_start(struct ny_study *s, const struct ny_study_order *order)
{
    struct job *j;

    if (!ny_registry_is_ready(s->cfg.registry)) {
        return NY_EDB;
    }
    if (is_busy(s)) {
        return NY_EAGAIN;
    }
    job_destroy(s->job);
    s->job = j = ny_calloc(1, sizeof(*j));
    j->kind = order->kind;
    j->version = order->version;
    j->seed = order->seed;
    j->want = order->want;
    j->report = order->report;
    j->apply = order->apply;
    j->messages = &s->cfg.messages;
    snprintf(j->who, sizeof(j->who), "%.*s", NY_ARG(order->who));
    j->registry_config = s->cfg.registry_config;
    j->started_us = ny_clock_now_us();
    j->arena = ny_arena_create(0);
    j->wake = ny_wake_create(s->cfg.loop, on_wake, s);
    j->state = NY_STUDY_RUNNING;
    atomic_store(&j->step, "starting");
    if (pthread_create(&s->thread, NULL, work, j) != 0) {
        ny_job_fail(j, NY_EAGAIN, "a thread cannot be started");
        return NY_EAGAIN;
    }
    s->has_thread = true;
    return NY_OK;
}

ny_str ny_study_report(const struct ny_study *s)
{
    const struct job *j = s->job;

    return j != NULL && j->kind == NY_STUDY_REPORT && !s->has_thread && j->state == NY_STUDY_DONE
               ? j->json
               : NY_STR_NONE;
}

bool ny_study_rebuild(const struct ny_study *s, struct ny_study_rebuild *out)
{
    const struct job *j = s->job;

    if (j == NULL || j->kind != NY_STUDY_REBUILD || s->has_thread || j->state != NY_STUDY_DONE) {
        return false;
    }
    *out = (struct ny_study_rebuild){.summary = j->json,
                                     .differences = j->differences,
                                     .n = j->n_differences,
                                     .applied = mends(j)};
    for (size_t i = 0; i < j->found.n; i++) {
        out->late += j->found.rows[i].late;
    }
    return true;
}

void ny_study_look(const struct ny_study *s, struct ny_study_view *out)
{
    const struct job *j = s->job;
    struct ny_rollout_progress p;
    size_t done;
    size_t total;

    *out = (struct ny_study_view){.state = NY_STUDY_NONE, .step = "", .why = ""};
    if (j == NULL) {
        return;
    }
    *out = (struct ny_study_view){
        .kind = j->kind,
        .state = s->has_thread ? NY_STUDY_RUNNING : j->state,
        .version = j->version,
        .progress = atomic_load(&j->per_mille) / 1000.0,
        .step = atomic_load(&j->step),
        .started_us = j->started_us,
        .ended_us = j->ended_us,
        .why = s->has_thread ? "" : j->err.text,
    };
    if (j->kind == NY_STUDY_REBUILD &&
        ny_registry_rebuild_progress(s->cfg.registry, &done, &total)) {
        out->step = "mending";
        out->progress = total > 0 ? (double)done / (double)total : 0;
    }
    ny_registry_rollout_progress(s->cfg.registry, &p);
    if (p.under_way && j->kind == NY_STUDY_ACTIVATE) {
        out->state = NY_STUDY_KEEPING;
        out->step = "grouping anew";
        out->progress = p.total > 0 ? (double)p.done / (double)p.total : 0;
    } else if (out->state == NY_STUDY_DONE) {
        out->progress = 1;
    }
}

struct ny_study *ny_study_create(const struct ny_study_config *cfg)
{
    struct ny_study *s = ny_calloc(1, sizeof(*s));

    s->cfg = *cfg;
    return s;
}

void ny_study_stop(struct ny_study *s)
{
    if (s != NULL && s->job != NULL) {
        atomic_store(&s->job->stop, true);
        thread_join(s);
    }
}

void ny_study_destroy(struct ny_study *s)
{
    if (s == NULL) {
        return;
    }
    ny_study_stop(s);
    job_destroy(s->job);
    ny_free(s);
}
