/* link, private: one regrouping.
 *
 *   seeds ─▶ closure ─▶ components ─▶ part: the input of one partition ─▶ groups, questions
 */
#ifndef NAYOSE_LINK_PRIV_H
#define NAYOSE_LINK_PRIV_H

#include "nayose/link.h"

/* How strict a component's edges are (6.3 step 1). NO_EDGES: more records than a component may have
 * with one name, birth date and contact are dummies of somebody's test system; solving them would
 * stop the loop for seconds, so only what somebody said joins them. */
enum strictness { ALL_EDGES, AUTO_EDGES, STRONG_EDGES, NO_EDGES };

struct closure {
    struct ny_link *link;
    struct ny_arena *arena;
    struct ny_link_set nodes; /* sorted in canonical order when complete */
    uint32_t *slots;          /* id → number + 1, open addressing */
    size_t slot_mask;
    uint32_t *component; /* [n] smallest number of the component */
    uint32_t *group;     /* [n] smallest number of the group */
};

/* closure.c: everything that hangs together with the seeds. */
void ny_closure_collect(struct closure *c, const struct ny_link_set *seeds);
/* Number of a node + 1, or 0. */
uint32_t ny_closure_number(const struct closure *c, uint32_t id);

/* part.c: solves the component of that number; fills in c->group and tells the questions. */
NY_MUST_USE ny_rc ny_part_solve(struct closure *c, uint32_t component, enum strictness how);

#endif
