/* The pipelined and the blocking connection against a real PostgreSQL. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "nayose/db.h"
#include "nayose/net.h"
#include "pg_fixture.h"

enum statement {
    ST_ECHO,
    ST_BEGIN,
    ST_COMMIT,
    ST_INSERT,
    ST_FAIL,
    ST_PID,
    ST_SLEEP,
    ST_TYPES,
    ST_ARRAYS,
    ST_COUNT_ROWS,
    ST_MANY,
    ST_SETTINGS
};

static const uint32_t int8_type[] = {NY_OID_INT8};
static const uint32_t scalar_types[] = {NY_OID_INT2,        NY_OID_INT4, NY_OID_INT8,
                                        NY_OID_BOOL,        NY_OID_TEXT, NY_OID_BYTEA,
                                        NY_OID_TIMESTAMPTZ, NY_OID_JSONB};
static const uint32_t array_types[] = {
    NY_OID_INT2_ARRAY, NY_OID_INT4_ARRAY,  NY_OID_INT8_ARRAY,        NY_OID_BOOL_ARRAY,
    NY_OID_TEXT_ARRAY, NY_OID_BYTEA_ARRAY, NY_OID_TIMESTAMPTZ_ARRAY, NY_OID_JSONB_ARRAY};

static const struct ny_db_statement statements[] = {
    [ST_ECHO] = {"echo",     "SELECT $1",                                                            1, int8_type  },
    [ST_BEGIN] = {"begin",    "BEGIN",                                                                0, NULL       },
    [ST_COMMIT] = {"commit",   "COMMIT",                                                               0, NULL       },
    [ST_INSERT] = {"insert",   "INSERT INTO db_test VALUES ($1)",                                      1, int8_type  },
    [ST_FAIL] = {"fail",     "SELECT 1 / (count(*) - count(*)) FROM pg_class",                       0, NULL       },
    [ST_PID] = {"pid",      "SELECT pg_backend_pid()",                                              0, NULL       },
    [ST_SLEEP] = {"sleep",    "SELECT pg_sleep(30)",                                                  0, NULL       },
    [ST_TYPES] = {"types",    "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $7::text, ($8->>'k')",          8,
                 scalar_types                                                                                      },
    [ST_ARRAYS] = {"arrays",   "SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) WITH ORDINALITY",
                 8,                                                                                     array_types},
    [ST_COUNT_ROWS] = {"count",    "SELECT count(*) FROM db_test",                                         0, NULL       },
    [ST_MANY] = {"many",     "SELECT g, repeat('x', 1000) FROM generate_series(1, $1) g",            1, int8_type  },
    [ST_SETTINGS] = {"settings",
                 "SELECT current_setting('idle_in_transaction_session_timeout'), "
                     "current_setting('statement_timeout'), current_setting('application_name'), "
                     "current_setting('client_encoding'), current_setting('work_mem')",              0, NULL       },
};

static struct pg_fixture *pg;

struct session {
    struct ny_loop *loop;
    struct ny_timer *watchdog;
    struct ny_arena *a;
    struct ny_db *db;
    char log[2048]; /* what happened, in order */
    int done;       /* on_done calls */
    int ups, downs;
    bool late;
    int64_t value; /* of the last echo */
};

static void note(struct session *s, const char *fmt, ...) NY_PRINTF(2, 3);

static void note(struct session *s, const char *fmt, ...)
{
    size_t n = strlen(s->log);
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(s->log + n, sizeof(s->log) - n, fmt, ap);
    va_end(ap);
}

static void on_state(struct ny_db *db, bool up, void *ctx)
{
    struct session *s = ctx;

    (void)db;
    s->ups += up;
    s->downs += !up;
}

static void on_late(void *ctx)
{
    ((struct session *)ctx)->late = true;
}

static void on_value(const struct ny_db_result *r, void *ctx)
{
    struct session *s = ctx;

    s->value = ny_db_get_i64(r, 0, 0);
    note(s, "v%lld ", (long long)s->value);
}

static void on_tag(const struct ny_db_result *r, void *ctx)
{
    note(ctx, "%s ", ny_db_tag(r));
}

static void on_done(void *ctx, ny_rc rc, const struct ny_db_failure *f)
{
    struct session *s = ctx;

    assert_true((rc == NY_OK) == (f == NULL));
    s->done++;
    if (f == NULL) {
        note(s, "ok ");
    } else {
        note(s, "failed:%s:%s%s ", f->sqlstate, f->statement, f->lost ? "lost" : "");
    }
}

