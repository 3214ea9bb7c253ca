/* link: which identities are one person. Over an index: the edges of an identity are scored anew,
 * then the groups around whatever was touched are computed from nothing. It writes to the index and
 * tells a sink what changed there; it knows neither database nor messages, so the live registry and
 * a rehearsal over a copy run the very same steps.
 * Spec: the project's matching rules 5, 6.1, 6.3. */
#ifndef NAYOSE_LINK_H
#define NAYOSE_LINK_H

#include "nayose/index.h"
#include "nayose/match_group.h"

/* ---- sets of identities ---- */

/* Identities, each once, in the order in which they came. */
struct ny_link_set {
    uint32_t *ids; /* [n], in the arena given to add */
    size_t n, cap;
};
/* a: without a cap (exhaustion is a bug). Small sets: a walk finds what is there already. */
void ny_link_set_add(struct ny_link_set *s, struct ny_arena *a, uint32_t id);
/* Puts them into canonical order. */
void ny_link_set_sort(const struct ny_index *ix, struct ny_link_set *s);

/* ---- the linker ---- */

/* Told what changes in the index; any function may be NULL. Edges are borrowed until the call
 * returns. */
struct ny_link_sink {
    /* An edge is new or scores differently (index already changed). */
    void (*edge)(void *ctx, const struct ny_index_edge *e);
    /* An edge goes; its question with it (index not changed yet). */
    void (*edge_gone)(void *ctx, const struct ny_index_edge *e);
    /* What the edge asks changes to state and reason; 0: no question any more (index not changed
     * yet). */
    void (*question)(void *ctx, const struct ny_index_edge *e, uint8_t state, uint8_t reason);
    /* The search for an identity's candidates ended at the cap, or was complete. */
    void (*searched)(void *ctx, uint32_t id, bool capped);
    /* The records contradict, or do not contradict, what a clerk said of this identity and
     * another. Told of everybody in the closure of a regrouping where pins are. */
    void (*doubt)(void *ctx, uint32_t id, bool doubted);
    /* Nothing of this domain links automatically (a source on probation). */
    bool (*domain_is_held)(void *ctx, int32_t domain);
    void *ctx;
};

struct ny_link {
    struct ny_index *index;
    const struct ny_match_model *model;
    struct ny_link_sink sink;
};

/* Scores an identity against its candidates and brings its edges up to date: new and changed ones
 * are put, those that no key brings any more or that score too low go. touched gets the ends of
 * edges that went. a: as for sets. */
void ny_link_refresh(struct ny_link *l, struct ny_arena *a, uint32_t id,
                     struct ny_link_set *touched);

/* ---- pins ---- */

/* The identity that stands for this one: itself, or where its merges lead. Of the merges of one
 * identity the newest counts; of a circle the oldest does not. */
uint32_t ny_link_survivor(const struct ny_index *ix, uint32_t id);
/* The newest merge that retires an identity and was not taken back, or NULL. */
const struct ny_index_pin *ny_link_merge_of(const struct ny_index *ix, uint32_t id);
/* The word in force on two identities themselves, wherever they lead: SAME (by a merge or a move
 * too), DIFFERENT or NONE. */
enum ny_pin_kind ny_link_word(const struct ny_index *ix, uint32_t a, uint32_t b);
/* x was said after y. */
bool ny_link_pin_is_newer(const struct ny_index_pin *x, const struct ny_index_pin *y);

/* The kind of pin that takes back one of this kind. */
enum ny_pin_kind ny_link_kind_against(enum ny_pin_kind kind);
/* SAME, DIFFERENT, NONE and what takes those back: not of a merge or a move. */
bool ny_link_is_on_two(unsigned kind);
/* x takes back what y says, unless x was taken back in turn. */
bool ny_link_is_against(const struct ny_index *ix, const struct ny_index_pin *x,
                        const struct ny_index_pin *y);
