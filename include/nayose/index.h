/* index: what the registry knows, in memory: identities with their packed records, blocking keys,
 * edges, pins, membership. What an uncommitted batch changed can be undone. Decides nothing, knows
 * no SQL. Identities and persons are numbered 1, 2, 3 … without gaps, as in the database. Sections:
 * life · identities · persons · edges · pins · candidates · undo. */
#ifndef NAYOSE_INDEX_H
#define NAYOSE_INDEX_H

#include "nayose/base.h"
#include "nayose/match.h"
#include "nayose/match_search.h"
#include "nayose/model.h"

struct ny_index;

/* ---- life ---- */

/* model is borrowed and outlives the index. Owned. */
struct ny_index *ny_index_create(const struct ny_match_model *model);
void ny_index_destroy(struct ny_index *ix); /* NULL allowed; wipes what it held */
/* Makes a domain's OID known; identities of other domains cannot be added. */
void ny_index_domain_set(struct ny_index *ix, int32_t domain, ny_str oid);
size_t
ny_index_bytes(const struct ny_index *ix); /* memory held, estimated from the tables' sizes */

/* The OID of a domain; borrowed. */
ny_str ny_index_domain_oid(const struct ny_index *ix, int32_t domain);

/* ---- identities ---- */

struct ny_index_identity {
    int32_t domain;
    ny_str local_id; /* borrowed until the record changes */
    enum ny_identity_status status;
    uint32_t person; /* 0 only before the first decision */
    uint32_t home;   /* the person it belonged to before that one, 0 = none */
    uint32_t version;
    ny_str record; /* packed; empty when none was set */
};

uint32_t ny_index_count(const struct ny_index *ix);
/* Its number, or 0. */
uint32_t ny_index_find(const struct ny_index *ix, int32_t domain, ny_str local_id);
/* Adds an identity that is not there yet; gives its number. */
uint32_t ny_index_add(struct ny_index *ix, int32_t domain, ny_str local_id,
                      enum ny_identity_status status);
void ny_index_get(const struct ny_index *ix, uint32_t id, struct ny_index_identity *out);
/* Replaces the packed record and with it the blocking keys. A record that stands alone, or an
 * identity that is not active or merged, is stored without keys. */
void ny_index_record_set(struct ny_index *ix, uint32_t id, ny_str packed);
void ny_index_status_set(struct ny_index *ix, uint32_t id, enum ny_identity_status status);
void ny_index_version_set(struct ny_index *ix, uint32_t id, uint32_t version);
/* How many have a record that was packed under an older norm version. */
uint32_t ny_index_older_count(const struct ny_index *ix);
/* Canonical order of two identities: (domain OID, local id) in byte order. */
int ny_index_order(const struct ny_index *ix, uint32_t a, uint32_t b);
/* Both are ACTIVE ids of one assigning authority, which says so that they are two people (GD1). */
bool ny_index_same_authority(const struct ny_index *ix, uint32_t a, uint32_t b);
/* The identity takes part in matching: active or merged, with a record that does not stand alone.
 */
bool ny_index_takes_part(const struct ny_index *ix, uint32_t id);

/* ---- persons ---- */

/* All that were ever added; they are numbered from 1 to this. */
uint32_t ny_index_person_count(const struct ny_index *ix);
/* Those of them who have an identity now. */
uint32_t ny_index_person_live(const struct ny_index *ix);
uint32_t ny_index_person_add(struct ny_index *ix);
/* Moves an identity to a person (0 = none). */
void ny_index_person_set(struct ny_index *ix, uint32_t id, uint32_t person);
/* Tells, at start-up, the person that an identity belonged to before. */
void ny_index_home_set(struct ny_index *ix, uint32_t id, uint32_t person);
/* The person of an identity; 0 only before the first decision. */
uint32_t ny_index_person_of(const struct ny_index *ix, uint32_t id);
/* Members one by one: first, then next of a member; 0 ends. */
uint32_t ny_index_member_first(const struct ny_index *ix, uint32_t person);
uint32_t ny_index_member_next(const struct ny_index *ix, uint32_t id);
size_t ny_index_member_count(const struct ny_index *ix, uint32_t person);

/* ---- edges ---- */

struct ny_index_edge {
    uint32_t a, b; /* canonical order */
    int32_t total_b1024;
    uint32_t guards;
    uint8_t levels[NY_FIELD_COUNT];
    uint8_t review; /* enum ny_review_state value, 0 = no question */
    uint8_t reason; /* enum ny_review_reason value */
};

size_t ny_index_edge_count(const struct ny_index *ix);
/* Inserts or replaces the edge between a and b (any order); the question on it is kept. */
void ny_index_edge_set(struct ny_index *ix, uint32_t a, uint32_t b, const struct ny_score *score);
void ny_index_edge_remove(struct ny_index *ix, uint32_t a, uint32_t b);
void ny_index_edge_ask(struct ny_index *ix, uint32_t a, uint32_t b, uint8_t review, uint8_t reason);
/* NULL when there is none; borrowed until the next change of any edge. */
const struct ny_index_edge *ny_index_edge_find(const struct ny_index *ix, uint32_t a, uint32_t b);
/* How many edges carry an open, and a parked question. */
void ny_index_review_counts(const struct ny_index *ix, int64_t *open, int64_t *parked);
/* Walks the edges of an identity: *cursor starts at 0; NULL ends. */
const struct ny_index_edge *ny_index_edge_next(const struct ny_index *ix, uint32_t id,
                                               uint32_t *cursor);

