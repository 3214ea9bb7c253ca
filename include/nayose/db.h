/* db: PostgreSQL. One pipelined connection on the loop, parameters and rows in binary form, and a
 * blocking connection for start-up. Holds no SQL of its own but transaction control and cursors.
 * Sections: parameters · arrays · rows · pipelined connection · blocking connection. */
#ifndef NAYOSE_DB_H
#define NAYOSE_DB_H

#include "nayose/base.h"

struct ny_db;
struct ny_db_block;
struct ny_db_result;
struct ny_loop;

/* ---- parameters: values in PostgreSQL's binary form, in the caller's arena ---- */

/* Type OIDs of pg_type.dat. */
enum ny_db_oid {
    NY_OID_BOOL = 16,
    NY_OID_BYTEA = 17,
    NY_OID_INT8 = 20,
    NY_OID_INT2 = 21,
    NY_OID_INT4 = 23,
    NY_OID_TEXT = 25,
    NY_OID_TIMESTAMPTZ = 1184,
    NY_OID_JSONB = 3802,
    NY_OID_BOOL_ARRAY = 1000,
    NY_OID_BYTEA_ARRAY = 1001,
    NY_OID_INT2_ARRAY = 1005,
    NY_OID_INT4_ARRAY = 1007,
    NY_OID_TEXT_ARRAY = 1009,
    NY_OID_INT8_ARRAY = 1016,
    NY_OID_TIMESTAMPTZ_ARRAY = 1185,
    NY_OID_JSONB_ARRAY = 3807,
};

/* One value; bytes are borrowed until the call that takes it returns. failed: the arena was full,
 * and whoever gets the parameter answers NY_ELIMIT. */
struct ny_db_param {
    const char *p; /* NULL: SQL NULL */
    size_t n;
    uint32_t oid;
    bool failed;
};

struct ny_db_param ny_db_null(void);
struct ny_db_param ny_db_i16(struct ny_arena *a, int16_t v);
struct ny_db_param ny_db_i32(struct ny_arena *a, int32_t v);
struct ny_db_param ny_db_i64(struct ny_arena *a, int64_t v);
struct ny_db_param ny_db_bool(bool v);
struct ny_db_param ny_db_text(ny_str s);  /* borrowed, UTF-8; p == NULL is SQL NULL */
struct ny_db_param ny_db_bytea(ny_str s); /* borrowed; p == NULL is SQL NULL */
/* timestamptz of microseconds UTC since 1970. */
struct ny_db_param ny_db_time_us(struct ny_arena *a, int64_t us);
/* jsonb of a JSON text; p == NULL is SQL NULL. */
struct ny_db_param ny_db_jsonb(struct ny_arena *a, ny_str json);

/* ---- arrays: one-dimensional, lower bound 1, NULL elements allowed ----
 *
 *   int32 dimensions (0 when empty, else 1) · int32 has NULLs · uint32 element type
 *   · int32 count · int32 lower bound · { int32 length or -1 · bytes } … */

struct ny_db_array {
    struct ny_buf b;
    uint32_t elem;
    int32_t n;
    bool has_null;
};

/* elem: one of the scalar OIDs above; the add_* of another type is a bug. */
void ny_db_array_init(struct ny_db_array *arr, uint32_t elem, struct ny_arena *a);
void ny_db_array_add_null(struct ny_db_array *arr);
void ny_db_array_add_i16(struct ny_db_array *arr, int16_t v);
void ny_db_array_add_i32(struct ny_db_array *arr, int32_t v);
void ny_db_array_add_i64(struct ny_db_array *arr, int64_t v);
void ny_db_array_add_bool(struct ny_db_array *arr, bool v);
void ny_db_array_add_text(struct ny_db_array *arr, ny_str s);  /* p == NULL adds NULL */
void ny_db_array_add_bytea(struct ny_db_array *arr, ny_str s); /* p == NULL adds NULL */
void ny_db_array_add_time_us(struct ny_db_array *arr, int64_t us);
void ny_db_array_add_jsonb(struct ny_db_array *arr, ny_str json); /* p == NULL adds NULL */
/* The finished parameter; it borrows the array's bytes (arena). Nothing may be added after. */
struct ny_db_param ny_db_array_end(struct ny_db_array *arr);

/* ---- rows: borrowed until the callback returns, or owned after ny_db_block_query() ----
 *
 * row and col count from 0; outside of the result is a bug. A getter of SQL NULL gives 0, false or
 * p == NULL; one whose column has another width is a bug of the statement and aborts. */

size_t ny_db_rows(const struct ny_db_result *r);
size_t ny_db_columns(const struct ny_db_result *r);
/* The command tag: "COMMIT", "ROLLBACK", "INSERT 0 3" … */
const char *ny_db_tag(const struct ny_db_result *r);
uint64_t ny_db_affected(const struct ny_db_result *r);
bool ny_db_is_null(const struct ny_db_result *r, size_t row, size_t col);
int64_t ny_db_get_i64(const struct ny_db_result *r, size_t row, size_t col); /* also int4, int2 */
int32_t ny_db_get_i32(const struct ny_db_result *r, size_t row, size_t col); /* also int2 */
bool ny_db_get_bool(const struct ny_db_result *r, size_t row, size_t col);
ny_str ny_db_get_str(const struct ny_db_result *r, size_t row, size_t col);
ny_str ny_db_get_bytes(const struct ny_db_result *r, size_t row, size_t col);
ny_str ny_db_get_jsonb(const struct ny_db_result *r, size_t row, size_t col); /* the JSON text */
/* Microseconds UTC since 1970; INT64_MAX and INT64_MIN for infinity and -infinity. */
int64_t ny_db_get_time_us(const struct ny_db_result *r, size_t row, size_t col);

