/* The fit: how probable each level is in one class of pairs, when nobody says which class a pair
 * belongs to (4.1 to 4.3), or clerks said it of some.
 *
 *   E   r_c(γ) = λ_c Π p_c(γ_f) / Σ_c' λ_c' Π p_c'(γ_f)        for every pattern γ of a block
 *   M   p(l)   = (s·p0(l) + Σ n_γ r(γ) [γ_f = l]) / (s·Σ p0 + Σ n_γ r(γ) [γ_f of this run of
 * levels]) λ_c    = Σ n_γ r_c(γ) / Σ n_γ                            apart for every block
 *
 * All blocks of a class are fitted at once: a level's sums run over the blocks whose value does not
 * fix its field, so each block counts by the pairs that are expected of it. Of what the value fixes
 * the product leaves out the field. Missing levels are in no sum. Levels that are too rare to be
 * counted keep their start; the others are drawn to theirs (s = 200, of strangers s = 0).
 *
 * Clerks' words, of pairs that were chosen by their band: in each band and block one factor of
 * odds(r) is sought with which the decided pairs are "same" as often as they were called so, wrong
 * words allowed for. It goes for all pairs of that band and block, decided or not; a decided one is
 * weighed with its own word, too. */

#include "learn_priv.h"

#include <math.h>

enum { ROUNDS_MAX = 100, STEPS = 40 };

static const double pseudo_pairs = 200; /* s */
static const double change_min = 1e-4;
static const double hits_min = 50;
static const double pseudo_words = 20; /* of a band, that say what is expected of them */
static const double odds_max = 1e12;
static const double times_max = 60; /* bits by which words may shift a band */

enum ny_level ny_run_last(enum ny_level first)
{
    enum ny_level l = first;

    while (l + 1 < NY_LEVEL_COUNT && ny_level_mode(l + 1) == first) {
        l++;
    }
    return l;
}

/* Levels of birth dates of one year. */
static bool is_same_year(enum ny_level l)
{
    return l == NY_LEVEL_D1 || l == NY_LEVEL_D2 || l == NY_LEVEL_D4 || l == NY_LEVEL_D5 ||
           l == NY_LEVEL_D9 || l == NY_LEVEL_D7;
}

/* Expected pairs at each level, by column. */
struct sums {
    double at[NY_LEVEL_COUNT][2];
};

/* ---- E ---- */

/* What a level contributes to the product of a class. */
static double factor(const struct fit_block *b, const double p[NY_LEVEL_COUNT][2],
                     enum ny_level level, unsigned male, double same_year)
{
    enum ny_field f = ny_level_field(level);

    if (level == NY_LEVEL_NONE || (b->skip >> f & 1U) != 0) {
        return 1;
    }
    if (f == NY_FIELD_BIRTH && b->same_year) {
        return is_same_year(level) ? p[level][male] / same_year : 1;
    }
    return p[level][male];
}

static void classes_weigh(const struct fit_block *b, const struct fit_numbers *n,
                          const double same_year[NY_CLASS_COUNT], const struct ny_pattern *p,
                          double out[NY_CLASS_COUNT])
{
    const unsigned dependent = 1U << NY_FIELD_GIVEN | 1U << NY_FIELD_BIRTH;
    double sum = 0;

    for (size_t c = 0; c < NY_CLASS_COUNT; c++) {
        out[c] = b->share[c];
        for (size_t f = 0; f < NY_FIELD_COUNT; f++) {
            out[c] *= factor(b, n->p[c], p->level[f], p->male, same_year[c]);
        }
    }
    if ((b->skip & dependent) == 0) {
        out[NY_CLASS_HOUSEHOLD] *= ny_pattern_household_factor(p);
    }
    for (size_t c = 0; c < NY_CLASS_COUNT; c++) {
        sum += out[c];
    }
    for (size_t c = 0; c < NY_CLASS_COUNT; c++) {
        out[c] = sum > 0 ? out[c] / sum : 0;
    }
}

