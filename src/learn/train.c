/* Training (4): counts, then pairs, then the fit; and whether the result may be used.
 *
 *   from ─▶ counts ─▶ hot values ─┬─▶ random pairs ─▶ uR ─▶ household pairs ─▶ uH ─▶ T1–T3 ─▶ m
 *                                 └─▶ (counts only) done               clerks' words ─▶ T1–T3 ─▶ m
 */

#include "learn_priv.h"

#include <stdlib.h>

bool ny_learn_goes_on(const struct learn *l, enum ny_learn_step step, size_t done, size_t total)
{
    return l->o->progress == NULL || l->o->progress(l->o->ctx, step, done, total);
}

struct ny_match_draft *ny_learn_open(const struct learn *l)
{
    return ny_match_draft_create(l->m);
}

void ny_learn_close(struct learn *l, struct ny_match_draft *d)
{
    ny_match_model_destroy(l->m);
    l->m = ny_match_draft_seal(d);
}

/* ---- the fit of the three classes ---- */

/* Levels that learning leaves alone keep what they had. */
static void numbers_start(const struct learn *l, struct fit_numbers *n)
{
    for (int k = NY_LEVEL_NONE + 1; k < NY_LEVEL_COUNT; k++) {
        struct ny_level_numbers v;

        if (ny_level_mode((enum ny_level)k) == NY_LEVEL_NONE) {
            ny_match_model_level(l->m, (enum ny_level)k, &v);
        } else {
            ny_match_level_start((enum ny_level)k, &v);
        }
        for (unsigned male = 0; male < 2; male++) {
            n->p[NY_CLASS_PERSON][k][male] = v.m[male];
            n->p[NY_CLASS_HOUSEHOLD][k][male] = v.h;
            n->p[NY_CLASS_UNRELATED][k][male] = v.u;
        }
    }
}

/* How the pairs of each block came together, and the shares to begin with: M, H, R. */
static const struct {
    unsigned skip;
    bool same_year;
    double share[NY_CLASS_COUNT];
} blocks[NY_LEARN_BLOCKS] = {
    [NY_BLOCK_T1] = {1U << NY_FIELD_GIVEN | 1U << NY_FIELD_BIRTH,                        false, {.5, .01, .49}          },
    [NY_BLOCK_T2] = {1U << NY_FIELD_SURNAME | 1U << NY_FIELD_GIVEN | 1U << NY_FIELD_SEX,
                     false,                                                                     {.5, .01, .49}          },
    [NY_BLOCK_T3] = {1U << NY_FIELD_PHONE,                                               true,  {.5, .4, .1}            },
    [NY_BLOCK_PHONE] = {1U << NY_FIELD_PHONE,                                               false, {.01, .9, .09}          },
    [NY_BLOCK_ADDRESS] = {1U << NY_FIELD_ADDRESS,                                             false, {.01, .9, .09}          },
    [NY_BLOCK_CARD] = {1U << NY_FIELD_INSURANCE,                                           false, {.01, .9, .09}          },
    [NY_LEARN_RANDOM] = {0,                                                                  false, {1e-6, 1e-5, 1 - 1.1e-5}},
};

/* Fits one class to blocks [first, last]; listens, hits as in struct fit. */
static void class_fit(struct learn *l, enum ny_learn_class c, bool listens, int first, int last,
                      const struct fit_numbers *start, struct fit_numbers *n,
                      double hits[NY_LEVEL_COUNT])
{
    struct fit_block b[NY_LEARN_BLOCKS] = {0};
    struct fit f = {.learn = c,
                    .listens = listens,
                    .error = l->words.error,
                    .blocks = b,
                    .n_blocks = (size_t)(last - first + 1)};

    for (int i = first; i <= last; i++) {
        b[i - first].pairs = &l->pairs[i];
        b[i - first].skip = blocks[i].skip;
        b[i - first].same_year = blocks[i].same_year;
        memcpy(b[i - first].share, blocks[i].share, sizeof(blocks[i].share));
    }
    ny_fit(&f, start, n);
    for (int i = first; i <= last; i++) {
        memcpy(l->report->block[i].expected, b[i - first].expected, sizeof(b->expected));
    }
    l->report->rounds[c] = f.rounds;
    memcpy(hits, f.hits, sizeof(f.hits));
}

static struct ny_level_numbers level_of(const struct fit_numbers *n, int level)
{
    return (struct ny_level_numbers){
        .m = {n->p[NY_CLASS_PERSON][level][0], n->p[NY_CLASS_PERSON][level][1]},
        .u = n->p[NY_CLASS_UNRELATED][level][0],
        .h = n->p[NY_CLASS_HOUSEHOLD][level][0]
    };
}

static void levels_put(struct learn *l, const struct fit_numbers *n)
{
    struct ny_match_draft *d = ny_learn_open(l);

    for (int k = NY_LEVEL_NONE + 1; k < NY_LEVEL_COUNT; k++) {
        const struct ny_level_numbers v = level_of(n, k);

        if (ny_level_mode((enum ny_level)k) != NY_LEVEL_NONE) {
            ny_match_draft_level_set(d, (enum ny_level)k, &v);
        }
    }
    ny_learn_close(l, d);
}