/* A word in effect that a role as high said later of the two of `said` (SAME, DIFFERENT, NONE, or
 * one against those) stands on top of it. a: memory while it looks. */
bool ny_link_is_overruled(struct ny_link *l, struct ny_arena *a, const struct ny_index_pin *said);
/* p speaks of the two of `said`: of those who stand for them, or, when one stands for both, of
 * themselves. */
bool ny_link_is_of_two(const struct ny_index *ix, const struct ny_index_pin *p,
                       const struct ny_index_pin *said);

/* What a new word about two identities meets. */
enum ny_link_word {
    NY_WORD_NEW = 0,     /* nothing speaks against it */
    NY_WORD_STANDS,      /* the same is said, by a role as high; a NONE has nothing to take back */
    NY_WORD_CONTRADICTED /* by a role as high on the same two, or by way of others */
};

/* From one identity to the next: they are one (MERGE, SAME), or are two (DIFFERENT). */
struct ny_link_step {
    uint32_t from, to;
    uint8_t kind; /* enum ny_pin_kind */
    uint8_t role; /* enum ny_pin_role, of the pin */
};

struct ny_link_check {
    enum ny_link_word result;
    const struct ny_index_pin *before; /* in force on the two until now; NULL: nothing is */
    int64_t newest_us;                 /* of all words on the two; NY_NEVER: there is none */
    int32_t total_b1024;               /* of the survivors' records; NY_PIN_UNSEEN: not compared */
    const struct ny_link_step *steps;  /* [n_steps] CONTRADICTED: the way from a to b; arena */
    size_t n_steps;
};

/* Compares a word (a, b, kind and role of `said`) with what is in force; words speak of survivors.
 * A lower role's word on the same two is no obstacle: it is overruled. What is said of
 * merges and moves is always NEW: what it leads to is seen by ny_link_disputes. Errors: NY_ELIMIT
 * when the arena is full. Spec: the project's matching rules 7. */
NY_MUST_USE ny_rc ny_link_word_check(struct ny_link *l, struct ny_arena *a,
                                     const struct ny_index_pin *said, struct ny_link_check *out);

/* A word that says of two that they are one and is not followed, since others say that they are
 * two: the way from its first to its second and back. */
struct ny_link_dispute {
    struct ny_index_pin said;         /* its control id borrowed from the index */
    const struct ny_link_step *steps; /* [n_steps] arena */
    size_t n_steps;
};
/* All of them around the seeds. out: [*out_n], arena. Errors: NY_ELIMIT when the arena is full. */
NY_MUST_USE ny_rc ny_link_disputes(struct ny_link *l, struct ny_arena *a,
                                   const struct ny_link_set *seeds, struct ny_link_dispute **out,
                                   size_t *out_n);

/* out[i]: the first of ids (its place) who is one with ids[i] by words and merges alone. Errors:
 * likewise. */
NY_MUST_USE ny_rc ny_link_ones(struct ny_link *l, struct ny_arena *a, const uint32_t *ids, size_t n,
                               size_t *out);

/* The records of the survivors have come to contradict a pin in force that a clerk said: they say
 * so beyond doubt, and did not when he said it. The pin stays. */
bool ny_link_pin_is_doubted(const struct ny_link *l, const struct ny_index_pin *pin);

/* ---- groups ---- */

/* The groups around some identities. */
struct ny_link_groups {
    const uint32_t *nodes; /* [n] identities in canonical order */
    const uint32_t *group; /* [n] number (in nodes) of the first member of the node's group */
    size_t n;
};

/* Recomputes the groups of everything that hangs together with the seeds, by edges, pins or by
 * being one person now. Persons are left to the caller: the old grouping decides nothing here. out:
 * arena. Errors: NY_ELIMIT when the arena is full. */
NY_MUST_USE ny_rc ny_link_regroup(struct ny_link *l, struct ny_arena *a,
                                  const struct ny_link_set *seeds, struct ny_link_groups *out);

#endif
