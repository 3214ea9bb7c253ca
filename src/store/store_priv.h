/* store, private.
 *
 *   sql.c                  the statements, and columns: one array parameter per column of a batch
 *   migrate.c store.c      schema; opening, leading, losing and finding the connection
 *   load.c                 start-up rows
 *   batch.c                rows collected, one per key
 *   batch_write.c commit.c a batch as one segment; its outcome
 *   batch_models.c         model versions, calibrations and labels in a batch
 *   batch_notices.c        consumers and the outbox in a batch
 *   visits.c               visits, in a batch and read
 *   batch_desk.c           what clerks decided in a batch
 *   audit_chain.c          hashes of audit rows
 *   read.c read_*.c        asynchronous reads
 *   reading.c              whole tables for a worker
 *   demographics_*.c       a patient as JSON and back */
#ifndef NAYOSE_STORE_PRIV_H
#define NAYOSE_STORE_PRIV_H

#include "nayose/db.h"
#include "nayose/store.h"
#include "nayose/store_desk.h"
#include "nayose/store_models.h"
#include "nayose/store_notices.h"
#include "nayose/store_visits.h"

/* ---- statements ---- */

/* The prepared ones come first, in the order of the registry that db gets. */
enum ny_sql {
#define NY_SQL(id, text, ...) NY_SQL_##id,
#include "tbl/statements.def"
    NY_SQL_PREPARED,
    NY_SQL_BEFORE_START = NY_SQL_PREPARED - 1,
#define NY_SQL_START(id, text) NY_SQL_##id,
#include "tbl/statements.def"
    NY_SQL_COUNT
};

const char *ny_sql_text(enum ny_sql id);
/* The registry of pipelined connections, [NY_SQL_PREPARED]. */
const struct ny_db_statement *ny_sql_statements(void);

/* The parameters of a batch statement while they are filled: ny_col_* adds to one column after the
 * other, ny_col_end closes the row. Parameters that are no arrays are set in param[] directly. */
enum { NY_COLUMNS_MAX = 24 };
struct ny_columns {
    enum ny_sql stmt;
    size_t n, at, first; /* first: the column that a row begins with */
    bool is_array[NY_COLUMNS_MAX];
    struct ny_db_array array[NY_COLUMNS_MAX];
    struct ny_db_param param[NY_COLUMNS_MAX];
};
void ny_columns_init(struct ny_columns *c, enum ny_sql stmt, struct ny_arena *a);
void ny_col_i64(struct ny_columns *c, int64_t v);
void ny_col_ref(struct ny_columns *c, int64_t id); /* 0 is NULL */
void ny_col_i32(struct ny_columns *c, int32_t v);
void ny_col_ref32(struct ny_columns *c, int32_t id); /* 0 is NULL */
void ny_col_i16(struct ny_columns *c, int v);
void ny_col_bool(struct ny_columns *c, bool v);
void ny_col_text(struct ny_columns *c, ny_str s);  /* never NULL */
void ny_col_bytes(struct ny_columns *c, ny_str s); /* never NULL */
void ny_col_json(struct ny_columns *c, ny_str s);  /* empty is NULL */
void ny_col_time(struct ny_columns *c, int64_t us);
void ny_col_null(struct ny_columns *c);
void ny_col_end(struct ny_columns *c);
/* An array of bigint, in a. */
struct ny_db_param ny_numbers_param(struct ny_arena *a, const int64_t *v, size_t n);
NY_MUST_USE ny_rc ny_columns_send(struct ny_columns *c, struct ny_db *db);
/* Runs a statement with the same columns on a blocking connection instead. */
NY_MUST_USE ny_rc ny_columns_run(struct ny_columns *c, struct ny_db_block *db, enum ny_sql stmt,
                                 struct ny_error *err);

/* ---- demographics ---- */

