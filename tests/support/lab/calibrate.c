/* Calibration of a world whose truth is known: does the bound cover what is really wrong? */

#include "lab.h"

#include <stdlib.h>

#include "nayose/learn_calibrate.h"
#include "nayose/registry_models.h"

struct truth {
    uint64_t linked, wrong; /* pairs in one group, and of these two people */
};

static int by_group(const void *pa, const void *pb)
{
    const struct lab_record *a = *(const struct lab_record *const *)pa;
    const struct lab_record *b = *(const struct lab_record *const *)pb;

    return a->group != b->group ? (a->group < b->group ? -1 : 1) : a < b ? -1 : a > b;
}

static struct truth truth_count(const struct lab_world *w)
{
    const struct lab_record **sorted = ny_calloc(w->n, sizeof(*sorted));
    struct truth t = {0, 0};
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++) {
        if (w->records[i].identity != 0) {
            sorted[n++] = &w->records[i];
        }
    }
    qsort(sorted, n, sizeof(*sorted), by_group);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n && sorted[k]->group == sorted[i]->group; k++) {
            t.linked++;
            t.wrong += sorted[k]->person != sorted[i]->person;
        }
    }
    ny_free(sorted);
    return t;
}

/* Two of three clerks are wrong, who know the truth and slip in some percent of their answers. */
static bool is_slip(const struct ny_learn_decision *l, uint64_t seed, uint32_t slips_percent)
{
    uint32_t slips = 0;

    for (uint32_t clerk = 0; clerk < 3; clerk++) {
        uint32_t answer[3] = {l->a, l->b, clerk};
        uint64_t dice = ny_hash64_seeded(ny_str_of((const char *)answer, sizeof(answer)), seed);

        slips += dice % 100 < slips_percent;
    }
    return slips >= 2;
}

static void answer(const struct lab_world *w, uint64_t seed, uint32_t slips_percent,
                   struct ny_learn_decision *l, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct lab_record *a = &w->records[w->record_of[l[i].a]];
        const struct lab_record *b = &w->records[w->record_of[l[i].b]];

        l[i].same = (a->person == b->person) != is_slip(&l[i], seed, slips_percent);
    }
}

static void result_print(const struct ny_calibration *c)
{
    printf("  estimate %.2e   bound %.2e   decoys %llu of %llu tries (%llu own)   facility %llu, "
           "%llu namesakes, %llu judged, %llu different, x %.1f, x %.1f   model %.1e%s   margin "
           "%llu up to %.1f bits, %llu labelled, %llu different, %llu needed   best %.2f bits\n",
           c->estimate, c->bound, (unsigned long long)c->decoy.hits,
           (unsigned long long)c->decoy.tries, (unsigned long long)c->decoy_excluded,
           (unsigned long long)c->facility_hits, (unsigned long long)c->facility_namesakes,
           (unsigned long long)c->facility_judged, (unsigned long long)c->facility_different,
           c->exposure_ratio, c->exposure_namesakes, c->model_mean,
           c->meters_agree ? "" : " (disagrees)", (unsigned long long)c->margin_links,
           c->margin_to_b1024 / 1024.0, (unsigned long long)c->margin_labelled,
           (unsigned long long)c->margin_different, (unsigned long long)c->labels_needed,
           c->tau_found ? c->tau_best_b1024 / 1024.0 : 0.0);
}

void lab_coverage_print(const struct lab_coverage *sums, FILE *to)
{
    double links = sums->links > 0 ? (double)sums->links : 1;

    (void)fprintf(to,
                  "%llu links, %llu false: %.2e   estimates %.2e   bounds %.2e, all on average\n"
                  "covered %llu of %llu\n",
                  (unsigned long long)sums->links, (unsigned long long)sums->wrong,
                  (double)sums->wrong / links, sums->estimated / links, sums->bounded / links,
                  (unsigned long long)sums->covered, (unsigned long long)sums->registries);
}

void lab_calibrate(struct lab_world *w, const struct lab_calibration *o, uint64_t seed,
                   struct lab_coverage *sums)
{
    struct ny_index *ix = ny_registry_index(w->registry);
    const struct ny_match_model *m = ny_registry_model(w->registry);
    struct ny_learn_decision *labels = ny_calloc(o->labels + 1, sizeof(*labels));
    struct ny_calibration_options options;
    struct ny_calibration c;
    struct truth t = truth_count(w);
    double rate = t.linked > 0 ? (double)t.wrong / (double)t.linked : 0;
    size_t n = 0;
    bool covered;

    ny_calibration_options_default(&options);
    options.seed = seed;
    options.records = o->records;
    NY_ASSERT(ny_calibration_draw(ix, m, NULL, 0, &options, o->labels, labels, &n) == NY_OK);
    answer(w, seed, o->slips_percent, labels, n);
    NY_ASSERT(ny_calibrate(ix, m, labels, n, &options, &c) == NY_OK);
    covered = rate <= c.bound;
    printf("seed %llu: %llu links, %llu false, rate %.2e: %s\n", (unsigned long long)seed,
           (unsigned long long)t.linked, (unsigned long long)t.wrong, rate,
           covered ? "covered" : "NOT COVERED");
    result_print(&c);
    ny_free(labels);
    sums->registries++;
    sums->covered += covered;
    sums->links += t.linked;
    sums->wrong += t.wrong;
    sums->estimated += c.estimate * (double)t.linked;
    sums->bounded += c.bound * (double)t.linked;
}
