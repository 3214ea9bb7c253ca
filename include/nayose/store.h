/* store: every SQL statement of nayose; rows ↔ model. Decides nothing.
 * Sections: schema · opening and leading · start-up rows · batch · reads.
 * All calls run on the loop thread; callbacks come from the loop, rows in them are borrowed until
 * they return. Spec: architecture of the project §2, §3. */
#ifndef NAYOSE_STORE_H
#define NAYOSE_STORE_H

#include "nayose/base.h"
#include "nayose/model.h"
#include "nayose/store_notices.h"
#include "nayose/store_visits.h"

/* ---- schema ---- */

/* Applies the migrations that are missing, each in its own transaction (blocking). model_v1 is the
 * text of model version 1, written when the database has no model yet. Errors: NY_EDB with the
 * server's words. */
NY_MUST_USE ny_rc ny_store_migrate(const char *conninfo, ny_str model_v1, struct ny_error *err);

/* ---- opening and leading ---- */

struct ny_loop; /* net */
struct ny_store;

struct ny_store_config {
    const char *conninfo;
    const char *holder; /* who leads: host name and process, also the audit chain's name */
    unsigned read_connections;
    unsigned statement_timeout_s;
};

/* Connects (blocking), checks the schema version (NY_ECONFIG with both numbers when it is not
 * ours), and takes the leadership over: epoch + 1. Owned. The connections for batches and reads are
 * started and come up with the loop's turns: ny_store_on_ready tells. */
NY_MUST_USE ny_rc ny_store_open(struct ny_loop *loop, const struct ny_store_config *cfg,
                                struct ny_store **out, struct ny_error *err);
/* Tells the batch in flight and every read under way NY_EDB first; NULL allowed. */
void ny_store_close(struct ny_store *s);
int64_t ny_store_epoch(const struct ny_store *s);
/* The write connection is up, the last fence held, and a read connection is up. */
bool ny_store_is_ready(const struct ny_store *s);
/* Called when the write connection is up and the fence holds (ready = true), again whenever a read
 * connection comes up while it is so, and when it is lost or another server leads (ready = false).
 * The order in which connections come up is nobody's choice: true may be told before a read is
 * possible. After a loss the batch in flight has been answered NY_EDB
 * before, and the epoch is moved on by one when it is still ours: what the lost connection left
 * behind cannot be committed any more once ready = true was told. A fenced store stays so. The
 * store must not be closed from inside. */
void ny_store_on_ready(struct ny_store *s, void (*fn)(void *ctx, bool ready), void *ctx);

/* Housekeeping, to be called hourly (opening does it too): partitions of this month and the next,
 * message_seen rows older than seven days away. Asynchronous; failures are logged. NY_EDB: no read
 * connection is up. */
NY_MUST_USE ny_rc ny_store_prune(struct ny_store *s);

/* Months of messages and of audit rows that had ended before these times, as names of partitions
 * separated by blanks; empty: none. fn is called once. NY_EDB: no read connection is up. */
NY_MUST_USE ny_rc ny_store_due(struct ny_store *s, int64_t messages_before_us,
                               int64_t audit_before_us,
                               void (*fn)(void *ctx, ny_rc rc, ny_str names), void *ctx);

/* ---- start-up rows (blocking, streamed in id order, on a connection of their own) ---- */

/* Where in PID-11 the addresses of a source stand. */
enum ny_address_fields {
    NY_ADDRESS_ALL = 0,
    NY_ADDRESS_WHOLE = 1, /* XAD-8, and the postal code; what else there is says something else */
    NY_ADDRESS_PARTS = 2  /* XAD-1 to XAD-5 */
};

