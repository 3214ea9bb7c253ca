/* Clerks' words: which of them can teach, how far one is to be believed, and the bands that pairs
 * are asked by. */

#include "decisions_priv.h"
#include "learn_priv.h"

#include <math.h>

/* Before there are pairs to compare: reviewers differ on 1.8 to 13.6 % of pairs (8). */
static const double differ_start = .07;
static const double differ_pseudo = 20; /* pairs */
static const double error_min = .005;
static const double error_max = .25;

/* ---- which can teach ---- */

/* Like a name that is none, a test or somebody unknown, who take no part: nothing that is said of
 * such a record holds for people with names. */
static bool is_newborn(const struct sample *s, uint32_t id)
{
    struct ny_record r;

    ny_sample_record_of(s, id, &r);
    return (r.flags & NY_RECORD_NEWBORN) != 0;
}

/* Two of one facility are no pair that m is learned from. */
static bool can_teach(const struct sample *s, const struct ny_learn_decision *d)
{
    struct ny_index_identity a;
    struct ny_index_identity b;

    if (!ny_index_takes_part(s->ix, d->a) || !ny_index_takes_part(s->ix, d->b)) {
        return false;
    }
    ny_index_get(s->ix, d->a, &a);
    ny_index_get(s->ix, d->b, &b);
    return a.status == NY_IDENTITY_ACTIVE && b.status == NY_IDENTITY_ACTIVE &&
           a.domain != b.domain && !is_newborn(s, d->a) && !is_newborn(s, d->b);
}

/* Two clerks who are each wrong with e differ on 2e(1 - e) of the pairs, about 2e. */
static double error_of(const struct ny_learn_decisions *d)
{
    double differed = (double)(d->compared - d->agreed) + differ_start * differ_pseudo;

    return fmin(fmax(differed / ((double)d->compared + differ_pseudo) / 2, error_min), error_max);
}

void ny_words_init(struct words *w, const struct sample *s, const struct ny_learn_decisions *d,
                   struct ny_learn_taught *report)
{
    *w = (struct words){.v = ny_calloc(d->n + 1, sizeof(*w->v)), .error = error_of(d)};
    for (size_t i = 0; i < d->n; i++) {
        if (can_teach(s, &d->v[i])) {
            w->v[w->n++] = d->v[i];
        }
    }
    ny_decisions_sort(w->v, w->n);
    report->told = d->n;
    report->used = w->n;
    report->compared = d->compared;
    report->agreed = d->agreed;
    report->error = w->error;
}

void ny_words_finish(struct words *w)
{
    ny_free(w->v);
    *w = (struct words){0};
}

enum word ny_words_of(const struct words *w, uint32_t a, uint32_t b)
{
    const struct ny_learn_decision *found = ny_decisions_find(w->v, w->n, a, b);

    return found == NULL ? WORD_NONE : found->same ? WORD_SAME : WORD_DIFFERENT;
}

double ny_word_weigh(double r, bool same, double error)
{
    double one = r * (same ? 1 - error : error);
    double two = (1 - r) * (same ? error : 1 - error);

    return one + two > 0 ? one / (one + two) : r;
}

/* ---- bands ---- */

static const double totals[] = {2, 6}; /* bits; the last total begins with the threshold */

double ny_words_total_from(const struct ny_match_settings *s, size_t total)
{
    return total <= NY_ARRAY_LEN(totals) ? totals[total - 1] : s->tau_auto;
}

static enum ny_learn_stop stop_of(uint32_t guards)
{
    enum ny_learn_stop stop = NY_STOP_NOTHING;

    for (unsigned g = 0; g < NY_GUARD_COUNT; g++) {
        static const enum ny_learn_stop stops[] = {[NY_EFFECT_HARD] = NY_STOP_NEVER,
                                                   [NY_EFFECT_REVIEW] = NY_STOP_GUARD,
                                                   [NY_EFFECT_NONLINK] = NY_STOP_NEVER,
                                                   [NY_EFFECT_PARK] = NY_STOP_CONTACT};

        if ((guards >> g & 1U) != 0) {
            enum ny_learn_stop by = stops[ny_guard_effect((enum ny_guard)g)];

            stop = by > stop ? by : stop;
        }
    }
    return stop;
}

unsigned ny_words_band(const struct ny_match_model *m, const struct ny_score *score)
{
    unsigned total = score->total_b1024 >= ny_match_model_tau_b1024(m);

    for (size_t i = 0; i < NY_ARRAY_LEN(totals); i++) {
        total += score->total_b1024 >= NY_BITS(totals[i]);
    }
    return (unsigned)stop_of(score->guards) * NY_LEARN_TOTALS + total;
}

static void decision_report(const struct learn *l, const struct ny_learn_decision *d,
                            const struct ny_match_model *before)
{
    struct ny_record a;
    struct ny_record b;
    struct ny_score score;
    struct ny_learn_band *band;

    ny_sample_record_of(&l->sample, d->a, &a);
    ny_sample_record_of(&l->sample, d->b, &b);
    ny_match_score(before, &a, &b, false, &score);
    band = &l->report->taught.band[ny_words_band(before, &score)];
    band->same += d->same;
    band->different += !d->same;
    band->expected_before += 1 - ny_match_p_false(score.total_b1024);
    ny_match_score(l->m, &a, &b, false, &score);
    band->expected += 1 - ny_match_p_false(score.total_b1024);
}

void ny_words_report(const struct learn *l, const struct ny_match_model *before)
{
    for (size_t i = 0; i < l->words.n; i++) {
        decision_report(l, &l->words.v[i], before);
    }
    for (int b = NY_BLOCK_T1; b <= NY_BLOCK_T3 && l->words.n > 0; b++) {
        for (size_t i = 0; i < l->pairs[b].n; i++) {
            struct ny_pattern p;
            unsigned band = ny_histogram_pattern(&l->pairs[b], i, &p);

            l->report->taught.band[band].pairs += l->pairs[b].slots[i].n;
        }
    }
}