/* Turns the loop until *n reaches want; at most 20 s. */
static void wait_for(struct session *s, const int *n, int want)
{
    s->late = false;
    ny_timer_start(s->watchdog, 20 * NY_US_PER_SECOND, 0);
    while (*n < want && !s->late) {
        ny_loop_turn(s->loop);
    }
    ny_timer_stop(s->watchdog);
    if (s->late) {
        fail_msg("timeout; log: %s; %s", s->log, ny_db_last_error(s->db));
    }
}

/* Before the statements that name it are prepared. */
static void reset_table(void)
{
    struct ny_db_config cfg = {.conninfo = pg_fixture_conninfo(pg)};
    struct ny_db_block *b = NULL;

    assert_int_equal(ny_db_block_connect(&cfg, &b, NULL), NY_OK);
    assert_int_equal(ny_db_block_script(b,
                                        "DROP TABLE IF EXISTS db_test;"
                                        "CREATE TABLE db_test(i bigint)",
                                        NULL),
                     NY_OK);
    ny_db_block_close(b);
}

static int open_session(void **state)
{
    struct session *s = ny_calloc(1, sizeof(*s));
    char conninfo[600];
    struct ny_db_config cfg = {.conninfo = conninfo,
                               .writer = true,
                               .statement_timeout_us = 20 * NY_US_PER_SECOND,
                               .statements = statements,
                               .n_statements = NY_ARRAY_LEN(statements)};

    *state = s;
    if (pg == NULL) {
        return 0;
    }
    reset_table();
    snprintf(conninfo, sizeof(conninfo), "%s options='-c work_mem=5MB'", pg_fixture_conninfo(pg));
    s->a = ny_arena_create(0);
    s->loop = ny_loop_create();
    s->watchdog = ny_timer_create(s->loop, on_late, s);
    s->db = ny_db_create(s->loop, &cfg, on_state, s);
    wait_for(s, &s->ups, 1);
    return 0;
}

static int close_session(void **state)
{
    struct session *s = *state;

    if (s->loop != NULL) {
        ny_db_destroy(s->db);
        ny_timer_destroy(s->watchdog);
        ny_loop_destroy(s->loop);
        ny_arena_destroy(s->a);
    }
    ny_free(s);
    return 0;
}

static void send(struct session *s, enum statement st, ny_db_result_fn fn)
{
    assert_int_equal(ny_db_send(s->db, st, NULL, 0, fn, s), NY_OK);
}

static void send_i64(struct session *s, enum statement st, int64_t v, ny_db_result_fn fn)
{
    struct ny_db_param p = ny_db_i64(s->a, v);

    assert_int_equal(ny_db_send(s->db, st, &p, 1, fn, s), NY_OK);
}

static void sync_segment(struct session *s)
{
    assert_int_equal(ny_db_sync(s->db, on_done, s), NY_OK);
}

#define NEED_PG(s)                                                                                 \
    if ((s)->db == NULL) {                                                                         \
        skip();                                                                                    \
    }

static void test_results_come_in_order(void **state)
{
    struct session *s = *state;

    NEED_PG(s);
    for (int i = 1; i <= 3; i++) {
        send_i64(s, ST_ECHO, i, on_value);
        sync_segment(s);
    }
    send_i64(s, ST_ECHO, 4, on_value);
    send_i64(s, ST_ECHO, 5, on_value);
    sync_segment(s);
    assert_int_equal(ny_db_in_flight(s->db), 9);
    wait_for(s, &s->done, 4);
    assert_string_equal(s->log, "v1 ok v2 ok v3 ok v4 v5 ok ");
    assert_int_equal(ny_db_in_flight(s->db), 0);
}

static void test_failure_is_told_once(void **state)
{
    struct session *s = *state;

    NEED_PG(s);
    send_i64(s, ST_ECHO, 1, on_value);
    send(s, ST_FAIL, on_value);
    send_i64(s, ST_ECHO, 2, on_value);
    send(s, ST_FAIL, on_value);
    sync_segment(s);
    send_i64(s, ST_ECHO, 3, on_value);
    sync_segment(s);
    wait_for(s, &s->done, 2);
    assert_string_equal(s->log, "v1 failed:22012:fail v3 ok ");
}