/* Appends a number in decimal; snprintf takes ten times as long. */
void ny_write_int(struct ny_buf *b, int64_t v);
/* Appends the inside of a JSON string. */
void ny_write_escaped(struct ny_buf *b, ny_str s);
/* Appends the patient as JSON; a failed append sticks in b. */
void ny_demographics_write(struct ny_buf *b, const struct ny_patient *p);
/* out: arena. NY_ESYNTAX, NY_ELIMIT. */
NY_MUST_USE ny_rc ny_demographics_read(struct ny_arena *a, ny_str text, struct ny_patient *out);

/* ---- batch ---- */

#define NY_ROWS(type)                                                                              \
    struct {                                                                                       \
        type *v;                                                                                   \
        size_t n, cap;                                                                             \
    }
#define NY_ROWS_PUSH(r, row)                                                                       \
    do {                                                                                           \
        if ((r)->n == (r)->cap) {                                                                  \
            (r)->cap = (r)->cap > 0 ? (r)->cap * 2 : 16;                                           \
            (r)->v = ny_realloc((r)->v, ny_mul_size((r)->cap, sizeof(*(r)->v)));                   \
        }                                                                                          \
        (r)->v[(r)->n++] = (row);                                                                  \
    } while (0)

enum batch_table { TABLE_IDENTITY = 1, TABLE_PERSON, TABLE_EDGE, TABLE_REVIEW };

struct identity_entry {
    enum { IDENTITY_NEW = 1, IDENTITY_UPDATE, IDENTITY_STATE } kind;
    struct ny_identity_row row; /* of IDENTITY_STATE only id, person and status */
    ny_str json;                /* the row's patient, while a commit is written */
};
struct version_entry {
    struct ny_identity_row row;
    int64_t message;
};
struct person_entry {
    struct ny_person_row row;
    bool is_new;
};
struct visit_entry {
    int64_t identity;
    const struct ny_visit *visit;
    ny_str number;
};
struct visit_move_entry {
    int64_t from;
    struct visit_entry to;
};
struct status_entry {
    int64_t identity;
    enum ny_identity_status status;
};
struct edge_entry {
    struct ny_edge_row row;
    bool remove;
};

struct model_state_entry {
    int32_t version;
    enum ny_model_state state;
};
struct rehearsal_entry {
    int32_t version;
    ny_str json;
};

/* Open addressing; slots are a power of two, at most half full. */
struct batch_slot {
    int64_t a, b;
    enum batch_table table; /* 0: free */
    size_t index;
};

struct ny_store_batch {
    struct ny_arena *arena;
    NY_ROWS(struct identity_entry) identities;
    NY_ROWS(struct version_entry) versions;
    NY_ROWS(struct person_entry) persons;
    NY_ROWS(struct ny_membership_row) memberships;
    NY_ROWS(struct visit_entry) visits;
    NY_ROWS(struct visit_move_entry) visit_moves;
    NY_ROWS(struct ny_visit_row) visit_mends;
    NY_ROWS(struct status_entry) statuses;
    NY_ROWS(struct edge_entry) edges;
    NY_ROWS(struct ny_pin_row) pins;
    NY_ROWS(struct ny_hold_row) holds;
    NY_ROWS(struct ny_hold_release_row) releases;
    NY_ROWS(struct ny_review_row) reviews;
    NY_ROWS(struct ny_message_row) messages;
    NY_ROWS(struct ny_audit_row) audits;
    NY_ROWS(struct ny_domain) domains;
    NY_ROWS(struct ny_requester_row) requesters;
    NY_ROWS(struct ny_model_row) models;
    NY_ROWS(struct model_state_entry) model_states;
    NY_ROWS(struct rehearsal_entry) rehearsals;
    NY_ROWS(struct ny_calibration_row) calibrations;
    NY_ROWS(struct ny_label_row) labels;
    NY_ROWS(struct ny_label_answer_row) label_answers;
    NY_ROWS(struct ny_consumer_row) consumers;
    NY_ROWS(struct ny_notice_row) notices;
    NY_ROWS(struct ny_notice_end_row) notice_ends;
    NY_ROWS(struct ny_decision_row) decisions;
    NY_ROWS(struct ny_decision_undo_row) decision_undos;
    ny_str partitions_to_drop;
    NY_ROWS(struct ny_proposal_row) proposals;
    NY_ROWS(struct ny_proposal_end_row) proposal_ends;
    struct ny_rollout_row rollout;
    enum { ROLLOUT_SAME, ROLLOUT_SET, ROLLOUT_END } rollout_change;
    struct batch_slot *slots;
    size_t n_slots, n_keys;
};

