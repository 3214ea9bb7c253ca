/* nayose evaluate, private: the truth, what the server made of it, and why. */
#ifndef NAYOSE_EVALUATE_PRIV_H
#define NAYOSE_EVALUATE_PRIV_H

#include "nayose/evaluate_truth.h"

#include "nayose_priv.h"

/* How often: {reason: count}, {"reason: levels": count}. */
struct tally {
    json_t *by_reason, *by_cause;
};

struct evaluation {
    struct cli *cli;
    struct ny_truth *truth;
    struct ny_judgement judgement;
    uint64_t strange_links; /* rows of links that the truth does not have */
    struct {
        uint64_t queued, queued_true; /* of these about one person */
        uint64_t parked, parked_true;
    } questions;
    struct {
        uint64_t known, unknown; /* true pairs, by whether the server knows both records */
        uint64_t uncompared;
    } pairs;
    struct tally wrong, missed; /* false links; missed pairs of the ceiling */
    json_t *examples;           /* [{kind, a, b, cause}] */
    size_t examples_max;        /* of each kind */
    size_t examples_n[3];
};

/* evaluate_ask.c: judges the groups and asks the server about every pair that is true or linked.
 * Returns an exit code. */
int evaluate_ask(struct evaluation *e);
/* evaluate_print.c */
void evaluate_print(const struct evaluation *e);
void evaluate_print_json(const struct evaluation *e);

#endif
