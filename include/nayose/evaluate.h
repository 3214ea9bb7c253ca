/* evaluate: how good a grouping is: its pairs judged against the truth, and exact intervals around
 * what was counted. Pure; knows nothing of names, servers or models, so a registry, a laboratory
 * and a calibration report are judged alike. Sections: intervals · judgement. */
#ifndef NAYOSE_EVALUATE_H
#define NAYOSE_EVALUATE_H

#include "nayose/base.h"

/* ---- intervals: exact, two-sided; confidence in (0, 1), for example .95 ---- */

struct ny_interval {
    double low, high;
};

/* The means of a Poisson law under which a count is not surprising (Garwood): 100 at .95 gives
 * 81.4 … 121.6. Relative error below 1e-6 for counts up to 1e9. */
struct ny_interval ny_poisson_interval(uint64_t count, double confidence);
/* The one-sided upper bound: 0 at .95 gives 2.996. */
double ny_poisson_upper(uint64_t count, double confidence);
/* The shares under which `hits` of n are not surprising (Clopper and Pearson). n = 0: 0 … 1. */
struct ny_interval ny_binomial_interval(uint64_t hits, uint64_t n, double confidence);
/* The one-sided upper bound: 0 of 1 800 at .95 gives 1.66e-3. */
double ny_binomial_upper(uint64_t hits, uint64_t n, double confidence);

/* ---- judgement ----
 *
 * A pair is two records. A true pair belongs to one person (records that are never linked are left
 * out); it is within the ceiling when its two records agree on a contact, or hang together through
 * records of that person which do: name, sex and birth date alone never make a link. A false pair
 * is in one group and belongs to two people; exempt is one whose records nobody could tell apart.
 */

enum { NY_TAGS_MAX = 64 }; /* kinds of error */

struct ny_judged_record {
    uint64_t person;          /* the truth: one number (or hash), one human being */
    uint64_t group;           /* what is judged: one number, one group; 0 = linked to nobody */
    uint64_t twins;           /* one number, one birth; 0 = no twin */
    const uint64_t *contacts; /* [n_contacts] borrowed; equal numbers are an agreeing contact */
    uint32_t n_contacts;
    uint64_t likeness; /* equal numbers: nobody could tell the records apart; 0 = unknown */
    uint64_t tags;     /* bits of the errors in the record, meaning is the caller's */
    bool never_linked; /* test patient, unknown person, newborn without a name */
};

/* Ceiling pairs with an error in exactly one of their records (what both have does not set them
 * apart: two records made after the same move), and how many of them are linked. */
struct ny_tag_recall {
    uint64_t ceiling, linked;
};

struct ny_judgement {
    uint64_t records;
    uint64_t people;      /* with at least one record that may be linked */
    uint64_t true_pairs;  /* and of them: */
    uint64_t true_linked; /*   in one group */
    uint64_t ceiling;     /*   within the ceiling */
    uint64_t ceiling_linked;
    uint64_t direct; /*   agreeing on a contact themselves */
    uint64_t direct_linked;
    uint64_t linked_pairs; /* in one group, whoever they are */
    uint64_t joins;        /* records of a group less one, summed */
    uint64_t false_pairs;  /* without the exempt ones */
    uint64_t exempt_pairs;
    uint64_t mixed_groups; /* groups that hold two people, */
    uint64_t mixed_people; /* and people who share a group with another */
    uint64_t wrong_joins;  /* people of a group less one, summed: a wrong join of 3 and 3 records is
                            * 9  pairs, but one here. People who cannot be told apart count as one */
    uint64_t twin_pairs;   /* pairs of records of two twins of one birth */
    uint64_t twins_joined; /* pairs of two twins in one group, exempt or not */
    uint64_t never_joined; /* pairs of two people, one of them never to be linked */
    struct ny_tag_recall by_tag[NY_TAGS_MAX];
};

/* What a pair turned out to be. */
enum ny_pair_kind {
    NY_PAIR_LINKED = 0,    /* true and linked */
    NY_PAIR_MISSED = 1,    /* true, within the ceiling, not linked */
    NY_PAIR_UNREACHED = 2, /* true, beyond the ceiling, not linked */
    NY_PAIR_FALSE = 3,
    NY_PAIR_EXEMPT = 4
};
/* Called once for each such pair; a and b are places in the records, a < b. */
typedef void (*ny_pair_fn)(void *ctx, enum ny_pair_kind kind, size_t a, size_t b);

/* Judges records [n], n < 2^32, in any order. fn may be NULL. Time: n log n, and all pairs inside a
 * person and inside a mixed group. */
void ny_judge(const struct ny_judged_record *records, size_t n, ny_pair_fn fn, void *ctx,
              struct ny_judgement *out);
/* Linked of the pairs within the ceiling; 1 when there are none. */
double ny_judgement_recall(const struct ny_judgement *j);
/* Linked pairs that are not false; 1 when there are none. */
double ny_judgement_precision(const struct ny_judgement *j);
/* The harmonic mean of both. */
double ny_judgement_f1(const struct ny_judgement *j);

#endif
