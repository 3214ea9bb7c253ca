/* registry, desk: questions as clerks work on them. A case that a clerk opens is held by his desk
 * for a while, in memory only; what he does with it is a row, and his decision a pin as well
 * (registry_pins.h). Nothing here is read by a decision of the machine. */
#ifndef NAYOSE_REGISTRY_DESK_H
#define NAYOSE_REGISTRY_DESK_H

#include "nayose/registry_models.h"
#include "nayose/store_desk.h"

enum { NY_LEASE_S = 900 }; /* without a sign of life of the desk */

/* A case that is open on somebody's desk. */
struct ny_lease {
    int64_t a, b;     /* identities, in either order */
    ny_str who, desk; /* a clerk may have several desks */
    int64_t since_us, until_us;
};
/* Gives the case to a desk, or prolongs what it has of it. True: it is this desk's now; *out is its
 * lease. False: *out is another's. Borrowed until the next call here. */
bool ny_registry_case_take(struct ny_registry *r, int64_t a, int64_t b, ny_str who, ny_str desk,
                           const struct ny_lease **out);
/* Who has the case; NULL: nobody. Borrowed likewise. */
const struct ny_lease *ny_registry_case_lease(struct ny_registry *r, int64_t a, int64_t b);
/* The desk gives a case back (a = 0: all that it has); how many. */
size_t ny_registry_case_release(struct ny_registry *r, int64_t a, int64_t b, ny_str who,
                                ny_str desk);

/* The question between the groups of two identities, as memory knows it. */
struct ny_case {
    bool same_person;
    enum ny_review_state state; /* 0: there is none */
    enum ny_review_reason reason;
    int32_t total_b1024; /* of their edge */
    uint32_t guards;
    int64_t
        proposed; /* what a clerk said waits for a second person under this number; 0: nothing */
};
void ny_registry_case(struct ny_registry *r, int64_t a, int64_t b, struct ny_case *out);

/* Keeps what a clerk did with a case without a word about the two: LATER, ASSIGN, NOTE. Committed
 * with an audit row before fn is called; texts are copied. */
void ny_registry_decision_add(struct ny_registry *r, const struct ny_decision_row *row,
                              ny_registry_done_fn fn, void *ctx);
/* Takes such a row back. */
void ny_registry_decision_undo(struct ny_registry *r, int64_t number, ny_str who,
                               ny_registry_done_fn fn, void *ctx);
/* See ny_store_decisions. */
void ny_registry_decisions(struct ny_registry *r, const struct ny_decision_filter *f, int32_t limit,
                           void (*fn)(void *ctx, ny_rc rc, const struct ny_decision_view *rows,
                                      size_t n),
                           void *ctx);

#endif
