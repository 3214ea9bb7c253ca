/* link, private: one regrouping.
 *
 *   seeds ─▶ closure ─▶ pins ─▶ components ─▶ part: the input of one partition ─▶ groups, questions
 */
#ifndef NAYOSE_LINK_PRIV_H
#define NAYOSE_LINK_PRIV_H

#include "nayose/link.h"

/* How strict a component's edges are (6.3 step 1). NO_EDGES: more records than a component may have
 * with one name, birth date and contact are dummies of somebody's test system; solving them would
 * stop the loop for seconds, so only what somebody said joins them. */
enum strictness { ALL_EDGES, AUTO_EDGES, STRONG_EDGES, NO_EDGES };

/* One pin between two survivors, by their numbers; a < b. */
struct word {
    uint32_t a, b;
    const struct ny_index_pin *pin;
};

/* What the pins of a closure say together. */
struct pins {
    uint32_t *next;     /* [n] the next of those who must be one, in a ring; NULL: no pins at all */
    struct word *joins; /* [n_joins] SAMEs in force that join, by weight */
    size_t n_joins;
    struct word *cannot;
    size_t n_cannot;
    struct word *refused; /* said to be one, against a DIFFERENT that comes between */
    size_t n_refused;
    const struct ny_index_pin *aside; /* in force on the pair that is left aside; NULL: none */
};

struct closure {
    struct ny_link *link;
    struct ny_arena *arena;
    struct ny_link_set nodes; /* sorted in canonical order when complete */
    uint32_t *slots;          /* id → number + 1, open addressing */
    size_t slot_mask;
    bool by_pins;        /* collected over pins alone */
    uint32_t aside[2];   /* identities whose word on each other is left aside; 0: none */
    uint32_t *component; /* [n] smallest number of the component */
    uint32_t *group;     /* [n] smallest number of the group */
    struct pins pins;
};

/* closure.c: everything that hangs together with the seeds. */
void ny_closure_collect(struct closure *c, const struct ny_link_set *seeds);
/* Number of a node + 1, or 0. */
uint32_t ny_closure_number(const struct closure *c, uint32_t id);

/* pins.c: fills in c->pins. NY_ELIMIT when the arena is full. */
NY_MUST_USE ny_rc ny_closure_pins(struct closure *c);
/* A word on two that is not void: taken back, or of somebody who moved away since. A NONE may take
 * it back none the less. */
bool ny_pin_counts(const struct ny_index *ix, const struct ny_index_pin *p);
/* The pin says that its two are one. */
bool ny_pin_joins(const struct ny_index_pin *p);
/* a and b (numbers) must be one. */
bool ny_pins_join(const struct pins *p, uint32_t a, uint32_t b);
/* The DIFFERENT that would come between a and b if they were one, or NULL. */
const struct word *ny_pins_obstacle(const struct pins *p, uint32_t a, uint32_t b);
/* Tells the sink whose pins the records have come to contradict. */
void ny_closure_doubts(const struct closure *c);
/* The score of two identities. False: one of them cannot be compared. */
bool ny_link_score(const struct ny_link *l, uint32_t a, uint32_t b, struct ny_score *out);

/* part.c: solves the component of that number; fills in c->group and tells the questions. */
NY_MUST_USE ny_rc ny_part_solve(struct closure *c, uint32_t component, enum strictness how);

#endif