struct ny_requester_row {
    int32_t id;
    ny_str app, facility; /* MSH-3, MSH-4 namespace; empty app = any */
    ny_str charset;       /* default character set, empty = detect */
    bool undecodable_replace;
    bool strict_update; /* A08 of an unknown id is refused */
    bool accept_test;   /* MSH-11 T or D becomes a test record */
    bool ignore_unknown_authority;
    bool probation;         /* records may not link automatically */
    bool unwatched;         /* no alarm when its messages are not what they were */
    int32_t default_domain; /* PID-3.4 missing; 0 = the source's only domain */
    int id_width;           /* digits of the ids of its domains, see ny_domain_local_id */
    enum ny_address_fields address;
    bool only_asks;     /* may feed nothing */
    int query_criteria; /* fields that a demographics query must fill; 0 = as configured */
    /* Who may speak for it, one a line, as ny_stream_peer_credentials() names them; empty: any. */
    ny_str certificates;
    bool strict_v3; /* HL7 V3 only in the form that the schemas give it, feeds and questions */
    bool ignore_tracking; /* of A09, A10, A14 … only the visit is taken */
    bool pix_names;       /* it is told the names of whose ids it asks in HL7 V3 */
    ny_str habits;        /* what its messages were at the beginning; empty = not learned yet */
};

struct ny_identity_row {
    int64_t id; /* given by the registry: 1, 2, 3 … without gaps */
    int32_t domain;
    ny_str local_id;
    enum ny_identity_status status;
    int64_t person;
    ny_str record; /* packed */
    int32_t norm_version;
    int64_t content_hash;
    int64_t event_us;
    int32_t version;                  /* 1 for the first, +1 with each identity_version */
    const struct ny_patient *patient; /* written as demographics; NULL in start-up rows */
};

struct ny_edge_row {
    int64_t a, b; /* a < b in canonical order (domain OID, local id) */
    int32_t total_b1024;
    uint8_t levels[8]; /* NY_FIELD_COUNT level numbers, then 0 */
    uint32_t guards;
    int32_t model;
};

struct ny_pin_row {
    int64_t a, b; /* MERGE: a was retired for b; MOVE: a moved to b */
    enum ny_pin_kind kind;
    enum ny_pin_role role;
    ny_str who;            /* user or source */
    struct ny_stamp stamp; /* of what said it */
    int32_t pair;          /* its place there */
    int32_t total_b1024;   /* of the two records when it was said; NY_PIN_UNSEEN */
    ny_str reason;
    int64_t message; /* 0 = none */
};

struct ny_hold_row {
    int64_t identity; /* 0 when the hold is on a source */
    int32_t source;   /* requester id, 0 when on an identity */
    enum ny_hold_kind kind;
    enum ny_hold_why why;
    ny_str detail; /* numbers for the operator; no patient data */
    int64_t at_us;
};

/* A hold ends: the one in force of this identity (or source) and why. */
struct ny_hold_release_row {
    int64_t identity;
    int32_t source;
    enum ny_hold_why why;
    ny_str who, reason;
    int64_t at_us;
};

enum ny_review_state { NY_REVIEW_OPEN = 1, NY_REVIEW_PARKED = 2, NY_REVIEW_CLOSED = 5 };

enum ny_review_reason {
    NY_REASON_BAND = 1, /* probability between the thresholds */
    NY_REASON_GUARD = 2,
    NY_REASON_RUNNER_UP = 3, /* another candidate is nearly as good */
    NY_REASON_GROUP = 4,     /* the groups do not fit together */
    NY_REASON_HOLD = 5,
    NY_REASON_PIN = 6,    /* said to be one, and said to be two */
    NY_REASON_OVERLAY = 7 /* is this id still the person that it was? */
};

struct ny_review_row {
    int64_t a, b; /* the pair's identities, a < b by canonical order: the key of an open question */
    enum ny_review_state state;
    enum ny_review_reason reason;
    int32_t total_b1024;
    uint32_t guards;
    int64_t at_us; /* when it was opened */
};

struct ny_proposal_row; /* store_desk.h */

/* One visitor for all start-up rows; a NULL function skips its table. Tables come in the order of
 * the functions, identities in the order of their ids, edges and seen in none. A function that
 * returns other than NY_OK stops the load with that rc. */
