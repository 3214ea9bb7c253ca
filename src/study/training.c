/* A new model version from the registry and from what clerks decided. */

#include "study_priv.h"

static bool on_learning(void *ctx, enum ny_learn_step step, size_t done, size_t total)
{
    static const struct {
        const char *name;
        double from, to;
    } steps[] = {
        [NY_LEARN_COUNT] = {"counting",          .10, .20},
        [NY_LEARN_KEYS] = {"keys",              .20, .30},
        [NY_LEARN_DRAW] = {"random pairs",      .30, .60},
        [NY_LEARN_PAIR] = {"pairs of families", .60, .90},
        [NY_LEARN_FIT] = {"fitting",           .90, 1.0},
    };

    return ny_job_tell(ctx, steps[step].name, steps[step].from, steps[step].to, done, total);
}

/* The version and its report as texts in the job's arena. */
static bool keep_version(struct job *j, const struct ny_match_model *m,
                         const struct ny_learn_report *report)
{
    struct ny_buf body;
    struct ny_buf told;

    ny_buf_init(&body, j->arena);
    ny_buf_init(&told, j->arena);
    return ny_match_model_write(m, &body) == NY_OK && ny_buf_end(&body, &j->row.body) == NY_OK &&
           ny_learn_report_write(report, &told) == NY_OK &&
           ny_buf_end(&told, &j->row.report) == NY_OK;
}

/* Why a version was refused, in one sentence. */
static void refuse(struct job *j, const struct ny_learn_report *report)
{
    const struct ny_learn_refusal *r = &report->refusal[0];

    j->state = NY_STUDY_REFUSED;
    (void)ny_fail(&j->err, NY_ECONFLICT, "%s%s%s (%.4g, limit %.4g; %zu reasons in all)",
                  ny_learn_reason_text(r->reason), r->level != NY_LEVEL_NONE ? ": level " : "",
                  r->level != NY_LEVEL_NONE ? ny_level_name(r->level) : "", r->value, r->limit,
                  report->n_refusals);
}

static void train(struct job *j, const struct ny_snapshot *s, int32_t version,
                  const struct ny_learn_decisions *told)
{
    const struct ny_match_settings *settings = j->registry_config->settings;
    struct ny_learn_report *report = ny_calloc(1, sizeof(*report));
    struct ny_match_model *m = NULL;
    const struct ny_learn_options o = {
        .version = version,
        .population = settings != NULL ? settings->population : 0,
        .seed = j->seed,
        .today = (int32_t)(ny_clock_now_us() / (86400 * NY_US_PER_SECOND)),
        .counts_only = j->kind == NY_STUDY_RECOUNT,
        .decisions = *told,
        .progress = on_learning,
        .ctx = j,
    };

    switch (ny_learn_train(s->index, s->active, &o, &m, report)) {
    case NY_LEARN_DONE:
        j->version = version;
        j->row = (struct ny_model_row){.version = version,
                                       .state = NY_MODEL_MADE,
                                       .made_from = ny_match_model_version(s->active),
                                       .made_by = ny_str_from_c(j->who)};
        j->state = NY_STUDY_DONE;
        if (!keep_version(j, m, report)) {
            ny_job_fail(j, NY_ELIMIT, "the version cannot be written");
        }
        break;
    case NY_LEARN_REFUSED:
        refuse(j, report);
        break;
    case NY_LEARN_STOPPED:
        ny_job_fail(j, NY_EAGAIN, "stopped");
        break;
    }
    ny_match_model_destroy(m);
    ny_free(report);
}

void ny_job_train(struct job *j)
{
    const struct ny_registry_snapshot_options o = {0};
    struct ny_match_model *newest = ny_job_model(j, 0);
    struct ny_learn_decisions told = {0};
    struct ny_learn_decision *decisions = NULL;
    struct ny_snapshot s;
    ny_rc rc = NY_OK;

    if (newest != NULL && ny_job_snapshot(j, &o, &s)) {
        if (j->kind == NY_STUDY_TRAIN) {
            rc = ny_study_voices(j, &s, &decisions, &told);
        }
        if (rc == NY_OK) {
            train(j, &s, ny_match_model_version(newest) + 1, &told);
        } else {
            ny_job_fail(j, rc, "what clerks decided cannot be read");
        }
        ny_free(decisions);
        ny_snapshot_release(&s);
    }
    ny_match_model_destroy(newest);
}