static void test_failed_transaction_is_recovered(void **state)
{
    struct session *s = *state;

    NEED_PG(s);
    send(s, ST_BEGIN, on_tag);
    send_i64(s, ST_INSERT, 1, on_tag);
    send(s, ST_FAIL, on_tag);
    send(s, ST_COMMIT, on_tag);
    sync_segment(s);
    wait_for(s, &s->done, 1);
    assert_string_equal(s->log, "BEGIN INSERT 0 1 failed:22012:fail ");
    s->log[0] = '\0';
    /* The session is still in the failed transaction: its COMMIT says ROLLBACK, without an error.
     */
    send(s, ST_COMMIT, on_tag);
    sync_segment(s);
    wait_for(s, &s->done, 2);
    assert_string_equal(s->log, "ROLLBACK ok ");
    s->log[0] = '\0';
    send(s, ST_BEGIN, NULL);
    send(s, ST_FAIL, NULL);
    sync_segment(s);
    assert_int_equal(ny_db_rollback(s->db, on_done, s), NY_OK);
    send(s, ST_BEGIN, on_tag);
    send_i64(s, ST_INSERT, 7, on_tag);
    send(s, ST_COMMIT, on_tag);
    sync_segment(s);
    send(s, ST_COUNT_ROWS, on_value);
    sync_segment(s);
    wait_for(s, &s->done, 6);
    assert_string_equal(s->log, "failed:22012:fail ok BEGIN INSERT 0 1 COMMIT ok v1 ok ");
}

static void test_failed_parameter_fails_the_segment(void **state)
{
    struct session *s = *state;
    struct ny_db_param bad = {.failed = true, .oid = NY_OID_INT8};

    NEED_PG(s);
    send_i64(s, ST_INSERT, 1, NULL);
    assert_int_equal(ny_db_send(s->db, ST_ECHO, &bad, 1, on_value, s), NY_ELIMIT);
    sync_segment(s);
    send(s, ST_COUNT_ROWS, on_value);
    sync_segment(s);
    wait_for(s, &s->done, 2);
    assert_string_equal(s->log, "failed:22012:(a parameter was too large) v0 ok ");
}

static void test_killed_backend_fails_all_and_comes_back(void **state)
{
    struct session *s = *state;
    struct ny_db_config cfg = {.conninfo = pg != NULL ? pg_fixture_conninfo(pg) : ""};
    struct ny_db_block *b = NULL;
    struct ny_db_param pid;

    NEED_PG(s);
    send(s, ST_PID, on_value);
    sync_segment(s);
    wait_for(s, &s->done, 1);
    s->log[0] = '\0';
    send(s, ST_SLEEP, on_value);
    sync_segment(s);
    send_i64(s, ST_ECHO, 2, on_value);
    sync_segment(s);
    send_i64(s, ST_ECHO, 3, on_value); /* a segment that is open when the connection breaks */
    assert_int_equal(ny_db_block_connect(&cfg, &b, NULL), NY_OK);
    pid = ny_db_i32(s->a, (int32_t)s->value);
    assert_int_equal(ny_db_block_query(b, "SELECT pg_terminate_backend($1)", &pid, 1, NULL, NULL),
                     NY_OK);
    ny_db_block_close(b);
    wait_for(s, &s->downs, 1);
    assert_string_equal(s->log, "failed:08006:lost failed:08006:lost ");
    wait_for(s, &s->ups, 2);
    assert_int_equal(ny_db_sync(s->db, on_done, s), NY_EDB); /* half of it was lost */
    send_i64(s, ST_ECHO, 4, on_value);
    sync_segment(s);
    wait_for(s, &s->done, 4);
    assert_string_equal(s->log, "failed:08006:lost failed:08006:lost v4 ok ");
}

static void test_down_refuses_and_server_restart_heals(void **state)
{
    struct session *s = *state;
    struct ny_db_param p;

    NEED_PG(s);
    if (!pg_fixture_crash(pg)) {
        skip();
    }
    wait_for(s, &s->downs, 1);
    p = ny_db_i64(s->a, 1);
    assert_false(ny_db_is_up(s->db));
    assert_int_equal(ny_db_send(s->db, ST_ECHO, &p, 1, on_value, s), NY_EDB);
    assert_int_equal(ny_db_sync(s->db, on_done, s), NY_EDB);
    assert_true(pg_fixture_restart(pg));
    wait_for(s, &s->ups, 2);
    send_i64(s, ST_ECHO, 1, on_value);
    sync_segment(s);
    wait_for(s, &s->done, 1);
    assert_string_equal(s->log, "v1 ok ");
}

