/* Pairs drawn from numbers that a fit is to find again. */
#ifndef NAYOSE_TEST_FIT_TESTING_H
#define NAYOSE_TEST_FIT_TESTING_H

#include "../../../src/learn/learn_priv.h"

static inline double roll(void)
{
    static uint64_t dice = 20261125;

    dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(dice >> 11) / 9007199254740992.0;
}

static inline void numbers_start(struct fit_numbers *n)
{
    *n = (struct fit_numbers){0};
    for (int l = NY_LEVEL_NONE + 1; l < NY_LEVEL_COUNT; l++) {
        struct ny_level_numbers v;

        ny_match_level_start((enum ny_level)l, &v);
        for (unsigned male = 0; male < 2; male++) {
            n->p[NY_CLASS_PERSON][l][male] = v.m[male];
            n->p[NY_CLASS_HOUSEHOLD][l][male] = v.h;
            n->p[NY_CLASS_UNRELATED][l][male] = v.u;
        }
    }
}

/* A level of the run that begins with first, by the class's numbers. */
static inline uint8_t level_draw(const struct fit_numbers *n, enum ny_learn_class c,
                                 enum ny_level first)
{
    const enum ny_level last = ny_run_last(first);
    double left = roll();
    enum ny_level l = first;

    while (l < last && left > n->p[c][l][0]) {
        left -= n->p[c][l][0];
        l++;
    }
    return (uint8_t)l;
}

/* A pair of the class; of each field one in ten is not compared. */
static inline struct ny_pattern pattern_draw(const struct fit_numbers *n, enum ny_learn_class c)
{
    static const enum ny_level firsts[NY_FIELD_COUNT] = {
        [NY_FIELD_GIVEN] = NY_LEVEL_G1,    [NY_FIELD_SURNAME] = NY_LEVEL_S1,
        [NY_FIELD_BIRTH] = NY_LEVEL_D1,    [NY_FIELD_SEX] = NY_LEVEL_X1,
        [NY_FIELD_ADDRESS] = NY_LEVEL_A1,  [NY_FIELD_PHONE] = NY_LEVEL_P1,
        [NY_FIELD_INSURANCE] = NY_LEVEL_I1};
    struct ny_pattern p = {0};

    for (size_t f = 0; f < NY_FIELD_COUNT; f++) {
        p.level[f] = roll() < .9 ? level_draw(n, c, firsts[f]) : (uint8_t)NY_LEVEL_NONE;
    }
    return p;
}

static inline void pairs_draw(const struct fit_numbers *n, enum ny_learn_class c, size_t count,
                              struct histogram *h)
{
    for (size_t i = 0; i < count; i++) {
        struct ny_pattern p = pattern_draw(n, c);

        ny_histogram_add(h, &p);
    }
}

#endif
