/* study, private: what a rehearsal counts, before it becomes JSON. */
#ifndef NAYOSE_STUDY_REHEARSAL_PRIV_H
#define NAYOSE_STUDY_REHEARSAL_PRIV_H

#include "study_priv.h"

enum { BANDS = 4, PAIR_EXAMPLES = 5, GROUP_EXAMPLES = 20, GROUP_MEMBERS = 12 };

/* A stored edge of the version in use, ends in order of their numbers. */
struct old_edge {
    uint32_t lo, hi;
    int32_t total_b1024;
    uint32_t guards;
    bool seen; /* the other version has it too */
};

/* A stored question, likewise. */
struct old_question {
    uint32_t lo, hi;
    uint8_t state, reason; /* enum ny_review_state, ny_review_reason */
    int32_t total_b1024;
    uint32_t guards;
    bool seen; /* for who compares */
};

/* A pair with its scores; total INT32_MIN: no edge. */
struct pair_example {
    uint32_t a, b;
    int32_t before_b1024, after_b1024;
};

struct rehearsal {
    struct job *job;
    struct ny_snapshot snapshot;
    struct ny_link link;
    struct old_edge *old; /* [n_old] sorted by (lo, hi) when loaded */
    size_t n_old, cap_old;
    struct old_question *asked; /* [n_asked] sorted likewise */
    size_t n_asked, cap_asked;
    int64_t open_before, parked_before, open_after, parked_after;
    uint32_t
        *group; /* [count + 1] group of an identity under the other version: its least number */
    /* pairs by band before and after */
    int64_t moved[BANDS][BANDS];
    struct pair_example pairs[BANDS][BANDS][PAIR_EXAMPLES];
    int64_t total_moved_b1024; /* sum of the changes of pairs that have an edge in both */
    int64_t in_both;
    /* groups */
    int64_t linked_before, linked_after, linked_in_both; /* pairs in one group */
    int64_t joined, split; /* new groups of several old ones; old groups in several new ones */
    int64_t moving;        /* identities in either */
    /* [count + 1] by identity, made by the comparisons: it is in one of those groups; an edge of it
     * is new, went, or scores differently */
    bool *moves, *rescored;
    uint32_t joined_example[GROUP_EXAMPLES]; /* an identity of the new group */
    uint32_t split_example[GROUP_EXAMPLES];  /* an identity of the old group */
};

/* rehearsal.c. Loads the snapshot (of the job's version; 0: the active one) with what stands aside;
 * links it anew, telling the job of its share from … to. False: the job failed, or shall stop. */
bool ny_rehearsal_load(struct rehearsal *x);
bool ny_rehearsal_link(struct rehearsal *x, double from, double to);
void ny_rehearsal_finish(struct rehearsal *x); /* frees what it points to */
/* What stood between the two, or NULL. */
struct old_question *ny_rehearsal_asked(const struct rehearsal *x, uint32_t a, uint32_t b);
/* rehearsal_compare.c: fills in what is counted; link and groups are computed. */
void ny_rehearsal_compare_edges(struct rehearsal *x);
void ny_rehearsal_compare_groups(struct rehearsal *x);
/* rehearsal_json.c: the result for the model's row; arena of the job, p NULL when it is full. */
ny_str ny_rehearsal_write(const struct rehearsal *x);
/* "F01^0001234", in the job's arena. */
ny_str ny_rehearsal_name(const struct rehearsal *x, uint32_t id);

#endif
