/* registry, pins: a clerk's word about two identities: they are one person, they are two, or what
 * was said of them is taken back. A word stays: no automatic step overturns it, and it follows
 * merges. Spec: the project's matching rules 7. */
#ifndef NAYOSE_REGISTRY_PINS_H
#define NAYOSE_REGISTRY_PINS_H

#include "nayose/link.h"
#include "nayose/registry.h"
#include "nayose/store_desk.h"

struct ny_word {
    const struct ny_domain *domains[2];
    ny_str ids[2];
    enum ny_pin_kind kind; /* SAME, DIFFERENT; NONE takes back what roles up to this one said */
    enum ny_pin_role role; /* CLERK or SUPERVISOR */
    ny_str who, reason;
    bool dry_run; /* looked at, not said */
    /* Of the desk: the row that is kept with the pin, when the question still stands; NULL: none.
     */
    const struct ny_decision_row *decision;
    int64_t undoes;  /* the number of a decision that this word takes back, 0: none */
    int64_t said_us; /* of its pin, which must still be the one in force */
};

/* One identity of the groups that the word is about, by the first member of its group, and its
 * person; person_after 0: a new one. */
struct ny_word_member {
    uint32_t id, before, after;
    uint32_t person_before, person_after;
};

/* What becomes of a word. */
struct ny_word_outcome {
    int missing;                /* 1, 2: that identity is not known, or was taken back; 0: none */
    struct ny_link_check check; /* said (unless dry_run) when its result is NEW */
    const struct ny_word_member *members; /* [n_members] canonical order; of a NEW word */
    size_t n_members;
    bool is_moot; /* nothing was said: the question does not stand any more, or the pin to be undone
                     is not in force */
    size_t size;  /* active identities of the largest group that was several before; 0: there is
                     none */
    bool waits;   /* it is so large that a second person has to confirm the words */
    int64_t proposed; /* the number under which they wait; 0: they do not */
};

/* Says a word. Its pin, the groups that change and two audit rows (one for each identity, also of a
 * word that is refused or only looked at) are one commit; fn is called once, after it, and out is
 * borrowed until fn returns (NULL unless rc is NY_OK). */
void ny_registry_word(struct ny_registry *r, const struct ny_word *word,
                      void (*fn)(void *ctx, ny_rc rc, const struct ny_word_outcome *out),
                      void *ctx);

/* ---- undo ----
 *
 * A word that a clerk or a facility said, a merge or a move is undone by what takes back that
 * alone; a link by as many words as keep apart, whatever comes, those who came together by it and
 * those they came to; a split, an event that joined nobody, by one word that makes one again of
 * those who left and those whom they left. Each undo is itself words, and can be undone. */

enum { NY_UNDO_WORDS_MAX = 256 };

struct ny_undo_order {
    char what;      /* 'p': a word, by its number; 'e': an event of membership, by its number */
    int64_t number; /* 1 … */
    enum ny_pin_role role;
    ny_str who;
    ny_str reason; /* empty: what is undone, by its name */
    bool dry_run;
};

enum ny_undo {
    NY_UNDO_FOUND = 0,
    NY_UNDO_UNKNOWN, /* there is nothing of that number */
    NY_UNDO_NEWER,   /* a newer word of a role as high stands on top of it, or a merge of both sides
                      */
    NY_UNDO_HIGHER,  /* a higher role said it */
    NY_UNDO_NO_VALUES, /* the retired id was never fed, or was taken back */
    NY_UNDO_NOBODY,    /* the event neither joined nor parted anybody */
    NY_UNDO_NOTHING,   /* nothing of it is left */
    NY_UNDO_TOO_MANY   /* it would take more than NY_UNDO_WORDS_MAX words */
};

