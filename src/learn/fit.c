/* The fit: how probable each level is in one class of pairs, when nobody says which class a pair
 * belongs to (4.1 to 4.3).
 *
 *   E   r_c(γ) = λ_c Π p_c(γ_f) / Σ_c' λ_c' Π p_c'(γ_f)        for every pattern γ of a block
 *   M   p(l)   = (s·p0(l) + Σ n_γ r(γ) [γ_f = l]) / (s·Σ p0 + Σ n_γ r(γ) [γ_f of this run of
 * levels]) λ_c    = Σ n_γ r_c(γ) / Σ n_γ                            apart for every block
 *
 * All blocks of a class are fitted at once: a level's sums run over the blocks whose value does not
 * fix its field, so each block counts by the pairs that are expected of it. Of what the value fixes
 * the product leaves out the field. Missing levels are in no sum. Levels that are too rare to be
 * counted keep their start; the others are drawn to theirs (s = 200, of strangers s = 0). */

#include "learn_priv.h"

#include <math.h>

enum { ROUNDS_MAX = 100 };

static const double pseudo_pairs = 200; /* s */
static const double change_min = 1e-4;
static const double hits_min = 50;

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

static void expect(const struct fit *f, struct fit_block *b, const struct fit_numbers *n,
                   struct sums *s)
{
    double same_year[NY_CLASS_COUNT] = {0};
    double expected[NY_CLASS_COUNT] = {0};

    for (int l = NY_LEVEL_NONE + 1; l < NY_LEVEL_COUNT; l++) {
        for (size_t c = 0; c < NY_CLASS_COUNT && is_same_year((enum ny_level)l); c++) {
            same_year[c] += n->p[c][l][0];
        }
    }
    for (size_t i = 0; i < b->pairs->n; i++) {
        double pairs = (double)b->pairs->slots[i].n;
        double r[NY_CLASS_COUNT];
        struct ny_pattern p;

        ny_histogram_pattern(b->pairs, i, &p);
        classes_weigh(b, n, same_year, &p, r);
        for (size_t c = 0; c < NY_CLASS_COUNT; c++) {
            expected[c] += pairs * r[c];
        }
        levels_count(b, &p, pairs * r[f->learn], s);
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
    bool keep_rare = keeps_rare(c, first);
    double s = c == NY_CLASS_UNRELATED ? 0 : pseudo_pairs;
    double counted = 0; /* of levels that are learned */
    double kept = 0;    /* probability of those that are not */
    double mass = 0;    /* start of those that are learned */
    double change = 0;

    for (int l = first; l < NY_LEVEL_COUNT && ny_level_mode((enum ny_level)l) == first; l++) {
        bool rare = keep_rare && count[l] < hits_min;

        counted += rare ? 0 : count[l];
        kept += rare ? start[l][male] : 0;
        mass += rare ? 0 : start[l][male];
    }
    if (counted + s <= 0 || mass <= 0) {
        return 0;
    }
    for (int l = first; l < NY_LEVEL_COUNT && ny_level_mode((enum ny_level)l) == first; l++) {
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