static void on_types(const struct ny_db_result *r, void *ctx)
{
    assert_int_equal(ny_db_rows(r), 1);
    assert_int_equal(ny_db_columns(r), 10);
    assert_int_equal(ny_db_get_i32(r, 0, 0), -3);
    assert_int_equal(ny_db_get_i64(r, 0, 0), -3);
    assert_int_equal(ny_db_get_i32(r, 0, 1), -70000);
    assert_true(ny_db_get_i64(r, 0, 2) == INT64_MIN);
    assert_true(ny_db_get_bool(r, 0, 3));
    assert_true(ny_str_equals(ny_db_get_str(r, 0, 4), NY_S("山田　太郎")));
    assert_true(ny_str_equals(ny_db_get_bytes(r, 0, 5), ny_str_of("\0\1\xFF", 3)));
    assert_true(ny_db_get_time_us(r, 0, 6) == INT64_C(1795253513123456));
    assert_true(ny_str_equals(ny_db_get_jsonb(r, 0, 7), NY_S("{\"k\": \"v\"}")));
    assert_true(ny_str_equals(ny_db_get_str(r, 0, 8), NY_S("2026-11-21 09:31:53.123456+00")));
    assert_true(ny_str_equals(ny_db_get_str(r, 0, 9), NY_S("v")));
    note(ctx, "types ");
}

static void on_nulls(const struct ny_db_result *r, void *ctx)
{
    for (size_t c = 0; c < 8; c++) {
        assert_true(ny_db_is_null(r, 0, c));
    }
    assert_int_equal(ny_db_get_i64(r, 0, 2), 0);
    assert_false(ny_db_get_bool(r, 0, 3));
    assert_null(ny_db_get_str(r, 0, 4).p);
    note(ctx, "nulls ");
}

static void test_scalars_round_trip(void **state)
{
    struct session *s = *state;
    struct ny_db_param p[8];
    struct ny_db_param nulls[8] = {{0}};

    NEED_PG(s);
    p[0] = ny_db_i16(s->a, -3);
    p[1] = ny_db_i32(s->a, -70000);
    p[2] = ny_db_i64(s->a, INT64_MIN);
    p[3] = ny_db_bool(true);
    p[4] = ny_db_text(NY_S("山田　太郎"));
    p[5] = ny_db_bytea(ny_str_of("\0\1\xFF", 3));
    p[6] = ny_db_time_us(s->a, INT64_C(1795253513123456));
    p[7] = ny_db_jsonb(s->a, NY_S("{\"k\":\"v\"}"));
    assert_int_equal(ny_db_send(s->db, ST_TYPES, p, 8, on_types, s), NY_OK);
    assert_int_equal(ny_db_send(s->db, ST_TYPES, nulls, 8, on_nulls, s), NY_OK);
    sync_segment(s);
    wait_for(s, &s->done, 1);
    assert_string_equal(s->log, "types nulls ok ");
}

enum { ARRAY_ROWS = 256 };

static void on_arrays(const struct ny_db_result *r, void *ctx)
{
    assert_int_equal(ny_db_rows(r), ARRAY_ROWS);
    for (size_t i = 0; i < ARRAY_ROWS; i++) {
        char text[32];
        int n = snprintf(text, sizeof(text), "氏名%zu", i);

        assert_int_equal(ny_db_get_i64(r, i, 8), i + 1); /* ordinality */
        for (size_t c = 0; c < 8; c++) {
            assert_int_equal(ny_db_is_null(r, i, c), i % 7 == 3);
        }
        if (i % 7 == 3) {
            continue;
        }
        assert_int_equal(ny_db_get_i32(r, i, 0), (int)i - 100);
        assert_int_equal(ny_db_get_i32(r, i, 1), (int)i * -1000);
        assert_true(ny_db_get_i64(r, i, 2) == (int64_t)i << 40);
        assert_int_equal(ny_db_get_bool(r, i, 3), i % 2);
        assert_true(ny_str_equals(ny_db_get_str(r, i, 4), ny_str_of(text, (size_t)n)));
        assert_true(ny_str_equals(ny_db_get_bytes(r, i, 5), ny_str_of("\0\0\0", i % 4)));
        assert_true(ny_db_get_time_us(r, i, 6) == (int64_t)i * NY_US_PER_DAY);
        assert_true(ny_str_equals(ny_db_get_jsonb(r, i, 7), NY_S("[1]")));
    }
    note(ctx, "arrays ");
}

