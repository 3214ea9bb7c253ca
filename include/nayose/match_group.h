/* match_group: the partition of one component into people. A pure function of its input: which
 * order the records arrived in cannot be seen here. Spec: the project's matching rules 6.1, 6.2
 * (GD2, GD14), 6.3. */
#ifndef NAYOSE_MATCH_GROUP_H
#define NAYOSE_MATCH_GROUP_H

#include "nayose/match.h"

/* GD14: most live records of a group, and most addresses that exclude each other and were first
 * said within so many days. */
enum { NY_GROUP_LIVE_MAX = 12, NY_GROUP_MOVES_MAX = 3, NY_GROUP_MOVES_DAYS = 30 };

/* One record of the component. Nodes come in canonical order (domain OID, local id, byte order), so
 * that a smaller number is a smaller record. */
struct ny_group_node {
    const struct ny_record *record; /* borrowed; NULL for a record that stands alone */
    int32_t domain;                 /* assigning authority */
    bool live;     /* active; a merged one stays a node but is not counted (GD14) */
    bool held;     /* a hold on the identity or its source: nothing automatic */
    bool overlaid; /* its newest claim names another person; the record is of the one before */
    bool outside;  /* not in this part: only a rival for the runner-up rule */
    int32_t settled_day; /* addresses first said up to this day do not tell of moving: everything is
                          * new when a source begins (GD14; ny_match_settled_day) */
};

/* A stored edge, a < b. */
struct ny_group_edge {
    uint32_t a, b;
    struct ny_score score;
};

/* Two nodes that must, or must not, be one person (pins, authority merges). */
struct ny_group_pair {
    uint32_t a, b;
};

struct ny_group_input {
    const struct ny_match_model *model;
    const struct ny_group_node *nodes;
    size_t n_nodes;
    const struct ny_group_edge *edges;
    size_t n_edges;
    const struct ny_group_pair *must;
    size_t n_must;
    const struct ny_group_pair *cannot;
    size_t n_cannot;
};

/* What became of an edge. */
enum ny_group_verdict {
    NY_VERDICT_NONE = 0,  /* inside a group, or no question is worth asking; inside a group only an
                           * overlaid record asks, of its best partner: is it still this person? */
    NY_VERDICT_OPEN = 1,  /* the best edge between two groups that someone should look at */
    NY_VERDICT_PARKED = 2 /* likewise, but only a new contact could settle it (GD15) */
};

/* Why an open or parked edge did not join (values of enum ny_review_reason). */
struct ny_group_question {
    uint8_t verdict; /* enum ny_group_verdict */
    /* 1 band, 2 guard, 3 runner-up, 4 groups do not fit, 5 hold, 6 pins contradict, 7 overlay */
    uint8_t reason;
};

/* Partitions the component.
 * out_group   [n_nodes] the smallest node of each node's group; arena
 * out_question[n_edges] what each edge asks; at most one edge between two groups asks, and one for
 *             each overlaid record; arena
 * out_scored  pairs scored because no edge was stored between them
 * Errors: NY_ELIMIT when the arena is full. */
NY_MUST_USE ny_rc ny_group_partition(struct ny_arena *a, const struct ny_group_input *in,
                                     const uint32_t **out_group,
                                     const struct ny_group_question **out_question,
                                     size_t *out_scored);

/* How strongly two groups belong together when there is nobody else: the highest threshold
 * (tau_auto) at which (c) or (d) would join them, INT32_MIN when a rule forbids it at any. Nodes
 * 0 … n_first - 1 are one group, the others the second; in->must is empty; edges are those between
 * the two groups. Errors: NY_ELIMIT when the arena is full. */
NY_MUST_USE ny_rc ny_group_strength(struct ny_arena *a, const struct ny_group_input *in,
                                    size_t n_first, int32_t *out_b1024);

#endif