struct ny_undo_outcome {
    enum ny_undo result;
    const struct ny_pin_view *word;    /* what is undone; NULL: an event */
    const struct ny_event_view *event; /* NULL: a word */
    const struct ny_index_pin *said;   /* [n_said] what undoes it; none of what stands already */
    size_t n_said;
    struct ny_word_outcome outcome; /* FOUND: check and members; said when its check is NEW */
};

/* Undoes a word or an event, unless dry_run. Its pins, the groups that change and their audit rows
 * are one commit; fn is called once, after it; out is borrowed until fn returns (NULL unless rc is
 * NY_OK). */
void ny_registry_undo(struct ny_registry *r, const struct ny_undo_order *order,
                      void (*fn)(void *ctx, ny_rc rc, const struct ny_undo_outcome *out),
                      void *ctx);

/* ---- two persons ----
 *
 * Words that would make a group of more than two_person_above identities change nothing until
 * another user confirms them. They wait for as long as it takes. */

struct ny_proposal {
    int64_t number;
    int64_t at_us;
    enum ny_pin_role role; /* of who proposed it */
    ny_str who, reason;
    ny_str together;                 /* what the words undo, or empty */
    const struct ny_index_pin *said; /* [n_said] a, b, kind, role */
    size_t n_said;
    size_t size; /* identities of the group to be, when it was proposed */
};
/* All that wait, the oldest first; borrowed until the next request. */
size_t ny_registry_proposals(const struct ny_registry *r, const struct ny_proposal *const **out);
/* The number of one that says something of the two; 0: none does. */
int64_t ny_registry_proposal_of(const struct ny_registry *r, int64_t a, int64_t b);

struct ny_confirm_order {
    int64_t number;
    enum ny_proposal_end how; /* CONFIRMED: they are said; REJECTED: they are not */
    ny_str who, reason;
    bool dry_run; /* looked at */
};

enum ny_confirm {
    NY_CONFIRM_DONE = 0,
    NY_CONFIRM_UNKNOWN,  /* nothing of that number waits (any more) */
    NY_CONFIRM_OWN,      /* who proposed it cannot confirm it */
    NY_CONFIRM_OVERTAKEN /* a clerk said something of the same since */
};

struct ny_confirm_outcome {
    enum ny_confirm result;
    const struct ny_proposal *proposal; /* NULL: UNKNOWN */
    struct ny_word_outcome outcome;     /* of a DONE that is CONFIRMED: said when its check is NEW;
                                           STANDS: it was said meanwhile; CONTRADICTED: it waits on */
};

/* Ends a proposal. Pins, groups and audit rows are one commit; fn is called once, after it; out is
 * borrowed until fn returns (NULL unless rc is NY_OK). NY_ECONFLICT: somebody else ended it at the
 * same moment. */
void ny_registry_confirm(struct ny_registry *r, const struct ny_confirm_order *order,
                         void (*fn)(void *ctx, ny_rc rc, const struct ny_confirm_outcome *out),
                         void *ctx);

/* ---- what was said ---- */

/* The domain and local id of an identity; borrowed until the next request. */
void ny_registry_identity_name(const struct ny_registry *r, uint32_t id,
                               const struct ny_domain **domain, ny_str *local_id);

/* A page of what was said, see ny_store_pins. */
void ny_registry_pins(struct ny_registry *r, int64_t after, int32_t limit,
                      void (*fn)(void *ctx, ny_rc rc, const struct ny_pin_view *rows, size_t n),
                      void *ctx);
/* The row of a page is the word in force on its two; *doubted: and the records have come to
 * contradict it. */
bool ny_registry_pin_stands(struct ny_registry *r, const struct ny_pin_row *row, bool *doubted);
/* The words in force between the groups of two identities, or within the one that both are of.
 * Borrowed until fn returns. */
void ny_registry_pins_between(struct ny_registry *r, uint32_t a, uint32_t b,
                              void (*fn)(void *ctx, ny_rc rc, const struct ny_pin_view *rows,
                                         size_t n),
                              void *ctx);

#endif