struct ny_store_visitor {
    ny_rc (*domain)(void *ctx, const struct ny_domain *row);
    ny_rc (*requester)(void *ctx, const struct ny_requester_row *row);
    ny_rc (*consumer)(void *ctx, const struct ny_consumer_row *row);
    ny_rc (*model)(void *ctx, int32_t version, ny_str body); /* the active one */
    ny_rc (*identity)(void *ctx, const struct ny_identity_row *row);
    /* A change of version under way. */
    ny_rc (*rollout)(void *ctx, int32_t from_version, int32_t to_version, int64_t done_to);
    /* The person that an identity belonged to before its present one. */
    ny_rc (*home)(void *ctx, int64_t identity, int64_t person);
    ny_rc (*edge)(void *ctx, const struct ny_edge_row *row);
    ny_rc (*pin)(void *ctx, const struct ny_pin_row *row);
    ny_rc (*hold)(void *ctx, const struct ny_hold_row *row);     /* not released ones */
    ny_rc (*review)(void *ctx, const struct ny_review_row *row); /* open and parked ones */
    ny_rc (*seen)(void *ctx, int32_t source, ny_str control_id, ny_str body_hash);
    ny_rc (*calibration)(void *ctx, ny_str body); /* the last one */
    /* The words of proposals that have not ended, in order; last: the largest number ever given.
     * Called with NULL when there is none. */
    ny_rc (*proposal)(void *ctx, const struct ny_proposal_row *row, int64_t last);
    ny_rc (*counters)(void *ctx, int64_t last_identity, int64_t last_person, int64_t last_message,
                      int64_t last_batch);
    void *ctx;
};
NY_MUST_USE ny_rc ny_store_load(struct ny_store *s, const struct ny_store_visitor *v,
                                struct ny_error *err);

/* ---- batch: one transaction ---- */

struct ny_person_row {
    int64_t id;
    ny_str regional_id; /* only for new ones */
    bool retired;
    int64_t forwarded_to; /* 0 = none */
};

enum ny_membership_cause {
    NY_CAUSE_MESSAGE = 1,
    NY_CAUSE_DECISION = 2,
    NY_CAUSE_MODEL = 3,
    NY_CAUSE_WITHDRAWAL = 4,
    NY_CAUSE_REBUILD = 5
};

/* When: the moment of the transaction, of all that one batch changes. */
struct ny_membership_row {
    int64_t identity;
    int64_t from_person; /* 0 = first sight */
    int64_t to_person;
    enum ny_membership_cause cause;
    int64_t message; /* 0 = none */
    ny_str receipt;  /* JSON text: the edge that joined it, or empty */
};

struct ny_message_row {
    int64_t id;
    int32_t source; /* requester, 0 = unknown */
    ny_str control_id;
    int64_t received_us;
    ny_str body; /* as received */
    ny_str ack;  /* as sent */
    uint8_t body_hash[NY_SHA256_LEN];
};

enum ny_audit_outcome {
    NY_AUDIT_OK = 0,
    NY_AUDIT_MINOR = 4,
    NY_AUDIT_DENIED = 8,
    NY_AUDIT_MAJOR = 12
};

/* One audit row (our audit rules 7). Texts may be empty. store adds seq, previous hash and hash. */
struct ny_audit_row {
    int64_t at_us;
    ny_str kind;   /* "feed", "feed more", "query", "notify", "admin", "alert", "server" */
    ny_str action; /* of IHE: C, R, U, D, E */
    enum ny_audit_outcome outcome;
    int32_t requester;
    ny_str user_id, user_name;
    ny_str peer_addr;
    ny_str certificate; /* "sha256:…" of the one that the peer has shown */
    ny_str transaction; /* "ITI-8" … */
    ny_str message_id;
    ny_str patient_domain, patient_id;
    int64_t person;
    ny_str query_payload;    /* whole query, bytes */
    ny_str domains_returned; /* comma separated namespaces */
    int32_t hits;
    ny_str decision; /* "AA", "NF", "AE 204" … */
    ny_str reason;
};