/* ---- connection settings ---- */

/* One row of a statement registry; it must live as long as the connection. */
struct ny_db_statement {
    const char *name; /* the prepared statement's name */
    const char *sql;
    int n_params;
    const uint32_t *param_types; /* [n_params] OIDs; NULL: the server infers them */
};

struct ny_db_config {
    const char *conninfo;
    const char *application;      /* application_name; NULL: nayose */
    bool writer;                  /* an idle transaction is ended by the server after 2 s */
    int64_t statement_timeout_us; /* 0: none */
    const struct ny_db_statement *statements; /* pipelined connections only */
    size_t n_statements;
};

/* What a segment failed of. Text is the server's primary message: no detail, no row values. */
struct ny_db_failure {
    char sqlstate[6];      /* "08006" when the connection was lost */
    bool lost;             /* the connection broke: whether a COMMIT was done is unknown */
    const char *statement; /* name in the registry, "" when unknown; borrowed */
    char text[160];
};

/* ---- pipelined connection ----
 *
 * A segment is the statements up to a sync. Results come in the order of sending. After a failed
 * statement the rest of its segment is skipped and on_done tells the failure once. Without BEGIN a
 * segment is one transaction; an explicit BEGIN outlives its segment, and after a failure
 * ny_db_rollback() must be the next one. */

typedef void (*ny_db_state_fn)(struct ny_db *db, bool up, void *ctx);
typedef void (*ny_db_result_fn)(const struct ny_db_result *r, void *ctx);
/* failure is NULL when rc is NY_OK; else rc is NY_EDB. */
typedef void (*ny_db_done_fn)(void *ctx, ny_rc rc, const struct ny_db_failure *failure);

/* Starts connecting; again and again until ny_db_destroy(), with pauses of 0.1 to 5 s. on_state
 * tells UP when every statement is prepared and DOWN when the connection is lost; at DOWN all
 * on_done of the segments in flight have been called. cfg's strings are copied. */
struct ny_db *ny_db_create(struct ny_loop *loop, const struct ny_db_config *cfg,
                           ny_db_state_fn on_state, void *ctx);
/* Closes without a word: no callback comes any more. NULL allowed; allowed in a callback. */
void ny_db_destroy(struct ny_db *db);
bool ny_db_is_up(const struct ny_db *db);
/* Statements and syncs sent and not answered. */
size_t ny_db_in_flight(const struct ny_db *db);
/* Why the last connection failed, for logs. */
const char *ny_db_last_error(const struct ny_db *db);

/* Adds statement number stmt to the open segment; on_result may be NULL. Binary parameters.
 * NY_EDB when the connection is down or broke since the segment began; its sync answers NY_EDB too.
 * NY_ELIMIT when a parameter had failed or there are more than 64: the segment is made to fail on
 * the server, and its on_done tells NY_EDB. */
NY_MUST_USE ny_rc ny_db_send(struct ny_db *db, size_t stmt, const struct ny_db_param *params,
                             size_t n, ny_db_result_fn on_result, void *ctx);
/* Ends the segment. When it answers NY_OK, on_done comes exactly once (unless destroyed); when it
 * answers NY_EDB the segment was cut short before its end, nothing of it stays, and on_done does
 * not come. Must be called for every segment that was begun. */
NY_MUST_USE ny_rc ny_db_sync(struct ny_db *db, ny_db_done_fn on_done, void *ctx);
/* A segment that ends an explicit transaction after a failure. */
NY_MUST_USE ny_rc ny_db_rollback(struct ny_db *db, ny_db_done_fn on_done, void *ctx);

/* ---- blocking connection: start-up, migrations, tools; never on the loop ---- */

/* Who reads a large result, at most chunk rows at a time: row gets every row i of a borrowed chunk;
 * its failure stops the reading and is returned. */
struct ny_db_reader {
    size_t chunk;
    ny_rc (*row)(const struct ny_db_result *chunk, size_t i, void *ctx);
    void *ctx;
};

NY_MUST_USE ny_rc ny_db_block_connect(const struct ny_db_config *cfg, struct ny_db_block **out,
                                      struct ny_error *err);
void ny_db_block_close(struct ny_db_block *b); /* NULL allowed */
/* Several statements at once, text only, as one transaction unless the script says otherwise. */
NY_MUST_USE ny_rc ny_db_block_script(struct ny_db_block *b, const char *sql, struct ny_error *err);
/* One statement; out (NULL allowed) is owned: ny_db_result_free(). err->field is the SQLSTATE. */
NY_MUST_USE ny_rc ny_db_block_query(struct ny_db_block *b, const char *sql,
                                    const struct ny_db_param *params, size_t n,
                                    struct ny_db_result **out, struct ny_error *err);
/* Reads a large result through a cursor, in one read-only snapshot (or in the transaction that is
 * open already, so that several tables may share one). */
NY_MUST_USE ny_rc ny_db_block_read(struct ny_db_block *b, const char *sql,
                                   const struct ny_db_param *params, size_t n,
                                   const struct ny_db_reader *reader, struct ny_error *err);
/* Wipes nothing, as the memory is libpq's; NULL allowed. */
void ny_db_result_free(struct ny_db_result *r);

#endif