/* ---- pins and holds ---- */

/* What somebody said of two different identities; said pins stay. */
struct ny_index_pin {
    uint32_t a, b; /* MERGE: a was retired for b; MOVE: a moved to b; else in no order */
    uint8_t kind;  /* enum ny_pin_kind */
    uint8_t role;  /* enum ny_pin_role */
    uint16_t pair; /* place in the message: the later one is the newer word */
    int32_t
        total_b1024; /* of the records when it was said; NY_PIN_UNSEEN: they were not looked at */
    struct ny_stamp stamp;
};

/* Adds a pin; the control id of its stamp is copied. */
void ny_index_pin_add(struct ny_index *ix, const struct ny_index_pin *pin);
/* Walks the pins of an identity, the last added first; *cursor starts at 0; NULL ends. */
const struct ny_index_pin *ny_index_pin_next(const struct ny_index *ix, uint32_t id,
                                             uint32_t *cursor);
/* A hold on an identity (NY_HOLD_IDENTITY) or its version (NY_HOLD_VERSION) begins or ends. */
void ny_index_hold_set(struct ny_index *ix, uint32_t id, enum ny_hold_kind kind,
                       enum ny_hold_why why, bool held);
bool ny_index_has_hold(const struct ny_index *ix, uint32_t id, enum ny_hold_kind kind,
                       enum ny_hold_why why);
/* Some hold of the kind stands. */
bool ny_index_is_held(const struct ny_index *ix, uint32_t id, enum ny_hold_kind kind);

/* ---- candidates ---- */

/* Identities that share a blocking key or probe with r, without `self`, at most the model's cap, in
 * canonical order. out has room for candidate_max of the model. *capped: the cap was reached, so
 * the search is not complete. */
size_t ny_index_candidates(struct ny_index *ix, const struct ny_record *r, uint32_t self,
                           uint32_t *out, bool *capped);

/* ---- search ---- */

/* From now on people can be searched for by what their records hold; while the index is empty. */
void ny_index_terms_keep(struct ny_index *ix);
/* Those who may fit the plan, merged ones among them, by the smallest list of terms that it fills;
 * ascending. *out: arena. NY_ELIMIT: no list is shorter than max, or none is filled. */
NY_MUST_USE ny_rc ny_index_search(const struct ny_index *ix, struct ny_arena *a,
                                  const struct ny_search_plan *p, size_t max, uint32_t **out,
                                  size_t *out_n);
/* It is not deleted, and its record fits. */
bool ny_index_fits(const struct ny_index *ix, const struct ny_search_plan *p, uint32_t id);

/* ---- from one model to another ----
 *
 * The keys move step by step while searches go on, and every search finds what it would find with
 * one model alone (and perhaps a few more):
 *   begin ─▶ widen each identity ─▶ switch ─▶ narrow each identity ─▶ end
 * Identities that come or change meanwhile are stored under both models before the switch, and
 * under the one in use behind it: one that was narrowed stays so. None of it is taken back by undo:
 * it changes no answer. */

/* next is borrowed and outlives the index; at most one at a time. */
void ny_index_model_begin(struct ny_index *ix, const struct ny_match_model *next);
void ny_index_keys_widen(struct ny_index *ix, uint32_t id);
/* From here on searches go by the other model; every identity was widened. */
void ny_index_model_switch(struct ny_index *ix);
/* Instead of the switch: the other model will not be used. */
void ny_index_model_give_up(struct ny_index *ix);
void ny_index_keys_narrow(struct ny_index *ix, uint32_t id);
/* The other model is not needed any more; every identity was narrowed. */
void ny_index_model_end(struct ny_index *ix);
const struct ny_match_model *ny_index_model(const struct ny_index *ix);

/* A mark that the caller sets on identities it is done with; undo takes it back. clear is final. */
void ny_index_settled_set(struct ny_index *ix, uint32_t id, bool settled);
bool ny_index_is_settled(const struct ny_index *ix, uint32_t id);
void ny_index_settled_clear(struct ny_index *ix);

/* ---- undo ---- */

/* Changes after a mark can be taken back, or made final, oldest marks first. While no log is kept
 * (start-up) changes are final at once. */
void ny_index_log_keep(struct ny_index *ix, bool keep);
uint64_t ny_index_mark(const struct ny_index *ix);
void ny_index_undo_to(struct ny_index *ix, uint64_t mark);
/* An identity whose person or status was another one at the mark, and what they were then. */
struct ny_index_move {
    uint32_t id;
    uint32_t person; /* 0: it was not there */
    enum ny_identity_status status;
};
/* Every identity whose person or status was changed since the mark, once, in the order of their
 * first changes; some may be what they were. out: in a. Gives the count. */
size_t ny_index_moves(const struct ny_index *ix, uint64_t mark, struct ny_arena *a,
                      struct ny_index_move **out);
void ny_index_settle(struct ny_index *ix, uint64_t mark);

#endif