/* The place of the row with this key; SIZE_MAX when there is none. */
size_t ny_batch_find(const struct ny_store_batch *b, enum batch_table table, int64_t ka,
                     int64_t kb);

/* ---- store ---- */

struct audit_head {
    int64_t seq; /* of the last row; 0: none yet */
    uint8_t hash[NY_SHA256_LEN];
};

struct read_op; /* read.c: the idlest read connection that is up, or NULL. */
struct ny_db *ny_store_read_connection(struct ny_store *s);
/* Columns 0 … 11 of a row of pins; borrowed. */
void ny_pin_row_read(const struct ny_db_result *r, size_t i, struct ny_pin_row *out);

struct ny_store {
    struct ny_loop *loop;
    char *conninfo;
    ny_str holder; /* owned */
    int64_t statement_timeout_us;
    struct ny_db *write;
    struct ny_db **reads;
    size_t n_reads;
    int64_t epoch;
    int64_t lead_tries; /* LEAD_AGAIN sent without an answer */
    unsigned check_failures;
    bool was_up, ready, fenced;
    void (*on_ready)(void *ctx, bool ready);
    void *on_ready_ctx;
    struct audit_head head; /* confirmed */
    struct {
        bool open, committed;
        ny_rc refused; /* a parameter that could not be sent: the segment was broken on purpose */
        struct audit_head head; /* of the chain when this one is confirmed */
        void (*done)(void *ctx, ny_rc rc, const struct ny_error *err);
        void *ctx;
    } flight;
    struct ny_arena *scratch; /* parameters of one segment */
    struct read_op *ops;
};

/* commit.c: nothing is ready any more; the batch in flight is told NY_EDB. */
void ny_store_abandon(struct ny_store *s);
/* The rc of a failed segment, as store.h tells it for ny_store_commit. */
ny_rc ny_store_failure_rc(const struct ny_db_failure *f);
/* The rc of a segment without a failure, by the command tag of its COMMIT. */
ny_rc ny_store_tag_rc(const char *tag);
/* The fence did not hold: no batch goes any more. */
void ny_store_fenced(struct ny_store *s);
/* A blocking connection of its own. */
NY_MUST_USE ny_rc ny_store_block(const char *conninfo, struct ny_db_block **out,
                                 struct ny_error *err);
NY_MUST_USE ny_rc ny_schema_check(struct ny_db_block *b, struct ny_error *err);

/* batch_write.c: the statements of a batch, without BEGIN, fence, beat and COMMIT. */
NY_MUST_USE ny_rc ny_batch_write(struct ny_store *s, struct ny_store_batch *b, int64_t batch_no);
/* batch_write_few.c: the tables that few rows go to. */
NY_MUST_USE ny_rc ny_batch_write_directory(struct ny_store *s, const struct ny_store_batch *b);
NY_MUST_USE ny_rc ny_batch_write_questions(struct ny_store *s, const struct ny_store_batch *b);

/* batch_models.c */
NY_MUST_USE ny_rc ny_batch_write_models(struct ny_store *s, const struct ny_store_batch *b);
void ny_batch_free_models(struct ny_store_batch *b);

/* batch_notices.c */
NY_MUST_USE ny_rc ny_batch_write_notices(struct ny_store *s, const struct ny_store_batch *b);
void ny_batch_free_notices(struct ny_store_batch *b);

