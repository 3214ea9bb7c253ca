/* learn: a new model version from the registry itself, and from what clerks decided of its pairs.
 * Pure: an immutable snapshot, their words and a seed in, a version or the reasons against it out;
 * meant for a worker thread. Sections: decisions · training · report. Spec: the project's matching
 * rules 3.1, 3.2, 4, 5. */
#ifndef NAYOSE_LEARN_H
#define NAYOSE_LEARN_H

#include "nayose/base.h"
#include "nayose/index.h"
#include "nayose/match.h"
#include "nayose/match_draft.h"

/* ---- decisions: pairs of which clerks said whether they are one person ----
 * Nobody is asked of pairs drawn at random, but of those that the machine cannot tell: a share
 * "same" among decisions says nothing of other pairs. So decisions count by band (what held the
 * pair back, and its total): within one they stand for all pairs of it, asked or not. */

/* Two identities and whether somebody who looked says that they are one person. Any order. */
struct ny_learn_decision {
    uint32_t a, b;
    bool same;
};

struct ny_learn_decisions {
    const struct ny_learn_decision *v; /* [n] each pair once */
    size_t n;
    size_t compared; /* pairs of which two clerks spoke, or one of them twice */
    size_t agreed;   /* of those, pairs of which all said the same */
};

/* ---- training ---- */

enum ny_learn_step {
    NY_LEARN_COUNT, /* shared values, spikes, frequencies, settings */
    NY_LEARN_KEYS,  /* hot values, two passes */
    NY_LEARN_DRAW,  /* random pairs */
    NY_LEARN_PAIR,  /* pairs of households and of one person */
    NY_LEARN_FIT    /* what the levels weigh */
};

/* Called at the start of a step and within long ones; done and total count that step's work.
 * False stops the training. */
typedef bool (*ny_learn_progress_fn)(void *ctx, enum ny_learn_step step, size_t done, size_t total);

struct ny_learn_options {
    int32_t version;    /* number of the new version */
    int64_t population; /* people in the catchment, as configured */
    uint64_t seed;      /* of the random pairs */
    int32_t today;      /* days since 1970: who has not been seen for long weighs less */
    bool counts_only;   /* keep the levels (model activate --recount) */
    struct ny_learn_decisions decisions;
    ny_learn_progress_fn progress; /* or NULL */
    void *ctx;
};

enum ny_learn_outcome { NY_LEARN_DONE, NY_LEARN_REFUSED, NY_LEARN_STOPPED };

struct ny_learn_report;

/* Trains. The levels are fitted without the decisions, and then with them: they move no level's
 * weight by more than NY_LEARN_RAISE_MAX bits up and NY_LEARN_LOWER_MAX down. ix is read only: its
 * identities, persons, pins; from gives the settings that are not learned (tau, contact rule, cap)
 * and, with counts_only, the levels.
 * out     owned; set only when the outcome is NY_LEARN_DONE
 * report  filled in whatever the outcome; before a stop, as far as it went
 * The result depends on the snapshot, from and the options alone, not on how identities and persons
 * are numbered nor on the order in which they came. */
enum ny_learn_outcome ny_learn_train(const struct ny_index *ix, const struct ny_match_model *from,
                                     const struct ny_learn_options *options,
                                     struct ny_match_model **out, struct ny_learn_report *report);

/* ---- report: counts and numbers, no patient data ---- */

enum ny_learn_class {
    NY_CLASS_PERSON,    /* M */
    NY_CLASS_HOUSEHOLD, /* H */
    NY_CLASS_UNRELATED, /* R */
    NY_CLASS_COUNT
};

/* The pairs that were looked at: those of enum ny_block, and random ones. */
enum { NY_LEARN_RANDOM = NY_BLOCK_COUNT, NY_LEARN_BLOCKS };

struct ny_learn_block {
    uint64_t pairs;
    size_t patterns;                 /* different ones among them */
    double expected[NY_CLASS_COUNT]; /* pairs of each class; 0 when nothing was learned from it */
};