static void test_arrays_round_trip(void **state)
{
    static const uint32_t elems[8] = {NY_OID_INT2, NY_OID_INT4,  NY_OID_INT8,        NY_OID_BOOL,
                                      NY_OID_TEXT, NY_OID_BYTEA, NY_OID_TIMESTAMPTZ, NY_OID_JSONB};
    struct session *s = *state;
    struct ny_db_array arr[8];
    struct ny_db_param p[8];

    NEED_PG(s);
    for (size_t c = 0; c < 8; c++) {
        ny_db_array_init(&arr[c], elems[c], s->a);
    }
    for (size_t i = 0; i < ARRAY_ROWS; i++) {
        if (i % 7 == 3) {
            for (size_t c = 0; c < 8; c++) {
                ny_db_array_add_null(&arr[c]);
            }
            continue;
        }
        ny_db_array_add_i16(&arr[0], (int16_t)((int)i - 100));
        ny_db_array_add_i32(&arr[1], (int)i * -1000);
        ny_db_array_add_i64(&arr[2], (int64_t)i << 40);
        ny_db_array_add_bool(&arr[3], i % 2);
        ny_db_array_add_text(&arr[4], ny_arena_printf(s->a, "氏名%zu", i));
        ny_db_array_add_bytea(&arr[5], ny_str_of("\0\0\0", i % 4));
        ny_db_array_add_time_us(&arr[6], (int64_t)i * NY_US_PER_DAY);
        ny_db_array_add_jsonb(&arr[7], NY_S("[1]"));
    }
    for (size_t c = 0; c < 8; c++) {
        p[c] = ny_db_array_end(&arr[c]);
    }
    assert_int_equal(ny_db_send(s->db, ST_ARRAYS, p, 8, on_arrays, s), NY_OK);
    sync_segment(s);
    wait_for(s, &s->done, 1);
    assert_string_equal(s->log, "arrays ok ");
}

static void on_many(const struct ny_db_result *r, void *ctx)
{
    note(ctx, "rows%zu ", ny_db_rows(r));
}

/* More than any socket buffer in both directions at once. */
static void test_large_segments_do_not_block(void **state)
{
    struct session *s = *state;
    char *big;

    NEED_PG(s);
    big = ny_calloc(1, 4 << 20);
    for (int i = 0; i < 4; i++) {
        struct ny_db_param p[8] = {{0}};

        p[5] = ny_db_bytea(ny_str_of(big, 4 << 20));
        send_i64(s, ST_MANY, 5000, on_many);
        assert_int_equal(ny_db_send(s->db, ST_TYPES, p, 8, NULL, s), NY_OK);
    }
    sync_segment(s);
    wait_for(s, &s->done, 1);
    assert_string_equal(s->log, "rows5000 rows5000 rows5000 rows5000 ok ");
    ny_free(big);
}

static void on_settings(const struct ny_db_result *r, void *ctx)
{
    static const char *const expected[] = {"2s", "20s", "nayose", "UTF8", "5MB"};

    for (size_t c = 0; c < NY_ARRAY_LEN(expected); c++) {
        assert_true(ny_str_equals(ny_db_get_str(r, 0, c), ny_str_from_c(expected[c])));
    }
    note(ctx, "settings ");
}

static void test_settings_reach_the_server(void **state)
{
    struct session *s = *state;

    NEED_PG(s);
    send(s, ST_SETTINGS, on_settings);
    sync_segment(s);
    wait_for(s, &s->done, 1);
    assert_string_equal(s->log, "settings ok ");
}

static void on_destroy_here(const struct ny_db_result *r, void *ctx)
{
    struct session *s = ctx;

    (void)r;
    note(s, "destroy ");
    s->done = 1;
    ny_db_destroy(s->db);
}

static void test_destroy_in_a_callback(void **state)
{
    struct session *s = *state;

    NEED_PG(s);
    send_i64(s, ST_ECHO, 1, on_destroy_here);
    send_i64(s, ST_ECHO, 2, on_value);
    sync_segment(s);
    s->late = false;
    while (s->done == 0) {
        ny_loop_turn(s->loop);
    }
    s->db = NULL; /* released at the end of that turn */
    assert_string_equal(s->log, "destroy ");
}

