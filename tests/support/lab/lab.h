/* The lab: a generated population goes through the project's own code in memory, message by message
 * (ihe → registry → a store in memory), and what became of it is judged by the truth. No database,
 * no sockets: what is measured is the matcher and the grouping alone. */
#ifndef LAB_H
#define LAB_H

#include "plan.h"
#include "source.h"

#include "fake_store.h"
#include "nayose/learn.h"
#include "nayose/registry.h"

#include <stdio.h>

/* ---- a day of messages (world.c) ---- */

struct lab_options {
    struct pop_plan_options plan;
    ny_str model; /* text of the model version; empty: version 1 from the settings */
    struct ny_match_settings settings;
    bool decided; /* clerks who know the truth decide all questions before the learning … */
    uint32_t slips_percent; /* … and slip */
};

/* One record, what the truth says of it and what the registry made of it. */
struct lab_record {
    enum pop_kind kind;
    uint32_t person, household;
    int32_t birth;
    uint32_t errors; /* bits of enum pop_error */
    uint8_t slot, twin_order;
    uint8_t n_contacts;
    uint16_t facility;
    uint32_t local_id;
    uint64_t contacts[8]; /* hashes of values sent: telephone, address, insurance */
    uint64_t likeness;
    int64_t identity; /* number in the registry; 0: it never took the record */
    int64_t group;    /* person of the registry */
};

struct lab_world {
    struct ny_store *store;
    struct ny_registry *registry;
    struct pop_source *source;
    struct lab_record *records; /* [n], those of one person stand together */
    size_t n;
    uint32_t *record_of; /* [identity] → record */
    size_t refused;      /* messages that were not answered AA */
    uint32_t people;
};

/* Makes the population of a seed and feeds all of it in order of time. Owned. */
struct lab_world *lab_world_create(const struct pop_names *names, const struct lab_options *o);
void lab_world_destroy(struct lab_world *w);
/* Why two records are, or are not, one; the explanation is lent to fn. */
void lab_world_explain(struct lab_world *w, const struct lab_record *a, const struct lab_record *b,
                       void (*fn)(void *ctx, ny_rc rc, const struct ny_explanation *e), void *ctx);

/* The groups as the links of a server: domain,local_id,regional_id with a number of our own. False
 * when the file cannot be written. */
bool lab_links_write(const struct lab_world *w, const char *path);

/* The model version of the options. */
ny_str lab_model_text(const struct lab_options *o, struct ny_arena *a);

/* ---- learning (train.c) ---- */

/* Learns a new version from what the registry of a world holds. out: its text, in the arena. False
 * when it was refused. */
bool lab_train(struct lab_world *w, const struct lab_options *o, struct ny_arena *a, ny_str *out,
               struct ny_learn_report *report);

/* ---- counting (tally.c) ---- */

/* Counts by a text, with examples of each. */
struct lab_tally;

struct lab_tally *lab_tally_create(size_t examples);
void lab_tally_destroy(struct lab_tally *t);
/* True when the example would still be kept: whoever counts may then write one. */
bool lab_tally_add(struct lab_tally *t, const char *key);
void lab_tally_example(struct lab_tally *t, const char *key, const char *text);
/* The `top` commonest, with a title; nothing when nothing was counted. */
void lab_tally_print(const struct lab_tally *t, const char *title, size_t top, FILE *to);

/* ---- judging (judge.c, pairs.c) ---- */

enum lab_count {
#define LAB_COUNT(id, text) LAB_##id,
#include "tbl/counts.def"
#undef LAB_COUNT
    LAB_COUNT_COUNT
};

struct lab_result {
    int64_t count[LAB_COUNT_COUNT];
    struct lab_tally *missed;    /* pairs of the ceiling that are not linked, by why */
    struct lab_tally *false_;    /* pairs of two people in one group, by relation and levels */
    struct lab_tally *questions; /* open questions, by whom they are about and why */
    struct lab_tally *uncompared;
    int64_t
        touched[POP_ERROR_COUNT]; /* pairs of the ceiling that exactly one of the two has it in */
    int64_t touched_linked[POP_ERROR_COUNT];
};

struct lab_result *lab_result_create(size_t examples);
void lab_result_destroy(struct lab_result *r);
/* Adds what became of a world to the result. */
void lab_judge(struct lab_world *w, struct lab_result *r);
void lab_result_print(const struct lab_result *r, const char *title, size_t top, FILE *to);
/* Says which promises the result breaks (recall of the ceiling, false links, twins joined, open
 * questions of a person, pairs never compared, refused messages); true when it keeps all. */
bool lab_result_holds(const struct lab_result *r, double questions, FILE *to);

/* What two records of two people have to do with each other. */
const char *lab_relation(const struct lab_record *a, const struct lab_record *b);
/* Test patients, unknown people and babies that never got a name belong to nobody's true pairs. */
bool lab_is_linkable(const struct lab_record *r);

/* pairs.c: asks the registry about single pairs, and counts the answers. */
void lab_ask_missed(struct lab_world *w, struct lab_result *r, const struct lab_record *a,
                    const struct lab_record *b);
void lab_ask_false(struct lab_world *w, struct lab_result *r, const struct lab_record *a,
                   const struct lab_record *b);
/* The pair has no edge: did nobody look at it? */
void lab_ask_compared(struct lab_world *w, struct lab_result *r, const struct lab_record *a,
                      const struct lab_record *b);
void lab_ask_question(struct lab_world *w, struct lab_result *r, const struct ny_review_row *row);

/* ---- before and after learning (retrain.c) ---- */

struct lab_comparison {
    struct lab_result *before, *after;
};

/* Makes the population, judges it, learns from it, and judges the same population as the learned
 * version links it; prints a line of it. False when the version was refused: then only before
 * grows. */
bool lab_compare(const struct pop_names *names, const struct lab_options *o,
                 const struct lab_comparison *c, FILE *to);
/* A line of counts and rates: recall of the ceiling, false pairs, questions for 1 000 people. */
void lab_comparison_head_print(FILE *to);
void lab_comparison_print(const char *title, const int64_t before[LAB_COUNT_COUNT],
                          const int64_t after[LAB_COUNT_COUNT], FILE *to);

/* ---- calibration (calibrate.c) ---- */

struct lab_calibration {
    uint32_t records;       /* in the decoy sample */
    uint32_t labels;        /* asked of clerks who know the truth … */
    uint32_t slips_percent; /* … and slip, each by himself; two of three make a label */
};

/* What came of calibrations, added up. */
struct lab_coverage {
    uint64_t registries, covered;
    uint64_t links, wrong; /* pairs */
    double estimated;      /* false pairs by the estimates */
    double bounded;        /* … by the bounds */
};

/* Calibrates the world, prints estimate, bound and the true rate, and adds them to the sums. */
void lab_calibrate(struct lab_world *w, const struct lab_calibration *o, uint64_t seed,
                   struct lab_coverage *sums);
void lab_coverage_print(const struct lab_coverage *sums, FILE *to);

#endif