/* Reasons to refuse (4.4). */
enum ny_learn_reason {
    NY_REFUSE_TOP_LEVEL,   /* a top level has m ≤ uR: value m, limit uR */
    NY_REFUSE_ORDER,       /* a level outweighs a better one: value bits by which, limit .5 */
    NY_REFUSE_TOP_CHANGE,  /* m of a top level moved: value by how much, limit */
    NY_REFUSE_SHARE,       /* matches among all pairs of records: value, limit */
    NY_REFUSE_FEW_MATCHES, /* expected matches of a block: value, limit 2 000 */
    NY_REFUSE_DRIFT,       /* a level's weight moved from the version before: bits, limit */
    NY_REFUSE_COUNT
};

struct ny_learn_refusal {
    enum ny_learn_reason reason;
    enum ny_level level; /* or NY_LEVEL_NONE */
    int block;           /* enum ny_block, or -1 */
    double value, limit;
};

enum { NY_LEARN_REFUSALS_MAX = 32 };

/* What held a pair back, and how far up its total lies: the bands of decisions. */
enum ny_learn_stop {
    NY_STOP_NOTHING,
    NY_STOP_CONTACT, /* no contact agrees (GD15), and nothing else */
    NY_STOP_GUARD,   /* a question at best */
    NY_STOP_NEVER,   /* neither link nor question */
    NY_STOP_COUNT
};
enum { NY_LEARN_TOTALS = 4, NY_LEARN_BANDS = NY_STOP_COUNT * NY_LEARN_TOTALS };

struct ny_learn_band {
    uint64_t pairs; /* of the blocks that m is learned from */
    size_t same, different;
    double expected_before, expected; /* "same" among them, by the version before and by the new */
};

/* Bits by which decisions may raise and lower what a level weighs, from what the registry alone
 * teaches: each training anew, so that they do not add up. A weight too high makes false links. */
#define NY_LEARN_RAISE_MAX .5
#define NY_LEARN_LOWER_MAX 2

/* What decisions did. */
struct ny_learn_taught {
    size_t told;             /* decisions given */
    size_t used;             /* by which something could be learned */
    size_t compared, agreed; /* as given */
    double error;            /* share of a clerk's words that is taken to be wrong */
    struct ny_learn_band band[NY_LEARN_BANDS];     /* by stop, then by total */
    struct ny_level_numbers alone[NY_LEVEL_COUNT]; /* levels as learned without them */
    double taken[NY_LEVEL_COUNT][2]; /* share of what they say of a level that was taken; 1: all */
};

struct ny_learn_report {
    enum ny_learn_outcome outcome;
    int32_t version_before, version;
    uint64_t seed;
    bool counts_only;
    uint64_t records; /* that take part */
    uint64_t persons; /* with such a record */
    struct ny_match_settings before, after;
    struct ny_learn_block block[NY_LEARN_BLOCKS];
    unsigned rounds[NY_CLASS_COUNT]; /* of the fit of m, uH, uR */
    struct ny_level_numbers level_before[NY_LEVEL_COUNT], level_after[NY_LEVEL_COUNT];
    size_t listed[NY_TF_COUNT]; /* values with a frequency */
    size_t marked[NY_MARK_COUNT];
    size_t
        hot[NY_KEY_KIND_COUNT]; /* hot values by kind of key; narrowed ones that stayed hot too */
    bool b0_on;
    double b0_block; /* average block of a birth date */
    struct ny_learn_taught taught;
    struct ny_learn_refusal refusal[NY_LEARN_REFUSALS_MAX];
    size_t n_refusals; /* the first of them are listed */
};

/* The report as JSON text. Errors: NY_ELIMIT when the arena is full. */
NY_MUST_USE ny_rc ny_learn_report_write(const struct ny_learn_report *r, struct ny_buf *out);
const char *ny_learn_reason_text(enum ny_learn_reason r); /* one sentence */

#endif