struct ny_store_batch; /* rows collected for one transaction */

struct ny_store_batch *ny_store_batch_create(void); /* owned; has its own arena */
void ny_store_batch_destroy(struct ny_store_batch *b);
/* Memory that lives as long as the batch; rows may point into it. */
struct ny_arena *ny_store_batch_arena(struct ny_store_batch *b);
/* Each takes a shallow copy of the row; what it points to must live as long as the batch. A second
 * row for the same identity (or person, edge, review pair) in one batch replaces the first one's
 * values: one statement per table, one row per key. */
void ny_store_add_identity_new(struct ny_store_batch *b, const struct ny_identity_row *row);
void ny_store_add_identity_update(struct ny_store_batch *b, const struct ny_identity_row *row);
/* What the identity was after this message: demographics and record are taken from row. */
void ny_store_add_version(struct ny_store_batch *b, const struct ny_identity_row *row,
                          int64_t message);
/* What became of an identity without a word about its values. */
void ny_store_add_identity_state(struct ny_store_batch *b, int64_t identity, int64_t person,
                                 enum ny_identity_status status);
void ny_store_add_person(struct ny_store_batch *b, const struct ny_person_row *row, bool is_new);
void ny_store_add_membership(struct ny_store_batch *b, const struct ny_membership_row *row);
/* An identity comes to be something else than ACTIVE, or than it was: for answers of past moments.
 */
void ny_store_add_status(struct ny_store_batch *b, int64_t identity,
                         enum ny_identity_status status);
void ny_store_add_edge(struct ny_store_batch *b,
                       const struct ny_edge_row *row); /* insert or replace */
void ny_store_remove_edge(struct ny_store_batch *b, int64_t identity_a, int64_t identity_b);
/* Pins are kept, every one. */
void ny_store_add_pin(struct ny_store_batch *b, const struct ny_pin_row *row);
/* A hold that is in force already stays as it is. */
void ny_store_add_hold(struct ny_store_batch *b, const struct ny_hold_row *row);
void ny_store_release_hold(struct ny_store_batch *b, const struct ny_hold_release_row *row);
void ny_store_add_review(struct ny_store_batch *b,
                         const struct ny_review_row *row); /* upsert by pair */
/* With its row of message_seen. Bytes that PostgreSQL cannot hold as text (NUL, no UTF-8) are
 * stored as U+FFFD, in control ids of other rows too. */
void ny_store_add_message(struct ny_store_batch *b, const struct ny_message_row *row);
/* These partitions (as ny_store_due names them) go with the batch; while somebody reads one, it
 * fails with NY_ECONFLICT. */
void ny_store_drop_partitions(struct ny_store_batch *b, ny_str names);
void ny_store_add_audit(struct ny_store_batch *b, const struct ny_audit_row *row);
/* Domains and requesters: ids are given by the registry, which has checked for contradictions. */
void ny_store_add_domain(struct ny_store_batch *b, const struct ny_domain *row);
void ny_store_add_requester(struct ny_store_batch *b,
                            const struct ny_requester_row *row); /* upsert */

/* Sends the batch as one segment: BEGIN, fence, one statement per non-empty table, COMMIT; at most
 * one is in flight (else NY_EAGAIN). batch_no is written to each identity row and to leader_beat.
 * done is called once: NY_OK when the server confirmed COMMIT; NY_EFENCED; NY_ECONFLICT for a
 * constraint or data error (SQLSTATE class 22, 23: this batch will never succeed as it is);
 * NY_ELIMIT for a value that cannot be sent; NY_EAGAIN for 40001/40P01 (try again); NY_EDB else,
 * also when the fate is unknown because the connection broke. The batch stays the caller's. When
 * the call itself answers other than NY_OK, done is not called: NY_EAGAIN (one is in flight),
 * NY_EFENCED, NY_EDB (not ready). done may commit again; it must not close the store. */
