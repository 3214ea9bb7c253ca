/* registry, search: who fits a description. Found in memory, ranked by the matcher, kept as a
 * snapshot of ids while somebody pages through it; what a page shows is read when it is sent.
 *
 *   search ─▶ a page of ids ─▶ (the caller commits its note) ─▶ read ─▶ the page with patients
 *
 * What is seen may still be uncommitted when it is found; the note cannot overtake it, so that the
 * read behind the note shows committed state. Spec: ITI TF-2 3.21; our HL7 v2 rules 7. */
#ifndef NAYOSE_REGISTRY_SEARCH_H
#define NAYOSE_REGISTRY_SEARCH_H

#include "nayose/match_search.h"
#include "nayose/model_visit.h"
#include "nayose/registry.h"

enum {
    NY_SEARCH_HITS_MAX = 20000,   /* persons of one question */
    NY_SEARCH_VISITS_MAX = 40000, /* visits of one question */
    NY_SEARCH_PAGE_MAX = 500,     /* persons of one answer */
    NY_SEARCH_LOOK_MAX = 1000,    /* records read to compare what memory does not hold */
    NY_SEARCH_CURSORS_MAX = 256,  /* snapshots in all */
    NY_SEARCH_CURSORS_OF_ONE = 8, /* of one requester; the oldest gives way */
    NY_SEARCH_IDLE_S = 600,       /* a snapshot that nobody asked for so long is gone */
    NY_SEARCH_POINTER_LEN = 24,
    NY_SEARCH_TERMS_MAX = 32 /* of a visit */
};

struct ny_search_ask {
    struct ny_search search;
    const struct ny_domain **wanted; /* ids of these are told, and who has none is left out */
    size_t n_wanted;                 /* 0: of all listed domains */
    /* NULL: persons. Else only what this facility knows: each of its records is a hit of its own,
     * with what it says alone; its id, or the person's ids in the domains wanted. */
    const struct ny_domain *of;
    size_t minimum; /* fields that must be asked for, an id aside; 0 is 1 */
    size_t page;    /* persons in an answer; 0: all at once */
    int least;      /* ny_match_confidence() that a hit must have */
    /* ITI-22: a visit is told with each person, one that has all the terms, the one last spoken of.
     * n_visit_keys: fields that few visits share (a number, a doctor, a place); with one of them
     * visits alone can be asked for, through the database's index. */
    bool visits;
    ny_str visit_terms[NY_SEARCH_TERMS_MAX];
    size_t n_visit_terms, n_visit_keys;
    /* A pointer is good only for who got it, with the same question again. */
    ny_str who;
    ny_str tag;                      /* of the query, to cancel it by */
    uint8_t question[NY_SHA256_LEN]; /* of all that the answer depends on */
    ny_str pointer;                  /* empty: a new question */
    size_t start; /* with a pointer: the person to begin with, from 1; 0: the next */
};

enum ny_search_result {
    NY_SEARCH_FOUND,      /* maybe nobody */
    NY_SEARCH_UNREADABLE, /* bad, bad_value tell which value */
    NY_SEARCH_TOO_FEW,    /* less is asked than this requester must ask */
    NY_SEARCH_TOO_MANY,   /* more people fit than are answered */
    NY_SEARCH_NO_POINTER  /* unknown, expired, somebody else's, or of another question */
};

struct ny_search_hit {
    int64_t person;
    int64_t record; /* the one identity of a facility that the hit is; 0: the whole person */
    ny_str regional_id;
    int32_t total_b1024; /* the matcher's, of the question against the person's best record */
    struct ny_resolved_member *members; /* those that are told; by domain, local id */
    size_t n_members;
    bool regional;              /* the regional id is told */
    struct ny_patient *patient; /* what the records of the hit say together; NULL until read */
    const struct ny_stored_visit *visit; /* NULL: none, or not asked for */
};

struct ny_search_page {
    enum ny_search_result result;
    enum ny_search_field bad;
    size_t bad_value;
    size_t total;     /* persons of the whole answer */
    size_t remaining; /* behind this page */
    ny_str next;      /* pointer to them; empty: none */
    struct ny_search_hit *hits;
    size_t n;
    int64_t *records; /* identities that the patients are made of */
    size_t n_records;
    uint64_t undone;                    /* of memory when it was found */
    const struct ny_search_ask *visits; /* whose visits are told; NULL: nobody asked */
};

/* Finds a page. fn is called once, maybe from inside; rc other than NY_OK: no page, NY_EAGAIN: a
 * batch failed meanwhile. Everything in
 * a, which lives, like ask, until fn was called; the page lives as long as a. */
void ny_registry_search(struct ny_registry *r, struct ny_arena *a, const struct ny_search_ask *ask,
                        void (*fn)(void *ctx, ny_rc rc, struct ny_search_page *page), void *ctx);
/* Does a slice of a search that waits; true while any does. Call it again soon, but not at once. */
bool ny_registry_search_step(struct ny_registry *r);
/* Those that wait are told NY_EDB, for a server that stops. NULL allowed. */
void ny_registry_searches_end(struct ny_registry *r);
/* Fills in the patients; who is not there any more is taken out. fn likewise; NY_EAGAIN when a
 * batch failed since the page was found: it may hold what was taken back. */
void ny_registry_search_read(struct ny_registry *r, struct ny_arena *a, struct ny_search_page *page,
                             void (*fn)(void *ctx, ny_rc rc, struct ny_search_page *page),
                             void *ctx);
/* What the records of a person say together, as it is committed, in a. fn is called once, maybe
 * from inside: patient NULL when nobody is there any more; NY_EAGAIN: memory does not know the
 * person (it is being loaded). */
void ny_registry_patient_read(struct ny_registry *r, struct ny_arena *a, int64_t person,
                              void (*fn)(void *ctx, ny_rc rc, const struct ny_patient *patient),
                              void *ctx);
/* Forgets the snapshots of a requester's query. */
void ny_registry_search_cancel(struct ny_registry *r, ny_str who, ny_str tag);

#endif
