/* store_desk: what clerks did with questions: decided, put off, given to somebody, noted, undone.
 * Rows of a batch and what is read of them. */
#ifndef NAYOSE_STORE_DESK_H
#define NAYOSE_STORE_DESK_H

#include "nayose/store.h"

/* Stored values. */
enum ny_decision {
    NY_DECISION_SAME = 1,
    NY_DECISION_DIFFERENT = 2,
    NY_DECISION_LATER = 3,
    NY_DECISION_ASSIGN = 4,
    NY_DECISION_NOTE = 5
};

struct ny_decision_row {
    int64_t a, b; /* the pair that the question was asked of */
    enum ny_decision decision;
    ny_str who;
    int64_t at_us;
    ny_str reason;               /* a code, or empty */
    ny_str note;                 /* or empty */
    ny_str whom;                 /* ASSIGN: empty = to nobody */
    int64_t until_us;            /* LATER; else 0 */
    int32_t seconds;             /* that the case lay open before it */
    enum ny_review_reason asked; /* 0: no question stood */
    int32_t total_b1024;
    uint32_t guards;
    int64_t said_us; /* SAME, DIFFERENT: event time of the pin; else, or while it waits, 0 */
    enum ny_pin_kind before; /* of the pin that was in force; 0: none was */
    int64_t proposal;        /* SAME, DIFFERENT: it waited for a second person under this number, or
                                does as long as said_us is 0; else 0 */
};
/* What it points to must live as long as the batch. */
void ny_store_add_decision(struct ny_store_batch *b, const struct ny_decision_row *row);

struct ny_decision_undo_row {
    int64_t number;
    ny_str who;
    int64_t at_us;
};
/* One that is undone already stays as it is. */
void ny_store_undo_decision(struct ny_store_batch *b, const struct ny_decision_undo_row *row);

/* ---- words that wait for a second person ---- */

/* One word of a proposal; what they point to must live as long as the batch. */
struct ny_proposal_row {
    int64_t number; /* given by the registry: 1, 2 … */
    int32_t pair;   /* its place among the words of that number */
    int64_t a, b;
    enum ny_pin_kind kind;
    enum ny_pin_role role; /* of the pin that it becomes */
    ny_str who;
    int64_t at_us;
    ny_str reason;
    ny_str together; /* what the words undo, or empty */
    int32_t size;    /* identities of the group to be */
    int64_t undoes;  /* the decision that they take back; 0: none */
};
void ny_store_add_proposal(struct ny_store_batch *b, const struct ny_proposal_row *row);

enum ny_proposal_end { NY_PROPOSAL_CONFIRMED = 1, NY_PROPOSAL_REJECTED = 2 };
struct ny_proposal_end_row {
    int64_t number;
    enum ny_proposal_end how;
    ny_str who, reason;
    int64_t at_us;
    int64_t said_us;         /* event time of the pins that were said; 0: none were */
    enum ny_pin_kind before; /* as of a decision, of the first pin */
};
/* One that has ended already fails the batch (NY_ECONFLICT). The decision that waited with it is
 * said, or is undone with it; the one that it takes back is undone when it is said. */
void ny_store_end_proposal(struct ny_store_batch *b, const struct ny_proposal_end_row *row);

/* ---- what was decided ---- */

/* Decisions, the newest first. */
struct ny_decision_view {
    int64_t number;
    struct ny_decision_row row;
    bool undone;
    ny_str ns_a, id_a, ns_b, id_b;
};
/* The number under which it waits for a second person; 0: it does not (any more). */
static inline int64_t ny_decision_proposed(const struct ny_decision_view *v)
{
    return v->row.said_us == 0 && !v->undone ? v->row.proposal : 0;
}
struct ny_decision_filter {
    ny_str who;     /* of this clerk; empty: of anybody */
    int64_t a, b;   /* on this pair, in either order; 0: on any */
    int64_t number; /* this one; 0: any */
    int64_t before; /* numbers below; 0: from the newest */
    bool undone;    /* also those that were undone */
};
/* Asynchronous; see the reads of store.h. */
NY_MUST_USE ny_rc ny_store_decisions(
    struct ny_store *s, const struct ny_decision_filter *f, int32_t limit,
    void (*fn)(void *ctx, ny_rc rc, const struct ny_decision_view *rows, size_t n), void *ctx);

#endif