static void levels_count(const struct fit_block *b, const struct ny_pattern *p, double pairs,
                         struct sums *s)
{
    for (size_t f = 0; f < NY_FIELD_COUNT; f++) {
        bool fixed = (b->skip >> f & 1U) != 0 || (f == NY_FIELD_BIRTH && b->same_year);

        if (!fixed) {
            s->at[p->level[f]][p->male] += pairs;
        }
    }
}

/* What holds for all patterns of a block while its classes are weighed. */
struct weighing {
    const struct fit_block *b;
    const struct fit_numbers *n;
    double same_year[NY_CLASS_COUNT];
    double odds[NY_LEARN_BANDS]; /* of one person are so many times what they would be */
};

/* The decided pairs of one pattern and band. */
struct decided {
    double odds; /* of one person, whatever was said */
    double same, different;
    unsigned band;
};

static double odds_of(const double r[NY_CLASS_COUNT])
{
    double others = r[NY_CLASS_HOUSEHOLD] + r[NY_CLASS_UNRELATED];

    return others > r[NY_CLASS_PERSON] / odds_max ? r[NY_CLASS_PERSON] / others : odds_max;
}

static double share_of_odds(double odds)
{
    return odds / (1 + odds);
}

/* How many of the decided pairs of a band are one person when odds are so many times what they
 * would be; *n: of how many. */
static double decided_count(const struct decided *d, size_t n_d, unsigned band, double times,
                            double *n)
{
    double one = 0;

    *n = 0;
    for (size_t i = 0; i < n_d; i++) {
        if (d[i].band == band) {
            *n += d[i].same + d[i].different;
            one += (d[i].same + d[i].different) * share_of_odds(d[i].odds * times);
        }
    }
    return one;
}

/* The factor of a band. Words that are wrong with `error` call (1 - error) of those who are one
 * "same", and `error` of the others. */