NY_MUST_USE ny_rc ny_store_commit(struct ny_store *s, struct ny_store_batch *b, int64_t batch_no,
                                  void (*done)(void *ctx, ny_rc rc, const struct ny_error *err),
                                  void *ctx);

/* ---- reads (asynchronous; read connections, committed state) ----
 *
 * Each answers NY_EDB at once, without calling fn, when no read connection is up. fn may close the
 * store. */

/* Stored patients of known identities. fn is called once: n rows found, in any order, and their
 * demographics parsed into arena memory that lives until fn returns. */
struct ny_stored_patient {
    int64_t id;
    int32_t version;
    int32_t domain;
    ny_str local_id;
    enum ny_identity_status status;
    int64_t person;
    struct ny_patient patient;
};
NY_MUST_USE ny_rc ny_store_read_patients(struct ny_store *s, const int64_t *ids, size_t n,
                                         void (*fn)(void *ctx, ny_rc rc,
                                                    const struct ny_stored_patient *rows, size_t n),
                                         void *ctx);

/* PIX: the identity (domain, local id), or the person with this regional id when domain is 0, and
 * every active or test member of its person. */
struct ny_resolved {
    bool found; /* the queried id is known and not merged or deleted */
    int64_t person;
    ny_str regional_id; /* of the live person (forwarded ones followed) */
    struct ny_resolved_member {
        int32_t domain;
        ny_str local_id;
    } * members; /* ordered by domain, local id; the queried one included */
    size_t n_members;
};
struct ny_resolve_question {
    int32_t domain;
    ny_str id;
};
/* Many questions in one statement. fn gets [n] answers in the order of the questions, NULL when rc
 * is not NY_OK. */
NY_MUST_USE ny_rc ny_store_resolve(struct ny_store *s, const struct ny_resolve_question *q,
                                   size_t n,
                                   void (*fn)(void *ctx, ny_rc rc, const struct ny_resolved *r),
                                   void *ctx);

/* One of them as it was answered at a past moment. */
NY_MUST_USE ny_rc ny_store_resolve_at(struct ny_store *s, int32_t domain, ny_str id, int64_t at_us,
                                      void (*fn)(void *ctx, ny_rc rc, const struct ny_resolved *r),
                                      void *ctx);

/* What became of identities, and of whoever left some persons: at most 2000 events. */
enum ny_history_kind {
    NY_HISTORY_VERSION = 1, /* a message changed values */
    NY_HISTORY_MOVE = 2,    /* it came to another person */
    NY_HISTORY_WORD = 3,    /* somebody said something of it and another */
    NY_HISTORY_HOLD = 4,
    NY_HISTORY_RELEASE = 5
};
struct ny_history_row {
    enum ny_history_kind kind;
    int64_t at_us;
    int64_t identity;
    int64_t number; /* of the version, or of the event among those of its kind */
    int64_t other;  /* WORD: the second one; MOVE: whom its best edge joins it with; 0: none */
    int what;       /* VERSION: status; MOVE: enum ny_membership_cause; WORD: enum ny_pin_kind */
    enum ny_pin_role role;        /* of a WORD */
    ny_str control_id;            /* of the message; RELEASE: why it was held */
    ny_str who;                   /* the source of the message, or the clerk */
    ny_str reason;                /* HOLD: why */
    int64_t from_person, person;  /* MOVE */
    int32_t total_b1024;          /* of that edge */
    const struct ny_patient *now; /* VERSION: what is known from then on; else NULL */
};
/* fn is called once with [n] rows, the newest first. */
NY_MUST_USE ny_rc ny_store_history(
    struct ny_store *s, const int64_t *ids, size_t n, const int64_t *persons, size_t n_persons,
    void (*fn)(void *ctx, ny_rc rc, const struct ny_history_row *rows, size_t n), void *ctx);

/* The stored acknowledgement of a message seen before (ack.p NULL: no such row). */
NY_MUST_USE ny_rc ny_store_seen(struct ny_store *s, int32_t source, ny_str control_id,
                                const uint8_t body_hash[NY_SHA256_LEN],
                                void (*fn)(void *ctx, ny_rc rc, ny_str ack), void *ctx);

