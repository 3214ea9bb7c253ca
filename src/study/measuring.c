/* What the links are worth, and links for clerks to judge. */

#include "study_priv.h"

struct labels {
    struct ny_learn_decision *v;
    size_t n, cap;
};

static ny_rc on_label(void *ctx, int64_t a, int64_t b, bool same)
{
    struct labels *l = ctx;

    if (l->n == l->cap) {
        l->cap = l->cap > 0 ? l->cap * 2 : 256;
        l->v = ny_realloc(l->v, ny_mul_size(l->cap, sizeof(*l->v)));
    }
    l->v[l->n++] = (struct ny_learn_decision){(uint32_t)a, (uint32_t)b, same};
    return NY_OK;
}

static bool on_measuring(void *ctx, double share)
{
    return ny_job_tell(ctx, "measuring", .1, 1, (size_t)(share * 1000), 1000);
}

static void measure(struct job *j, const struct ny_snapshot *s, const struct labels *l,
                    const struct ny_calibration_options *o)
{
    struct ny_calibration *c = ny_calloc(1, sizeof(*c));
    struct ny_buf told;
    ny_rc rc = ny_calibrate(s->index, s->model, l->v, l->n, o, c);

    ny_buf_init(&told, j->arena);
    rc = rc != NY_OK ? rc : ny_calibration_write(c, &told);
    rc = rc != NY_OK ? rc : ny_buf_end(&told, &j->json);
    j->state = NY_STUDY_DONE;
    if (rc != NY_OK) {
        ny_job_fail(j, rc, "the links cannot be measured");
    }
    ny_free(c);
}

static void draw(struct job *j, const struct ny_snapshot *s, const struct labels *l,
                 const struct ny_calibration_options *o)
{
    struct ny_learn_decision *drawn = ny_calloc((size_t)j->want + 1, sizeof(*drawn));
    ny_rc rc = ny_calibration_draw(s->index, s->model, l->v, l->n, o, j->want, drawn, &j->n_labels);

    j->labels = NY_ARENA_ARRAY(j->arena, struct ny_label_row, j->n_labels);
    j->state = NY_STUDY_DONE;
    if (rc != NY_OK || j->labels == NULL) {
        ny_job_fail(j, rc != NY_OK ? rc : NY_ELIMIT, "links cannot be drawn");
    }
    for (size_t i = 0; i < j->n_labels && j->state == NY_STUDY_DONE; i++) {
        j->labels[i] = (struct ny_label_row){drawn[i].a, drawn[i].b, j->version, ny_clock_now_us()};
    }
    ny_free(drawn);
}

/* Both want a snapshot, its version's labels and the same options. */
static void look_at_links(struct job *j, void (*look)(struct job *, const struct ny_snapshot *,
                                                      const struct labels *,
                                                      const struct ny_calibration_options *))
{
    const struct ny_registry_snapshot_options plain = {0};
    struct ny_calibration_options o;
    struct labels l = {0};
    struct ny_snapshot s;
    ny_rc rc;

    if (!ny_job_snapshot(j, &plain, &s)) {
        return;
    }
    j->version = ny_match_model_version(s.active);
    ny_calibration_options_default(&o);
    o.seed = j->seed;
    o.progress = on_measuring;
    o.ctx = j;
    if (j->kind == NY_STUDY_CALIBRATE && j->want > 0) {
        o.records = j->want;
    }
    rc = ny_store_load_labels(j->registry_config->store, j->version, on_label, &l, &j->err);
    if (rc == NY_OK) {
        look(j, &s, &l, &o);
    } else {
        ny_job_fail(j, rc, "labels cannot be read");
    }
    ny_free(l.v);
    ny_snapshot_release(&s);
}

void ny_job_calibrate(struct job *j)
{
    look_at_links(j, measure);
}

void ny_job_draw(struct job *j)
{
    look_at_links(j, draw);
}