static double band_weigh(const struct decided *d, size_t n_d, unsigned band, double error)
{
    double lo = -times_max; /* powers of 2 */
    double hi = times_max;
    double called = 0;
    double n;
    double expected = decided_count(d, n_d, band, 1, &n);
    double one;

    if (n <= 0) {
        return 1;
    }
    for (size_t i = 0; i < n_d; i++) {
        called += d[i].band == band ? d[i].same : 0;
    }
    one = fmin(fmax((called - error * n) / (1 - 2 * error), 0), n);
    one = (one + pseudo_words * expected / n) * n / (n + pseudo_words);
    for (int i = 0; i < STEPS; i++) {
        double mid = (lo + hi) / 2;

        if (decided_count(d, n_d, band, exp2(mid), &n) < one) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return exp2(lo);
}

static void bands_weigh(struct weighing *w, double error)
{
    const struct histogram *h = w->b->pairs;
    struct decided *d = ny_calloc(h->told + 1, sizeof(*d));
    size_t n = 0;

    for (size_t i = 0; i < h->n; i++) {
        double r[NY_CLASS_COUNT];
        struct ny_pattern p;

        if (h->slots[i].same + h->slots[i].different > 0) {
            d[n].same = h->slots[i].same;
            d[n].different = h->slots[i].different;
            d[n].band = ny_histogram_pattern(h, i, &p);
            classes_weigh(w->b, w->n, w->same_year, &p, r);
            d[n++].odds = odds_of(r);
        }
    }
    for (unsigned k = 0; k < NY_LEARN_BANDS; k++) {
        w->odds[k] = band_weigh(d, n, k, error);
    }
    ny_free(d);
}

/* Pairs of a slot that are expected to be of each class. */
static void slot_expect(const struct fit *f, const struct weighing *w, size_t i,
                        struct ny_pattern *p, double pairs[NY_CLASS_COUNT])
{
    const struct pattern_count *slot = &w->b->pairs->slots[i];
    const unsigned band = ny_histogram_pattern(w->b->pairs, i, p);
    const double n = (double)slot->n;

    classes_weigh(w->b, w->n, w->same_year, p, pairs);
    if (f->listens && w->b->pairs->told > 0) {
        double others = 1 - pairs[NY_CLASS_PERSON];
        double one = share_of_odds(odds_of(pairs) * w->odds[band]);

        one = ((n - slot->same - slot->different) * one +
               slot->same * ny_word_weigh(one, true, f->error) +
               slot->different * ny_word_weigh(one, false, f->error)) /
              n;
        pairs[NY_CLASS_PERSON] = one;
        for (int c = NY_CLASS_HOUSEHOLD; c <= NY_CLASS_UNRELATED; c++) {
            pairs[c] *= others > 0 ? (1 - one) / others : 0;
        }
    }
    for (int c = 0; c < NY_CLASS_COUNT; c++) {
        pairs[c] *= n;
    }
}

static void expect(const struct fit *f, struct fit_block *b, const struct fit_numbers *n,
                   struct sums *s)
{
    struct weighing w = {.b = b, .n = n};
    double expected[NY_CLASS_COUNT] = {0};

    for (int l = NY_LEVEL_NONE + 1; l < NY_LEVEL_COUNT; l++) {
        for (size_t c = 0; c < NY_CLASS_COUNT && is_same_year((enum ny_level)l); c++) {
            w.same_year[c] += n->p[c][l][0];
        }
    }
    if (f->listens && b->pairs->told > 0) {
        bands_weigh(&w, f->error);
    }
    for (size_t i = 0; i < b->pairs->n; i++) {
        double pairs[NY_CLASS_COUNT];
        struct ny_pattern p;

        slot_expect(f, &w, i, &p, pairs);
        for (size_t c = 0; c < NY_CLASS_COUNT; c++) {
            expected[c] += pairs[c];
        }
        levels_count(b, &p, pairs[f->learn], s);
    }
    for (size_t c = 0; c < NY_CLASS_COUNT; c++) {
        b->expected[c] = expected[c];
        b->share[c] = b->pairs->pairs > 0 ? expected[c] / (double)b->pairs->pairs : b->share[c];
    }
}

/* ---- M ---- */

/* Birth dates of a household hang together with its given names (twins), with marriages and with
 * the age of parents, and 3.1 takes only the first into account: a commoner equal date, learned,
 * would be held against every person, not against twins. They keep their start. */
static bool is_learned(enum ny_learn_class c, enum ny_level first)
{
    return c != NY_CLASS_HOUSEHOLD || ny_level_field(first) != NY_FIELD_BIRTH;
}

/* Levels of a few pairs keep their start. A slip at home looks like a relative, so that what is
 * left of a rare level to one person is mostly chance: it would fall to nothing. In a household
 * rare levels are rare in truth, and learned, except where names are compared by one script: there
 * are few such pairs, and one namesake among them comes by phone, house and card. */
static bool keeps_rare(enum ny_learn_class c, enum ny_level first)
{
    return c != NY_CLASS_HOUSEHOLD || first == NY_LEVEL_N1 || first == NY_LEVEL_J1;
}

/* One column of one run of levels [first, …]; returns the largest change. */
static double run_learn(enum ny_learn_class c, enum ny_level first,
                        const double start[NY_LEVEL_COUNT][2], unsigned male,
                        const double count[NY_LEVEL_COUNT], double p[NY_LEVEL_COUNT][2])
{
    const enum ny_level last = ny_run_last(first);
    bool keep_rare = keeps_rare(c, first);
    double s = c == NY_CLASS_UNRELATED ? 0 : pseudo_pairs;
    double counted = 0; /* of levels that are learned */
    double kept = 0;    /* probability of those that are not */
    double mass = 0;    /* start of those that are learned */
    double change = 0;

    for (enum ny_level l = first; l <= last; l++) {
        bool rare = keep_rare && count[l] < hits_min;

        counted += rare ? 0 : count[l];
        kept += rare ? start[l][male] : 0;
        mass += rare ? 0 : start[l][male];
    }
    if (counted + s <= 0 || mass <= 0) {
        return 0;
    }
    for (enum ny_level l = first; l <= last; l++) {
        double was = p[l][male];

        if (keep_rare && count[l] < hits_min) {
            p[l][male] = start[l][male];
        } else {
            p[l][male] = (1 - kept) * (s * start[l][male] / mass + count[l]) / (s + counted);
        }
        change = fmax(change, fabs(p[l][male] - was));
    }
    return change;
}

static double maximise(const struct fit *f, const struct sums *s, const struct fit_numbers *start,
                       struct fit_numbers *n)
{
    double change = 0;

    for (int l = NY_LEVEL_NONE + 1; l < NY_LEVEL_COUNT; l++) {
        enum ny_level first = (enum ny_level)l;
        bool columns = ny_level_field(first) == NY_FIELD_SURNAME && f->learn == NY_CLASS_PERSON;

        if (ny_level_mode(first) != first || !is_learned(f->learn, first)) {
            continue;
        }
        for (unsigned male = 0; male < 2; male++) {
            double count[NY_LEVEL_COUNT];

            for (int k = 0; k < NY_LEVEL_COUNT; k++) {
                count[k] = columns ? s->at[k][male] : s->at[k][0] + s->at[k][1];
            }
            change = fmax(change, run_learn(f->learn, first, start->p[f->learn], male, count,
                                            n->p[f->learn]));
        }
    }
    return change;
}

void ny_fit(struct fit *f, const struct fit_numbers *start, struct fit_numbers *n)
{
    double change = 1;

    for (f->rounds = 0; f->rounds < ROUNDS_MAX && change >= change_min; f->rounds++) {
        struct sums s = {0};

        for (size_t i = 0; i < f->n_blocks; i++) {
            expect(f, &f->blocks[i], n, &s);
        }
        change = maximise(f, &s, start, n);
        for (size_t l = 0; l < NY_LEVEL_COUNT; l++) {
            f->hits[l] = s.at[l][0] + s.at[l][1];
        }
    }
}

/* ---- the bound ---- */

/* The largest share of the way from `from` to `to` that stays within the bound. */
static double share_within(double from, double to)
{
    const double most = from * exp2(NY_LEARN_RAISE_MAX);
    const double least = from * exp2(-NY_LEARN_LOWER_MAX);

    return to > most ? (most - from) / (to - from) : to < least ? (from - least) / (from - to) : 1;
}

static double run_bound(enum ny_level first, unsigned male, const struct fit_numbers *alone,
                        struct fit_numbers *n)
{
    const enum ny_level last = ny_run_last(first);
    double share = 1;

    for (enum ny_level l = first; l <= last; l++) {
        share = fmin(share, share_within(alone->p[NY_CLASS_PERSON][l][male],
                                         n->p[NY_CLASS_PERSON][l][male]));
    }
    for (enum ny_level l = first; l <= last; l++) {
        double from = alone->p[NY_CLASS_PERSON][l][male];

        n->p[NY_CLASS_PERSON][l][male] = from + share * (n->p[NY_CLASS_PERSON][l][male] - from);
    }
    return share;
}

void ny_fit_bound(const struct fit_numbers *alone, struct fit_numbers *n,
                  double taken[NY_LEVEL_COUNT][2])
{
    for (int l = NY_LEVEL_NONE + 1; l < NY_LEVEL_COUNT; l++) {
        const enum ny_level first = ny_level_mode((enum ny_level)l);

        for (unsigned male = 0; male < 2; male++) {
            taken[l][male] = first == NY_LEVEL_NONE      ? 1
                             : first == (enum ny_level)l ? run_bound(first, male, alone, n)
                                                         : taken[first][male];
        }
    }
}