/* ---- the blocking connection ---- */

struct reading {
    size_t chunks, rows;
    int64_t sum;
};

static ny_rc on_row(const struct ny_db_result *chunk, size_t i, void *ctx)
{
    struct reading *reading = ctx;

    reading->chunks += i == 0;
    reading->rows++;
    reading->sum += ny_db_get_i64(chunk, i, 0);
    return reading->rows == 100005 ? NY_ELIMIT : NY_OK;
}

static void test_blocking_connection(void **state)
{
    struct ny_db_config cfg = {.conninfo = pg != NULL ? pg_fixture_conninfo(pg) : ""};
    struct ny_arena *a = ny_arena_create(0);
    struct ny_db_block *b = NULL;
    struct ny_db_result *r = NULL;
    struct reading reading = {0};
    const struct ny_db_reader by_10000 = {10000, on_row, &reading};
    const struct ny_db_reader by_one = {1, on_row, &reading};
    struct ny_error err = {0};
    struct ny_db_param p = ny_db_i64(a, 25000);
    const char *series = "SELECT g FROM generate_series(1, $1) g";

    (void)state;
    if (pg == NULL) {
        skip();
    }
    assert_int_equal(ny_db_block_connect(&cfg, &b, &err), NY_OK);
    assert_int_equal(
        ny_db_block_script(b, "CREATE TEMP TABLE x(i int); INSERT INTO x VALUES (5);", &err),
        NY_OK);
    assert_int_equal(ny_db_block_query(b, "SELECT i FROM x", NULL, 0, &r, &err), NY_OK);
    assert_int_equal(ny_db_get_i32(r, 0, 0), 5);
    ny_db_result_free(r);
    assert_int_equal(ny_db_block_script(b, "INSERT INTO x VALUES (6); SELECT 1/0", &err), NY_EDB);
    assert_string_equal(err.field, "22012");
    assert_int_equal(ny_db_block_read(b, series, &p, 1, &by_10000, &err), NY_OK);
    assert_int_equal(reading.chunks, 3);
    assert_int_equal(reading.rows, 25000);
    assert_true(reading.sum == INT64_C(25000) * 25001 / 2);
    p = ny_db_i64(a, 200000);
    assert_int_equal(ny_db_block_read(b, series, &p, 1, &by_10000, &err), NY_ELIMIT);
    assert_int_equal(reading.rows, 100005); /* none after the one that failed */
    assert_int_equal(ny_db_block_script(b, "BEGIN", &err), NY_OK);
    reading = (struct reading){0};
    assert_int_equal(ny_db_block_read(b, "SELECT i FROM x", NULL, 0, &by_one, &err), NY_OK);
    assert_int_equal(reading.rows, 1);
    assert_int_equal(ny_db_block_script(b, "INSERT INTO x VALUES (7); COMMIT", &err), NY_OK);
    ny_db_block_close(b);
    ny_arena_destroy(a);
}

static void test_connect_error_is_told(void **state)
{
    struct ny_db_config cfg = {.conninfo = "host=/nonexistent dbname=x"};
    struct ny_db_block *b = NULL;
    struct ny_error err = {0};

    (void)state;
    assert_int_equal(ny_db_block_connect(&cfg, &b, &err), NY_EDB);
    assert_null(b);
    assert_true(err.text[0] != '\0');
}

static int start_server(void **state)
{
    (void)state;
    ny_log_level_set(NY_LOG_ERROR);
    pg = pg_fixture_start();
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    pg_fixture_stop(pg);
    return 0;
}

#define SESSION_TEST(f) cmocka_unit_test_setup_teardown(f, open_session, close_session)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SESSION_TEST(test_results_come_in_order),
        SESSION_TEST(test_failure_is_told_once),
        SESSION_TEST(test_failed_transaction_is_recovered),
        SESSION_TEST(test_failed_parameter_fails_the_segment),
        SESSION_TEST(test_killed_backend_fails_all_and_comes_back),
        SESSION_TEST(test_down_refuses_and_server_restart_heals),
        SESSION_TEST(test_scalars_round_trip),
        SESSION_TEST(test_arrays_round_trip),
        SESSION_TEST(test_large_segments_do_not_block),
        SESSION_TEST(test_settings_reach_the_server),
        SESSION_TEST(test_destroy_in_a_callback),
        cmocka_unit_test(test_blocking_connection),
        cmocka_unit_test(test_connect_error_is_told),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