/* visits.c */
NY_MUST_USE ny_rc ny_batch_write_visits(struct ny_store *s, const struct ny_store_batch *b);
/* The batch's words of visits, and nothing else of it, go to the table of whoever says them again.
 */
NY_MUST_USE ny_rc ny_batch_say_visits(struct ny_db_block *db, const struct ny_store_batch *b,
                                      struct ny_error *err);

/* batch_desk.c */
NY_MUST_USE ny_rc ny_batch_write_desk(struct ny_store *s, const struct ny_store_batch *b);
void ny_batch_free_desk(struct ny_store_batch *b);

/* proposals.c */
NY_MUST_USE ny_rc ny_batch_write_proposals(struct ny_store *s, const struct ny_store_batch *b);
void ny_batch_free_proposals(struct ny_store_batch *b);

/* audit_chain.c: the audit rows behind head, which moves on. */
NY_MUST_USE ny_rc ny_audit_write(struct ny_store *s, const struct ny_store_batch *b,
                                 struct audit_head *head);
/* SHA-256 over prev and the canonical row (see nayose.audit_canonical). */
NY_MUST_USE ny_rc ny_audit_hash(struct ny_arena *a, ny_str chain, int64_t seq,
                                const struct ny_audit_row *row, const uint8_t prev[NY_SHA256_LEN],
                                uint8_t out[NY_SHA256_LEN]);
/* Text that PostgreSQL takes: bytes that are no UTF-8, and NUL, become U+FFFD. */
ny_str ny_text_clean(struct ny_arena *a, ny_str s);

/* read.c: one read under way. */
struct read_op {
    struct ny_store *store;
    struct read_op *next, *prev;
    struct ny_arena *arena;
    /* Gives rows, or a failure (r == NULL), to the caller. */
    void (*tell)(struct read_op *op, ny_rc rc, const struct ny_db_result *r);
    bool told;
    size_t n_asked; /* questions of a resolve */
    void *ctx;
    union {
        void (*patients)(void *, ny_rc, const struct ny_stored_patient *, size_t);
        void (*resolved)(void *, ny_rc, const struct ny_resolved *);
        void (*seen)(void *, ny_rc, ny_str);
        void (*links)(void *, ny_rc, const struct ny_link_row *, size_t);
        void (*history)(void *, ny_rc, const struct ny_history_row *, size_t);
        void (*reviews)(void *, ny_rc, const struct ny_review_view *, size_t);
        void (*view)(void *, ny_rc, ny_str);
        void (*holds)(void *, ny_rc, const struct ny_hold_view *, size_t);
        void (*pins)(void *, ny_rc, const struct ny_pin_view *, size_t);
        void (*notices)(void *, ny_rc, const struct ny_notice_view *, size_t);
        void (*found)(void *, ny_rc, const int64_t *, size_t);
        void (*visits)(void *, ny_rc, const struct ny_stored_visit *, size_t);
        void (*decisions)(void *, ny_rc, const struct ny_decision_view *, size_t);
        void (*event)(void *, ny_rc, const struct ny_event_view *);
    } fn;
};
/* tell gets the rows once, or a failure; what is read into its arena lives until it returns. */
struct read_op *ny_read_create(struct ny_store *s,
                               void (*tell)(struct read_op *, ny_rc, const struct ny_db_result *),
                               void *ctx);
/* A text that is compared: empty where there is nothing, since NULL equals nothing. */
struct ny_db_param ny_compared_text(struct read_op *op, ny_str s);
/* NY_EDB: no connection is up; nothing is told and op is gone. */
NY_MUST_USE ny_rc ny_read_start(struct read_op *op, enum ny_sql stmt,
                                const struct ny_db_param *params, size_t n);
/* Tells every read under way NY_EDB. */
void ny_store_ops_release(struct ny_store *s);

#endif