static void levels_report(const struct ny_match_model *m, struct ny_level_numbers *out)
{
    for (int k = NY_LEVEL_NONE + 1; k < NY_LEVEL_COUNT; k++) {
        ny_match_model_level(m, (enum ny_level)k, &out[k]);
    }
}

/* m, first from the registry alone, then with what clerks decided, within the bound. */
static void person_fit(struct learn *l, const struct fit_numbers *start, struct fit_numbers *n,
                       double hits[NY_LEVEL_COUNT])
{
    struct ny_learn_taught *t = &l->report->taught;
    struct fit_numbers alone = *n;

    class_fit(l, NY_CLASS_PERSON, false, NY_BLOCK_T1, NY_BLOCK_T3, start, &alone, hits);
    if (l->words.n == 0) {
        *n = alone;
        return;
    }
    class_fit(l, NY_CLASS_PERSON, true, NY_BLOCK_T1, NY_BLOCK_T3, start, n, hits);
    ny_fit_bound(&alone, n, t->taken);
    for (int k = NY_LEVEL_NONE + 1; k < NY_LEVEL_COUNT; k++) {
        t->alone[k] = level_of(&alone, k);
    }
}

/* Learns the levels; true when they may be used. */
static bool levels_learn(struct learn *l)
{
    struct ny_learn_report *r = l->report;
    struct ny_level_numbers from[NY_LEVEL_COUNT];
    double records = 0;
    double hits[NY_LEVEL_COUNT];
    struct fit_numbers start = {0};
    struct fit_numbers n;
    struct verdict_input in = {.start = from,
                               .before = r->level_before,
                               .after = r->level_after,
                               .hits_m = hits,
                               .block = r->block};

    numbers_start(l, &start);
    n = start;
    class_fit(l, NY_CLASS_UNRELATED, false, NY_LEARN_RANDOM, NY_LEARN_RANDOM, &start, &n, hits);
    class_fit(l, NY_CLASS_HOUSEHOLD, false, NY_BLOCK_PHONE, NY_BLOCK_CARD, &start, &n, hits);
    person_fit(l, &start, &n, hits);
    levels_put(l, &n);
    levels_report(l->m, r->level_after);
    for (int k = NY_LEVEL_NONE + 1; k < NY_LEVEL_COUNT; k++) {
        ny_match_level_start((enum ny_level)k, &from[k]);
    }
    for (size_t at = 0; at < l->sample.n; at++) {
        records += l->sample.places[at].active;
    }
    in.pairs_in_all = records * (records - 1) / 2;
    return !ny_learn_refuses(&in, r);
}

/* ---- training ---- */

static void report_begin(struct learn *l, const struct ny_match_model *from)
{
    *l->report = (struct ny_learn_report){.version_before = ny_match_model_version(from),
                                          .version = l->o->version,
                                          .seed = l->o->seed,
                                          .counts_only = l->o->counts_only};
    ny_match_model_settings(from, &l->report->before);
    levels_report(from, l->report->level_before);
}

static void report_end(struct learn *l, const struct ny_match_model *from)
{
    struct ny_learn_report *r = l->report;

    ny_match_model_settings(l->m, &r->after);
    levels_report(l->m, r->level_after);
    ny_words_report(l, from);
    for (int t = 0; t < NY_TF_COUNT; t++) {
        r->listed[t] = ny_match_model_listed(l->m, (enum ny_tf_table)t);
    }
    for (int k = 0; k < NY_MARK_COUNT; k++) {
        r->marked[k] = ny_match_model_marked(l->m, (enum ny_mark)k);
    }
    for (size_t b = 0; b < NY_LEARN_BLOCKS; b++) {
        r->block[b].pairs = l->pairs[b].pairs;
        r->block[b].patterns = l->pairs[b].n;
    }
}

static enum ny_learn_outcome train(struct learn *l)
{
    if (!ny_learn_count(l) || !ny_learn_keys(l)) {
        return NY_LEARN_STOPPED;
    }
    if (l->o->counts_only) {
        return NY_LEARN_DONE;
    }
    if (!ny_learn_draw(l) || !ny_learn_pair(l) || !ny_learn_goes_on(l, NY_LEARN_FIT, 0, 1)) {
        return NY_LEARN_STOPPED;
    }
    return levels_learn(l) ? NY_LEARN_DONE : NY_LEARN_REFUSED;
}

enum ny_learn_outcome ny_learn_train(const struct ny_index *ix, const struct ny_match_model *from,
                                     const struct ny_learn_options *options,
                                     struct ny_match_model **out, struct ny_learn_report *report)
{
    struct learn l = {.o = options, .report = report};

    ny_sample_init(&l.sample, ix);
    l.m = ny_match_draft_seal(ny_match_draft_create(from));
    report_begin(&l, from);
    ny_words_init(&l.words, &l.sample, &options->decisions, &report->taught);
    report->outcome = train(&l);
    report_end(&l, from);
    if (report->outcome == NY_LEARN_DONE) {
        *out = l.m;
    } else {
        ny_match_model_destroy(l.m);
    }
    for (size_t b = 0; b < NY_LEARN_BLOCKS; b++) {
        ny_histogram_finish(&l.pairs[b]);
    }
    ny_words_finish(&l.words);
    ny_sample_finish(&l.sample);
    return report->outcome;
}
