/* calibrate, private: one run over a snapshot.
 *
 *   links ──▶ strengths, margin ─┐
 *   facility ──▶ hits, exposure ─┼──▶ curve ──▶ estimate, bound, threshold
 *   decoys ──▶ hits ─────────────┘                                          */
#ifndef NAYOSE_LEARN_CALIBRATE_PRIV_H
#define NAYOSE_LEARN_CALIBRATE_PRIV_H

#include "nayose/learn_calibrate.h"
#include "nayose/match_group.h"

enum { CAL_MEMBERS_MAX = 64 }; /* of larger people the first are looked at */
#define CAL_MARGIN_SHARE .003
/* Where that is little, more: whatever is this near to the threshold, as long as clerks can see it
 * all. Farther off a slip of theirs is likelier than a false link. */
#define CAL_MARGIN_NEAR NY_BITS(8)
#define CAL_MARGIN_NEAR_LINKS 2000

struct cal_print;
struct cal_contact_print;

/* An accepted pair, or one that a lower threshold would accept. */
struct cal_link {
    uint32_t a, b;
    int32_t strength_b1024;
};

struct cal_links {
    struct cal_link *v;
    size_t n, cap;
};

/* Two live ids of one facility that would be joined if they stood in two, or are joined. */
struct cal_facility_hit {
    uint32_t a, b;
    int32_t strength_b1024;
    bool namesakes; /* no contact agrees: no household */
    bool judged, different;
    double p_false; /* under the prior of duplicates */
};

/* Members of one person, or of a part of it: [n] each. */
struct cal_group {
    uint32_t person;
    size_t n;
    uint32_t *ids;
    int32_t *domains;
    bool *live;
    struct ny_record **records;
    size_t n_live;
    bool held;
};

/* Weighted events for one threshold: a person of the sample with hits is one event. */
struct cal_tally {
    double sum, squares;
};

struct cal_run {
    struct ny_index *ix;
    const struct ny_match_model *m;
    const struct ny_calibration_options *o;
    struct ny_calibration *out;
    struct ny_learn_decision *labels; /* sorted, a < b */
    size_t n_labels;
    struct ny_arena *arena;   /* of one person */
    struct ny_arena *scratch; /* of one comparison */
    double done, span;        /* share of the work done before, and in, this step */
    bool stopped;

    struct cal_links links;  /* accepted */
    struct cal_links gained; /* by lower thresholds; one entry a pair */
    struct cal_facility_hit *hits;
    size_t n_hits, cap_hits;
    int32_t margin_cut_b1024; /* links up to this strength are the margin */

    struct cal_print *prints;                 /* [identities + 1] */
    struct cal_contact_print *contact_prints; /* [persons + 1] */
    bool contact_required;                    /* GD15 is on */

    size_t active; /* place of the active threshold in the curve */
    struct cal_tally decoys[NY_CALIBRATION_TAUS_MAX]; /* expected false pairs in the registry */
    double decoy_unit;                                /* what a single hit would weigh in it */
    double join_pairs; /* pairs that a false join makes, on average */
};

/* ---- calibrate_groups.c ---- */

/* Reports progress inside a step; false: stop. */
bool cal_go_on(struct cal_run *r, double share_of_step);
/* An empty group with room for CAL_MEMBERS_MAX, in the arena. */
void cal_group_init(struct cal_run *r, struct cal_group *g);
/* False when the identity takes no part, or the group is full. */
bool cal_group_add(struct cal_run *r, struct cal_group *g, uint32_t id);
/* The members of a person that take part; false when none of them is live. */
bool cal_group_load(struct cal_run *r, uint32_t person, struct cal_group *out);
/* The threshold at which two groups would join. ordinary: as if all stood in facilities of their
 * own. */
int32_t cal_strength(struct cal_run *r, const struct cal_group *a, const struct cal_group *b,
                     bool ordinary);
void cal_labels_sort(struct cal_run *r, const struct ny_learn_decision *labels, size_t n);
/* NULL: nobody labelled the pair. */
const struct ny_learn_decision *cal_label(const struct cal_run *r, uint32_t a, uint32_t b);
void cal_histogram_add(uint64_t bins[NY_CALIBRATION_BINS], int32_t bits_b1024, uint64_t n);
/* Deterministic, evenly spread: the place of a pair in the drawing. */
uint64_t cal_lot(uint64_t seed, uint32_t a, uint32_t b);
/* The person is in a sample of this share. */
bool cal_is_drawn(const struct cal_run *r, uint32_t person, double share);

/* ---- calibrate_prints.c ---- */

bool cal_prints_take(struct cal_run *r);
void cal_prints_free(struct cal_run *r);
/* False only where a comparison would show no agreeing contact between any two of their records. */
bool cal_may_share_contact(const struct cal_run *r, uint32_t person_a, uint32_t person_b);
/* False only where nothing could join the persons of two identities by these two, whatever their
 * birth dates. */
bool cal_may_join(const struct cal_run *r, uint32_t a, uint32_t b);
uint32_t cal_print_person(const struct cal_run *r, uint32_t id);

/* ---- the meters ---- */

bool cal_links_find(struct cal_run *r); /* calibrate_links.c */
void cal_link_add(struct cal_links *l, uint32_t a, uint32_t b, int32_t strength_b1024);
void cal_margin_cut(struct cal_run *r);
bool cal_is_in_margin(const struct cal_run *r, const struct cal_link *l);
/* Counts two ids of one facility; p_false under the prior of duplicates. */
void cal_hit_add(struct cal_run *r, uint32_t a, uint32_t b, int32_t strength_b1024, bool namesakes,
                 double p_false);
bool cal_facility_find(struct cal_run *r); /* calibrate_facility.c */
bool cal_exposure(struct cal_run *r);      /* … */
bool cal_decoys_try(struct cal_run *r);    /* calibrate_decoys.c */

/* ---- calibrate_bound.c ---- */

void cal_tally_add(struct cal_tally *t, double weight);
/* Upper bound of the expected sum; unit: the weight of an event when none was seen. */
double cal_tally_upper(const struct cal_tally *t, double unit, double confidence);
/* Puts the thresholds of the curve. */
void cal_curve_begin(struct cal_run *r);
/* Fills curve, estimate, bound, margin and threshold from what the meters found. */
void cal_conclude(struct cal_run *r);

#endif
