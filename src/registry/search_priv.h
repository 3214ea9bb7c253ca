/* registry, private: a search, and the snapshots of those that go on. */
#ifndef NAYOSE_REGISTRY_SEARCH_PRIV_H
#define NAYOSE_REGISTRY_SEARCH_PRIV_H

#include "nayose/registry_search.h"

#include "registry_priv.h"

/* Who fits (a person; or one record, of a facility), by the record that fits best. */
struct found {
    uint32_t identity;
    int32_t total_b1024;
    uint32_t shown; /* who stood here in a page; 0: nobody yet */
};
struct found_list {
    struct found *v;
    size_t n;
};

/* A question under way. */
struct searching {
    struct ny_registry *r;
    struct ny_arena *arena;
    const struct ny_search_ask *ask;
    struct ny_search_plan *plan;
    struct ny_search_page *page;
    uint32_t *ids; /* [n] identities that fit */
    size_t n;
    bool misspelt;   /* nobody fitted: asked once more, a letter off */
    bool elsewhere;  /* memory has no way to find them: the visits, or the mother, are it */
    size_t at, kept; /* of ids: what the slices so far have looked at, and left */
    struct ny_record probe;
    struct found_list found;
    void (*one)(struct searching *s, uint32_t id); /* looks at one of the ids */
    void (*then)(struct searching *s);
    struct searching *next; /* in the row of those that wait */
    void (*fn)(void *ctx, ny_rc rc, struct ny_search_page *page);
    void *ctx;
};

/* search.c */
void ny_search_end(struct searching *s, ny_rc rc);
void ny_search_refuse(struct searching *s, enum ny_search_result why);
/* Takes all records of these persons as ids. */
NY_MUST_USE ny_rc ny_search_take(struct searching *s, const uint32_t *persons, size_t n);
/* Leaves those of the ids found elsewhere that speak for their persons and fit whatever else is
 * asked, and goes on. */
void ny_search_fit(struct searching *s);
/* With ids as they are now. */
void ny_search_go_on(struct searching *s);

/* search_read.c: names in a the records that the patients of the page are made of. */
NY_MUST_USE ny_rc ny_search_records(const struct ny_registry *r, struct ny_arena *a,
                                    struct ny_search_page *page);

/* search_whose.c */
/* Whose an identity is in an answer: a person's; or, of one facility, that of the record that
 * stands for it. */
uint32_t ny_search_whose(const struct ny_index *ix, bool by_record, uint32_t id);
/* The same of an identity that speaks for him: it is there; or it is retired, and nothing of his
 * that is has a name (search_read.c tells the same). 0: it does not, or is not of the facility. */
uint32_t ny_search_speaks_for(const struct searching *s, uint32_t id);
/* The identity is one of those that a hit is made of. */
bool ny_search_is_of(const struct ny_index *ix, const struct ny_search_hit *h, uint32_t id);
/* The regional id is told. */
bool ny_search_is_regional_told(const struct searching *s);
/* The id of this member of whose is told. */
bool ny_search_is_told(const struct searching *s, uint32_t whose, uint32_t member);

/* search_rank.c: answers with one entry for each person, best first. */
void ny_search_answer(struct searching *s);
/* The first page of what was found. */
void ny_search_page(struct searching *s);

/* search_slices.c */
/* Looks at the ids one by one (it may keep those before), then goes on with then; when they are
 * many, slice by slice. */
void ny_search_run(struct searching *s, void (*one)(struct searching *s, uint32_t id),
                   void (*then)(struct searching *s));

/* search_visits.c */
/* Leaves the ids of those persons who have such a visit; elsewhere: finds them by it, or by their
 * mother's id. */
void ny_search_visits(struct searching *s);
/* Reads the visits of a page, those of merged records included. */
NY_MUST_USE ny_rc ny_search_visits_read(struct ny_registry *r, struct ny_arena *a,
                                        struct ny_search_page *page,
                                        void (*fn)(void *ctx, ny_rc rc), void *ctx);

/* cursors.c. A snapshot: of a requester's question, and where in it a pointer points. */
struct cursor {
    uint64_t id; /* random; 0: free */
    char *who, *tag;
    size_t who_n, tag_n;
    uint8_t question[NY_SHA256_LEN];
    struct found_list found; /* owned */
    int64_t used_us;
};
/* Keeps found (copied). */
struct cursor *ny_cursor_add(struct ny_registry *r, const struct ny_search_ask *ask,
                             const struct found_list *found);
/* The snapshot that a pointer of this requester and question leads to, and the place; NULL. */
struct cursor *ny_cursor_find(struct ny_registry *r, const struct ny_search_ask *ask,
                              size_t *out_at);
/* Arena; p NULL: full. */
ny_str ny_cursor_pointer(const struct cursor *c, size_t at, struct ny_arena *a);
void ny_cursors_free(struct ny_registry *r);
/* Ids of memory were taken back and may soon mean somebody else: snapshots and pages that hold any
 * are void. */
void ny_search_forget(struct ny_registry *r);

#endif
