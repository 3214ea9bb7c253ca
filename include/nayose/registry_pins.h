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

/* One identity of the groups that the word is about, by the first member of its group. */
struct ny_word_member {
    uint32_t id, before, after;
};

/* What becomes of a word. */
struct ny_word_outcome {
    int missing;                /* 1, 2: that identity is not known, or was taken back; 0: none */
    struct ny_link_check check; /* said (unless dry_run) when its result is NEW */
    const struct ny_word_member *members; /* [n_members] canonical order; of a NEW word */
    size_t n_members;
    bool is_moot; /* nothing was said: the question does not stand any more, or the pin to be undone
                     is not in force */
};

/* Says a word. Its pin, the groups that change and two audit rows (one for each identity, also of a
 * word that is refused or only looked at) are one commit; fn is called once, after it, and out is
 * borrowed until fn returns (NULL unless rc is NY_OK). */
void ny_registry_word(struct ny_registry *r, const struct ny_word *word,
                      void (*fn)(void *ctx, ny_rc rc, const struct ny_word_outcome *out),
                      void *ctx);

/* What undoes a word: *out is what was said of its two before it (NONE: nothing), to be said again.
 */
enum ny_undo {
    NY_UNDO_FOUND,
    NY_UNDO_NEWER,  /* a newer word of a role as high stands on top of it */
    NY_UNDO_NO_WORD /* a merge, a move, or several ids in one message */
};
enum ny_undo ny_registry_undo(const struct ny_registry *r, const struct ny_pin_row *row,
                              enum ny_pin_kind *out);

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

#endif
