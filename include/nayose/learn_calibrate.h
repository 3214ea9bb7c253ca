/* learn_calibrate: how many of the automatic links are false, told without labels but for a small
 * margin. Four meters over a snapshot of the registry, an estimate, a bound, and the threshold that
 * follows. It reads the index and changes nothing; floating point, since nothing is decided here.
 * Spec: the project's matching rules 6.1, 8.
 *
 * The unit is the pair: two live records of one person, joined by the machine and not by somebody's
 * word. Joining three records with two falsely makes six false pairs; every meter counts so.
 *
 * Strength of a pair: the highest threshold at which the two would still be together, by pairs of
 * their group that link by themselves, or by the evidence of whole groups. Its risk is
 * P(false) at that strength.
 *
 * Meters:
 *   decoys    unrelated people. A person of the sample is looked up with every birth date moved by
 *             8 to 57 days; whoever would be joined is somebody else. Left out: shifts to a date
 *             that a slip of the pen could make of the true one (all levels but D7 and D8);
 *             members of the same person; people on hold; and people whose comparison at the true
 *             dates says "the same" rather than not (total >= 0, guards aside): they are the
 *             person's own records that carry a wrong date.
 *   facility  families, twins, and people who share name and birth date more often than by chance,
 *             which no other day shows. Two live ids of one facility are two people by the
 *             facility's word. Counted are those that would be joined if they stood in two
 *             facilities (the ordinary prior), and those that are joined although no contact
 *             agrees. What is a duplicate inside the facility and no second person is not known
 *             before somebody looked: a pin or a label says so. Without one the estimate takes the
 *             model's P(false) under the prior of duplicates, the bound takes all of them. The
 *             count is multiplied by the exposure ratio: pairs in two facilities for each such
 *             pair inside one, of household members where a contact agrees, of any two people
 *             where none does.
 *   model     the mean risk of the links. More than a factor 3 away from the first two (beyond
 *             counting noise) it is reported as a disagreement.
 *   margin    the weakest links, of which a random sample is labelled: 0.3 % of all, and more
 *             while they lie within 8 bits of the threshold and are at most 2 000, so that in a
 *             small registry clerks see all that is weak.
 * The estimate is the largest of what the first two count together, the model, and what the labels
 * say of the margin with what the first two count beyond it.
 *
 * Bound: at 95 % the share of false pairs among those that stand now, by the labels in the margin
 * and by the first two meters beyond it. The 5 % are split over what may go wrong, so that the sum
 * of the parts holds: decoy count .005, facility count .01, labels of facility pairs .005, chance
 * between an expected number and what came of it .005, margin labels .025. Without labels the
 * margin's share counts as false in full: honest, useless, and `labels_needed` says how many would
 * do. It holds where false links come from unrelated people and families, or are weak; a hospital
 * that writes one patient's data into another's file makes strong ones that no meter sees. */
#ifndef NAYOSE_LEARN_CALIBRATE_H
#define NAYOSE_LEARN_CALIBRATE_H

#include "nayose/index.h"
#include "nayose/learn.h"

/* The most thresholds of the curve, and the bins of the histograms: one bit each, the first from
 * NY_CALIBRATION_BIN_FIRST, what is outside goes to the ends. */
enum {
    NY_CALIBRATION_TAUS_MAX = 96,
    NY_CALIBRATION_BINS = 64,
    NY_CALIBRATION_BIN_FIRST = -4,
    NY_CALIBRATION_RARITIES = 3,
    NY_CALIBRATION_CONTACT_SETS = 8
};

struct ny_calibration_options {
    uint64_t seed;
    uint32_t records; /* in the decoy sample, default 100 000 */
    uint32_t shifts;  /* dates tried for each, 2 to 100, default 100 */
    double target;    /* share of false links that is promised, default 1e-5 */
    /* Called every few thousand comparisons at the latest with the share of the work done, 0 to 1;
     * false stops the run. NULL: never. */
    bool (*progress)(void *ctx, double share);
    void *ctx;
};
void ny_calibration_options_default(struct ny_calibration_options *o);

/* Tries and hits of one meter for a part of the sample. */
struct ny_calibration_part {
    uint64_t records, tries, hits;
};