/* A page of links: identities that are not merged or deleted, ordered by (domain namespace, local
 * id), behind `after` (empty = from the start). */
struct ny_link_row {
    ny_str domain_ns, local_id, regional_id;
};
NY_MUST_USE ny_rc ny_store_links(
    struct ny_store *s, ny_str after_ns, ny_str after_id, int32_t limit,
    void (*fn)(void *ctx, ny_rc rc, const struct ny_link_row *rows, size_t n), void *ctx);

/* The same as they were at a past moment. */
NY_MUST_USE ny_rc ny_store_links_at(
    struct ny_store *s, ny_str after_ns, ny_str after_id, int32_t limit, int64_t at_us,
    void (*fn)(void *ctx, ny_rc rc, const struct ny_link_row *rows, size_t n), void *ctx);

/* A page of holds in force in the order of their numbers, behind `after` (0 = from the start). */
struct ny_hold_view {
    int64_t number;
    struct ny_hold_row row;
    ny_str ns, id;        /* of the identity */
    ny_str app, facility; /* of the source */
};
NY_MUST_USE ny_rc ny_store_holds(struct ny_store *s, int64_t after, int32_t limit,
                                 void (*fn)(void *ctx, ny_rc rc, const struct ny_hold_view *rows,
                                            size_t n),
                                 void *ctx);

/* A page of what was said of pairs, in the order in which it was stored, behind `after` (0 = from
 * the start). */
struct ny_pin_view {
    int64_t number;
    struct ny_pin_row row;
    ny_str ns_a, id_a, ns_b, id_b;
};
NY_MUST_USE ny_rc ny_store_pins(struct ny_store *s, int64_t after, int32_t limit,
                                void (*fn)(void *ctx, ny_rc rc, const struct ny_pin_view *rows,
                                           size_t n),
                                void *ctx);

/* All that was said of any two of ids [n]. */
NY_MUST_USE ny_rc ny_store_pins_among(struct ny_store *s, const int64_t *ids, size_t n,
                                      void (*fn)(void *ctx, ny_rc rc,
                                                 const struct ny_pin_view *rows, size_t n),
                                      void *ctx);

/* An event of membership by its number, whom it joined and whom it parted. */
struct ny_event_view {
    int64_t identity; /* 0: there is no such event */
    int64_t from_person, person;
    enum ny_membership_cause cause;
    int64_t at_us;
    const int64_t *moved;
    size_t n_moved; /* came together from that person, the identity among them */
    const int64_t *there;
    size_t n_there; /* those of the person whom they came to */
    const int64_t *stayed;
    size_t n_stayed; /* those of that person before and behind it, whom they left */
};
/* fn is called once; borrowed until it returns. */
NY_MUST_USE ny_rc ny_store_event(struct ny_store *s, int64_t number,
                                 void (*fn)(void *ctx, ny_rc rc, const struct ny_event_view *v),
                                 void *ctx);

/* A page of review questions, ordered by (opened, a, b), behind the row key `after_*` (all 0 = from
 * the start). */
struct ny_review_view {
    struct ny_review_row row;
    ny_str ns_a, id_a, ns_b, id_b;
    ny_str whom;      /* given to this clerk; empty: to nobody */
    int64_t until_us; /* put off until then; 0: it is not */
};
struct ny_review_filter {
    enum ny_review_state state;
    enum ny_review_reason reason; /* 0: any */
    ny_str domain;                /* one of its two is of this namespace; empty: any */
    ny_str clerk;                 /* given to nobody or to this clerk; empty: to whomever */
    bool put_off;                 /* also those that were put off */
};
NY_MUST_USE ny_rc ny_store_reviews(
    struct ny_store *s, const struct ny_review_filter *f, int64_t after_at_us, int64_t after_a,
    int64_t after_b, int32_t limit,
    void (*fn)(void *ctx, ny_rc rc, const struct ny_review_view *rows, size_t n), void *ctx);

#endif
