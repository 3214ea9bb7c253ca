/* index, private: the tables and the undo log.
 *
 *   idents[id]  ──▶ blob: local id, packed record          persons[p].first ─▶ id ─▶ next_member …
 *      │ edges ─▶ pool of edges, each in two lists
 *   slots: (domain, local id) ─▶ id                        heads[tag] ─▶ postings: id, next      */
#ifndef NAYOSE_INDEX_PRIV_H
#define NAYOSE_INDEX_PRIV_H

#include "nayose/index.h"

struct ident {
    char *blob; /* local id, then the record */
    uint32_t record_len;
    uint32_t person;
    uint32_t home; /* the person it belonged to before */
    uint32_t next_member;
    uint32_t version;
    uint32_t edges; /* first edge, index in the pool + 1 */
    uint32_t pins;  /* first pin, index + 1 */
    uint16_t id_len;
    uint16_t domain;
    uint8_t status;
    uint8_t keyed;    /* bit i: its keys under models[i] are stored */
    uint8_t holds[2]; /* by kind, IDENTITY and VERSION; bit: why */
    bool settled;
};

struct slot {
    uint32_t id; /* 0 = free, SLOT_GONE = was removed */
    uint32_t tag;
};

struct posting {
    uint32_t id;
    uint32_t next; /* index + 1, 0 ends */
    uint32_t tag;  /* upper half of the key's hash; the lists are found by it */
};

struct edge {
    struct ny_index_edge e;
    uint32_t next_a, next_b; /* index + 1 in the lists of e.a and e.b; next_a chains free ones */
};

struct pin {
    struct ny_index_pin p;
    uint32_t next_a, next_b; /* index + 1 in the lists of p.a and p.b */
};

enum undo_op {
    UNDO_ADD,
    UNDO_RECORD,
    UNDO_STATUS,
    UNDO_VERSION,
    UNDO_PERSON,
    UNDO_PERSON_ADD,
    UNDO_EDGE_SET,    /* edge was not there */
    UNDO_EDGE_CHANGE, /* edge was there: restore */
    UNDO_EDGE_REMOVE,
    UNDO_PIN_ADD,
    UNDO_HOLD,
    UNDO_SETTLED
};

struct undo {
    enum undo_op op;
    uint8_t hold_kind;
    uint32_t id;
    uint32_t old;
    char *blob; /* UNDO_RECORD: the old blob, freed when settled */
    uint32_t record_len;
    uint32_t old_home;
    struct ny_index_edge edge;
};

struct domain_name {
    char *oid;
    size_t len;
};

struct ny_index {
    const struct ny_match_model *models[2]; /* the one in use, and one being brought in or out */
    unsigned active;                        /* which is in use */
    bool widening;                          /* what comes is stored under both */
    struct ident *idents;                   /* [n + 1], 0 unused */
    uint32_t n, cap;
    uint32_t n_older;  /* records of an older norm version */
    uint32_t *persons; /* first member, [n_persons + 1] */
    uint32_t n_persons, cap_persons;
    uint32_t live_persons;
    struct slot *slots;
    uint32_t slot_mask, slots_used;
    struct posting *postings;
    uint32_t n_postings, cap_postings, free_posting;
    uint32_t live_postings;
    uint32_t *heads;
    uint32_t head_mask;
    struct edge *edges;
    uint32_t n_edges, cap_edges, free_edge;
    uint32_t live_edges;
    struct pin *pins;
    uint32_t n_pins, cap_pins;
    struct domain_name *domains; /* by domain id */
    size_t n_domains;
    size_t blob_bytes;
    bool keep_log;
    struct undo *log;
    size_t n_log, cap_log;
    uint64_t log_base; /* mark of log[0] */
    struct candidate_table *candidates;
    struct term_table *terms; /* NULL: nobody searches */
};

/* Grows *array (of size bytes an entry) so that index n fits; *cap is in entries. */
void *ny_index_grow(void *array, uint32_t *cap, uint32_t n, size_t size);
void ny_index_log(struct ny_index *ix, const struct undo *u);

/* postings.c: adds or removes the keys, and the terms, of a packed record. */
void ny_index_keys_add(struct ny_index *ix, uint32_t id);
void ny_index_keys_remove(struct ny_index *ix, uint32_t id);

/* edges.c: without log. */
struct edge *ny_index_edge_slot(const struct ny_index *ix, uint32_t a, uint32_t b);
void ny_index_edge_insert(struct ny_index *ix, const struct ny_index_edge *e);
void ny_index_pin_drop_last(struct ny_index *ix);
void ny_index_edge_unlink(struct ny_index *ix, uint32_t a, uint32_t b);

/* identities.c: without log. */
void ny_index_identity_drop_last(struct ny_index *ix);
void ny_index_member_move(struct ny_index *ix, uint32_t id, uint32_t person);

/* terms.c: adds or removes the terms of a packed record. */
void ny_index_terms_add(struct ny_index *ix, uint32_t id);
void ny_index_terms_remove(struct ny_index *ix, uint32_t id);
size_t ny_index_terms_bytes(const struct ny_index *ix);
void ny_index_terms_free(struct ny_index *ix);

/* candidates.c */
void ny_index_candidates_free(struct ny_index *ix);

/* identities.c: a record comes or goes. */
void ny_index_older_add(struct ny_index *ix, const struct ident *i);
void ny_index_older_remove(struct ny_index *ix, const struct ident *i);

static inline ny_str ny_index_ident_record(const struct ident *i)
{
    return ny_str_of(i->blob + i->id_len, i->record_len);
}

#endif