/* One threshold of the curve. */
struct ny_calibration_point {
    int32_t tau_b1024;
    uint64_t links;         /* pairs together at it */
    uint64_t decoy_hits;    /* false pairs seen by the meters */
    uint64_t facility_hits; /* … */
    double model_mean;
    double estimate; /* share of false pairs, on average */
    double bound;    /* at 95 %; below the active threshold whatever is gained counts as false */
};

struct ny_calibration {
    int32_t model_version, tau_b1024; /* as active */
    uint64_t seed;
    double target;
    uint32_t records, persons; /* that take part; people with at least one such record */
    uint64_t links;            /* L, pairs */

    struct ny_calibration_part decoy; /* hits: false pairs at the active threshold */
    uint64_t decoy_excluded;          /* hits left out: own records with a wrong date */
    uint64_t decoy_unseen;            /* records of the sample without a full birth date */
    double decoy_pairs;               /* expected false pairs in the registry */
    double decoy_pairs_upper;
    /* By rarity of the name: common, usual, rare (half the average share and less). */
    struct ny_calibration_part decoy_rarity[NY_CALIBRATION_RARITIES];
    /* By contacts present: bit 1 address, 2 phone, 4 insurance. */
    struct ny_calibration_part decoy_contacts[NY_CALIBRATION_CONTACT_SETS];

    uint64_t facility_pairs;     /* of the facilities, all compared ones that are two persons */
    uint64_t facility_hits;      /* would be joined in two facilities, or are joined */
    uint64_t facility_namesakes; /* of these: no contact agrees */
    uint64_t facility_judged;    /* of these: pinned or labelled */
    uint64_t facility_different; /* … as two people */
    bool exposure_by_household;  /* false: too few household pairs seen, by facility sizes */
    double exposure_ratio;
    double exposure_namesakes; /* by facility sizes: of people with nothing in common */
    double facility_expected;  /* expected false pairs in the registry */
    double facility_upper;

    double model_mean;
    bool meters_agree;

    uint64_t margin_links;
    int32_t margin_from_b1024, margin_to_b1024;
    uint64_t margin_labelled, margin_different;
    double margin_upper;    /* share of false pairs in the margin */
    uint64_t labels_needed; /* all in all, for the margin to take half of the target; 0: it does */

    double estimate, bound; /* at the active threshold */
    bool tau_found;         /* some threshold of the curve keeps the target on average */
    int32_t tau_best_b1024; /* the smallest from 10.5 bits on that does */

    size_t n_curve;
    struct ny_calibration_point curve[NY_CALIBRATION_TAUS_MAX];

    /* Scores by class, pairs a bin: strength; for questions the total of the asking edge. */
    uint64_t histogram_decoy[NY_CALIBRATION_BINS];
    uint64_t histogram_facility[NY_CALIBRATION_BINS];
    uint64_t histogram_links[NY_CALIBRATION_BINS];
    uint64_t histogram_questions[NY_CALIBRATION_BINS];
};

/* Runs the meters. ix: a snapshot that nobody changes meanwhile; it is not changed, but its scratch
 * for look-ups is used. m: the model that made its links. out: written on success.
 * Errors: NY_EAGAIN when progress said stop. */
NY_MUST_USE ny_rc ny_calibrate(struct ny_index *ix, const struct ny_match_model *m,
                               const struct ny_learn_decision *labels, size_t n_labels,
                               const struct ny_calibration_options *o, struct ny_calibration *out);

/* Draws up to `want` pairs to label: first the facility hits that nobody judged (at most a fifth of
 * want), then the margin at random. The same seed draws the same pairs, and what is labelled
 * already is not drawn again, so a drawing can go on. out has room for want. */
NY_MUST_USE ny_rc ny_calibration_draw(struct ny_index *ix, const struct ny_match_model *m,
                                      const struct ny_learn_decision *labels, size_t n_labels,
                                      const struct ny_calibration_options *o, size_t want,
                                      struct ny_learn_decision *out, size_t *out_n);

/* The result as JSON text, one object; out's arena. */
NY_MUST_USE ny_rc ny_calibration_write(const struct ny_calibration *c, struct ny_buf *out);
/* Gauges for the text exposition from such JSON. Errors: NY_ESYNTAX. */
NY_MUST_USE ny_rc ny_calibration_metrics(ny_str json, struct ny_buf *out);

#endif
