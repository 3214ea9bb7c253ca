/* A store in memory, private: its rows, a batch of them, and what finds them. */
#ifndef NAYOSE_TEST_FAKE_STORE_PRIV_H
#define NAYOSE_TEST_FAKE_STORE_PRIV_H

#include "fake_store.h"
#include "nayose/store_desk.h"

/* An array that grows: ADD(&list, value). */
#define LIST(type)                                                                                 \
    struct {                                                                                       \
        type *v;                                                                                   \
        size_t n, cap;                                                                             \
    }
#define ADD(list, ...)                                                                             \
    ((list)->v = fake_list_grown((list)->v, (list)->n, &(list)->cap, sizeof(*(list)->v)),          \
     (list)->v[(list)->n++] = (__VA_ARGS__))

void *fake_list_grown(void *v, size_t n, size_t *cap, size_t size);

/* Where the row of a pair stands: (a, b) → number of the row + 1; open addressing, nothing is ever
 * taken out. */
struct pair_slot {
    int64_t a, b;
    size_t row;
};

struct pair_map {
    struct pair_slot *slots;
    size_t size, used;
};

struct pair_slot *fake_pair_slot(const struct pair_map *m, int64_t a, int64_t b);
/* The row of the pair; the next free one, `rows`, when it has none yet. */
size_t fake_pair_row(struct pair_map *m, int64_t a, int64_t b, size_t rows);

struct edge_op {
    struct ny_edge_row row;
    bool remove;
};

struct identity_op {
    struct ny_identity_row row;
    bool is_new;
};

/* A row of membership with the batch that it came in; its number is its place + 1. */
struct fake_event {
    struct ny_membership_row row;
    int64_t batch;
};

struct visit_op {
    int64_t identity;
    const struct ny_visit *visit;
    int64_t from; /* whose visit->was becomes visit->number; 0: nothing moves */
};

struct fake_visit {
    int64_t identity;
    ny_str number;
    bool cancelled;
    struct ny_stamp state_stamp, stamp[NY_VISIT_COUNT];
    ny_str text[NY_VISIT_COUNT];
    ny_str terms[NY_VISIT_COUNT][NY_VISIT_TERMS_MAX];
    size_t n_terms[NY_VISIT_COUNT];
};

struct move {
    int64_t identity, person;
    enum ny_identity_status status;
};

struct model {
    int32_t version;
    ny_str body;
    enum ny_model_state state;
};

struct model_state {
    int32_t version;
    enum ny_model_state state;
};

struct ny_store_batch {
    struct ny_arena *arena;
    LIST(struct model) models;
    LIST(struct model_state) model_states;
    struct ny_rollout_row rollout;
    enum { ROLLOUT_SAME, ROLLOUT_SET, ROLLOUT_ENDED } rollout_change;
    LIST(struct identity_op) identities;
    LIST(struct move) moves;
    LIST(struct move) statuses; /* events: identity and status */
    LIST(struct ny_message_row) messages;
    LIST(struct edge_op) edges;
    LIST(struct visit_op) visits;
    LIST(struct ny_review_row) reviews;
    LIST(struct ny_pin_row) pins;
    LIST(struct ny_domain) domains;
    LIST(struct ny_requester_row) requesters;
    LIST(struct ny_consumer_row) consumers;
    LIST(struct ny_notice_row) notices;
    LIST(struct ny_notice_end_row) notice_ends;
    LIST(struct ny_hold_row) holds;
    LIST(struct ny_hold_release_row) releases;
    LIST(struct ny_person_row) persons; /* a new one has a regional id */
    LIST(struct ny_membership_row) memberships;
    LIST(struct ny_audit_row) audits;
    LIST(struct ny_proposal_row) proposals;
    LIST(struct ny_proposal_end_row) proposal_ends;
    size_t n_versions;
};

struct pending_read {
    int64_t ids[64 * 32];
    size_t n;
    void (*fn)(void *ctx, ny_rc rc, const struct ny_stored_patient *rows, size_t n);
    void *ctx;
};

struct pending_seen {
    int32_t source;
    ny_str control_id;
    uint8_t hash[NY_SHA256_LEN];
    void (*fn)(void *ctx, ny_rc rc, ny_str ack);
    void *ctx;
};

struct pending_resolve {
    struct ny_resolve_question asked[64];
    size_t n;
    void (*fn)(void *ctx, ny_rc rc, const struct ny_resolved *r);
    void *ctx;
};

enum { AUDITS_KEPT = 512, AUDIT_TEXT = 160 };

struct ny_store {
    struct ny_arena *arena;
    LIST(struct model) models;
    struct ny_rollout_row rollout;
    bool has_rollout;
    LIST(struct ny_domain) domains;
    LIST(struct ny_requester_row) requesters;
    LIST(struct ny_identity_row) identities;
    LIST(struct ny_message_row) messages;
    LIST(struct fake_visit) visits;
    LIST(struct edge_op) edges; /* those removed stay as what they were */
    struct pair_map edge_of;
    size_t n_edges;
    LIST(struct ny_review_row) reviews;
    struct pair_map review_of;
    LIST(struct ny_pin_row) pins;
    LIST(struct ny_hold_row) holds; /* in force */
    LIST(struct ny_consumer_row) consumers;
    LIST(struct ny_notice_view) notices; /* the outbox, in order */
    int64_t last_notice;
    LIST(struct ny_person_row) persons;
    LIST(int64_t) member_of; /* by identity: the person of its newest membership event */
    LIST(struct fake_event) events;
    LIST(struct ny_proposal_row) proposals;
    LIST(struct ny_proposal_end_row) proposal_ends;
    LIST(int64_t) status_of; /* by identity: the status of its newest status event */
    size_t n_versions, n_audits;
    char audits[AUDITS_KEPT][AUDIT_TEXT]; /* the newest, in a ring */
    struct ny_store_batch *in_flight;
    void (*done)(void *ctx, ny_rc rc, const struct ny_error *err);
    void *done_ctx;
    struct pending_read read;
    struct pending_seen seen;
    struct pending_resolve resolve;
    ny_rc fail_rc;
    int fail_times;
    bool refuse_version;
    bool lose_answer;
    const char *poison;
    bool hold_reads, hold_resolves;
    bool ready;
    void (*on_ready)(void *ctx, bool ready);
    void *on_ready_ctx;
};

/* fake_apply.c */
void fake_batch_apply(struct ny_store *s, const struct ny_store_batch *b);
/* fake_words.c */
void fake_words_apply(struct ny_store *s, const struct ny_store_batch *b);
/* NY_ECONFLICT: a proposal would end twice. */
ny_rc fake_words_check(const struct ny_store *s, const struct ny_store_batch *b);
ny_rc fake_proposals_load(const struct ny_store *s, const struct ny_store_visitor *v);
/* fake_visits.c */
void fake_visit_apply(struct ny_store *s, const struct visit_op *op);
bool fake_is_hold_of(const struct ny_hold_row *h, int64_t identity, int32_t source,
                     enum ny_hold_why why);

#endif
