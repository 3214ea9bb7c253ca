/* One run of the meters, and the drawing of pairs to label. */

#include "nayose/learn_calibrate.h"

#include <stdlib.h>

#include "calibrate_priv.h"

void ny_calibration_options_default(struct ny_calibration_options *o)
{
    *o = (struct ny_calibration_options){
        .seed = 1, .records = 100000, .shifts = 100, .target = 1e-5};
}

static void run_init(struct cal_run *r, struct ny_index *ix, const struct ny_match_model *m,
                     const struct ny_learn_decision *labels, size_t n_labels,
                     const struct ny_calibration_options *o, struct ny_calibration *out)
{
    *r = (struct cal_run){.ix = ix,
                          .m = m,
                          .o = o,
                          .out = out,
                          .arena = ny_arena_create(0),
                          .scratch = ny_arena_create(0)};
    NY_ASSERT(o->shifts >= 2 && o->shifts <= 100 && o->records > 0);
    *out = (struct ny_calibration){.model_version = ny_match_model_version(m),
                                   .tau_b1024 = ny_match_model_tau_b1024(m),
                                   .seed = o->seed,
                                   .target = o->target};
    cal_labels_sort(r, labels, n_labels);
    cal_curve_begin(r);
}

static void run_finish(struct cal_run *r)
{
    cal_prints_free(r);
    ny_free(r->links.v);
    ny_free(r->gained.v);
    ny_free(r->hits);
    ny_free(r->labels);
    ny_arena_destroy(r->arena);
    ny_arena_destroy(r->scratch);
}

/* Runs one step that is `span` of the work. */
static bool step(struct cal_run *r, bool (*fn)(struct cal_run *r), double span)
{
    bool goes_on;

    r->span = span;
    goes_on = cal_go_on(r, 0) && fn(r);
    r->done += span;
    return goes_on;
}

ny_rc ny_calibrate(struct ny_index *ix, const struct ny_match_model *m,
                   const struct ny_learn_decision *labels, size_t n_labels,
                   const struct ny_calibration_options *o, struct ny_calibration *out)
{
    struct ny_calibration *c = ny_malloc(sizeof(*c));
    struct cal_run r;
    bool done;

    run_init(&r, ix, m, labels, n_labels, o, c);
    done = step(&r, cal_prints_take, .02) && step(&r, cal_links_find, .04) &&
           step(&r, cal_facility_find, .02) && step(&r, cal_exposure, .02) &&
           step(&r, cal_decoys_try, .9);
    if (done) {
        cal_conclude(&r);
        *out = *c;
    }
    run_finish(&r);
    ny_free(c);
    return done ? NY_OK : NY_EAGAIN;
}

/* ---- drawing ---- */

struct ticket {
    uint64_t lot;
    uint32_t a, b;
};

static int by_lot(const void *px, const void *py)
{
    const struct ticket *x = px;
    const struct ticket *y = py;

    if (x->lot != y->lot) {
        return x->lot < y->lot ? -1 : 1;
    }
    return 0;
}

struct tickets {
    struct ticket *v;
    size_t n;
};

static void ticket_add(const struct cal_run *r, struct tickets *t, uint32_t a, uint32_t b)
{
    if (cal_label(r, a, b) == NULL) {
        t->v[t->n++] = (struct ticket){cal_lot(r->o->seed, a, b), a, b};
    }
}

/* Moves at most max tickets, the smallest lots first, behind out[*n]. */
static void tickets_draw(struct tickets *t, size_t max, struct ny_learn_decision *out, size_t *n)
{
    if (t->n > 1) {
        qsort(t->v, t->n, sizeof(*t->v), by_lot);
    }
    for (size_t i = 0; i < t->n && i < max; i++) {
        out[(*n)++] = (struct ny_learn_decision){t->v[i].a, t->v[i].b, false};
    }
    t->n = 0;
}

static void draw(struct cal_run *r, size_t want, struct ny_learn_decision *out, size_t *n)
{
    size_t most = r->n_hits > r->links.n ? r->n_hits : r->links.n;
    struct tickets t = {.v = ny_malloc(ny_mul_size(most + 1, sizeof(*t.v)))};

    *n = 0;
    for (size_t i = 0; i < r->n_hits; i++) {
        const struct cal_facility_hit *h = &r->hits[i];
        struct cal_link l = {h->a, h->b, h->strength_b1024};
        bool linked = ny_index_person_of(r->ix, h->a) == ny_index_person_of(r->ix, h->b);

        /* what is in the margin has its chance there, and no other: it stays a fair sample */
        if (!h->judged && h->strength_b1024 >= r->out->tau_b1024 &&
            !(linked && cal_is_in_margin(r, &l))) {
            ticket_add(r, &t, h->a, h->b);
        }
    }
    tickets_draw(&t, want / 5, out, n);
    for (size_t i = 0; i < r->links.n; i++) {
        if (cal_is_in_margin(r, &r->links.v[i])) {
            ticket_add(r, &t, r->links.v[i].a, r->links.v[i].b);
        }
    }
    tickets_draw(&t, want - *n, out, n);
    ny_free(t.v);
}

ny_rc ny_calibration_draw(struct ny_index *ix, const struct ny_match_model *m,
                          const struct ny_learn_decision *labels, size_t n_labels,
                          const struct ny_calibration_options *o, size_t want,
                          struct ny_learn_decision *out, size_t *out_n)
{
    struct ny_calibration *c = ny_malloc(sizeof(*c));
    struct cal_run r;
    bool done;

    run_init(&r, ix, m, labels, n_labels, o, c);
    done = step(&r, cal_links_find, .7) && step(&r, cal_facility_find, .3);
    if (done) {
        draw(&r, want, out, out_n);
    }
    run_finish(&r);
    ny_free(c);
    return done ? NY_OK : NY_EAGAIN;
}
